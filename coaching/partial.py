"""Reading an answer while it is still being written: which sections are done, and its words so far."""

import json
import re

SKIPPED = frozenset(
    {"prospect_info", "casebook_match", "word_count", "platform", "playbook_reference", "buying_signal"}
)
"""Keys whose values are no reading matter for a rep who waits."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_BROKEN_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
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
        self._text, self._position = text, start
        self._keys: list[str | None] = []
        self._lists: list[bool] = []
        self._key_expected = False
        self._complete: list[str] = []
        self._words: list[str] = []

    def read(self) -> tuple[tuple[str, ...], str]:
        for match in _TOKEN.finditer(self._text, self._position):
            self._position = match.end()
            token = match[0]
            if token[0] == '"':
                self._string(token)
            else:
                self._mark(token)
            if not self._keys:
                break
        else:
            self._unfinished()
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

    def _string(self, token: str) -> None:
        text = _decoded(token)
        if self._key_expected:
            self._keys[-1], self._key_expected = text, False
        else:
            self._say(text)

    def _section_ended(self) -> None:
        if self._keys[0] is not None:
            self._complete.append(self._keys[0])
            self._keys[0] = None

    def _unfinished(self) -> None:
        # The last string may be half there; its beginning is worth showing unless it is a key.
        opened = self._text.find('"', self._position)
        if opened >= 0 and not self._key_expected:
            self._say(_decoded(_BROKEN_ESCAPE.sub("", self._text[opened:]) + '"'))

    def _say(self, text: str) -> None:
        if text.strip() and not SKIPPED.intersection(self._keys):
            self._words.append(text.strip())


def _decoded(token: str) -> str:
    try:
        text = json.loads(token, strict=False)
    except ValueError:
        return ""
    return _LONELY.sub("", text) if isinstance(text, str) else ""
