"""Reading an answer while it is still being written: which sections are done, and its words so far."""

import json
import re

SKIPPED = frozenset(
    {
        "buying_signal",
        "casebook_match",
        "criterion",
        "platform",
        "playbook_reference",
        "prospect_info",
        "sightings",
        "word_count",
    }
)
"""Keys whose values are no reading matter for a rep who waits."""

# Possessive, so that a long unfinished string is read once and never tried again.
_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]++|\\.)*+)(?P<end>"?)|[{}\[\],]', re.DOTALL)
_BROKEN_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{0,3}$")
_DEEPEST = 64  # no answer of ours nests deeper; what does is not worth reading on
_LONELY = re.compile(r"[\ud800-\udfff]")


def readable(partial_json_text: str) -> tuple[tuple[str, ...], str]:
    """The top-level sections that are complete, in order, and a preview of the words so far, one value a paragraph.

    Takes any text and raises nothing: what is no JSON object yields nothing. Takes time in proportion to the text.
    """
    start = partial_json_text.find("{")
    return _Reader(partial_json_text, start).read() if start >= 0 else ((), "")


class _Reader:
    """One pass over the text; `_keys` is the key under way at each depth, None inside a list."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self._start = text, start
        self._keys: list[str | None] = []
        self._lists: list[bool] = []
        self._key_expected = False
        self._complete: list[str] = []
        self._words: list[str] = []

    def read(self) -> tuple[tuple[str, ...], str]:
        for match in _TOKEN.finditer(self._text, self._start):
            if match["string"] is None:
                self._mark(match[0])
            else:
                self._string(match["string"], finished=bool(match["end"]))
            if not self._keys or len(self._keys) > _DEEPEST:
                break
        return tuple(self._complete), "\n\n".join(self._words)

    def _mark(self, mark: str) -> None:
        if mark in "{[":
            self._keys.append(None)
            self._lists.append(mark == "[")
            self._key_expected = mark == "{"
        elif mark in "}]":
            if len(self._keys) == 1:
                self._section_ended()
            self._keys.pop()
            self._lists.pop()
            self._key_expected = False
        elif mark == ",":
            if len(self._keys) == 1:
                self._section_ended()
            self._key_expected = not self._lists[-1]

    def _string(self, opened: str, *, finished: bool) -> None:
        # A half-written value is worth showing, a half-written key is not.
        if not self._key_expected:
            self._say(_decoded(opened if finished else _BROKEN_ESCAPE.sub("", opened)))
        elif finished:
            self._keys[-1], self._key_expected = _decoded(opened), False

    def _section_ended(self) -> None:
        if self._keys[0] is not None:
            self._complete.append(self._keys[0])
            self._keys[0] = None

    def _say(self, text: str) -> None:
        if text.strip() and not SKIPPED.intersection(self._keys):
            self._words.append(text.strip())


def _decoded(opened: str) -> str:
    try:
        text = json.loads(f'{opened}"', strict=False)
    except ValueError:
        return ""
    return _LONELY.sub("", text) if isinstance(text, str) else ""
