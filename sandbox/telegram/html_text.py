"""parse_mode HTML, by the rules of Telegram's own parser.

An unknown attribute is ignored, a lone `&` is text, `</>` closes the newest tag, `<pre><code class="language-x">`
becomes one entity.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.entities import Entity, Text, units
from sandbox.telegram.refusals import Refusal, bad

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_CHARACTER = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot));?", re.IGNORECASE)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]+")
_BARE_VALUE = re.compile(r"[^\s>]*")
_SPACES = re.compile(r"\s*")
_LARGEST_CHARACTER = 0x10FFFF


def parse_html(source: str) -> Text:
    """The text and entities of an HTML source; raises the Bot API's 400 with the place in UTF-8 bytes."""
    return _Parser(source).parse()


@dataclass
class _Open:
    tag: str
    begin: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._words: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> Text:
        while self._at < len(self._source):
            character = self._source[self._at]
            if character == "&":
                self._add(self._decoded())
            elif character != "<":
                self._add_run()
            elif self._source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        for entity in self._entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return Text("".join(self._words), tuple(self._entities))

    def _add(self, words: str) -> None:
        self._words.append(words)
        self._units += units(words)

    def _add_run(self) -> None:
        ends = [place for mark in "<&" if (place := self._source.find(mark, self._at)) >= 0]
        end = min(ends, default=len(self._source))
        self._add(self._source[self._at : end])
        self._at = end

    def _decoded(self) -> str:
        match = _CHARACTER.match(self._source, self._at)
        number = (int(match[1]) if match[1] else int(match[2], 16) if match[2] else 1) if match else 0
        if match is None or not 0 < number <= _LARGEST_CHARACTER:
            self._at += 1
            return "&"
        self._at = match.end()
        return _NAMED[match[3].lower()] if match[3] else chr(number)

    def _start_tag(self) -> None:
        begin = self._at
        tag = self._take(_TAG_NAME, begin + 1).lower()
        if self._at >= len(self._source):
            raise _cannot(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _KINDS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        opened = _Open(tag, self._units, self._attributes(tag, begin))
        if tag == "span" and opened.attributes.get("class") != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        if tag == "tg-emoji" and not opened.attributes.get("emoji-id", "").isdigit():
            raise _cannot(f'Tag "tg-emoji" must have a valid emoji-id at byte offset {self._byte(begin)}')
        self._open.append(opened)

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._take(_SPACES, self._at)
            if self._at >= len(self._source):
                raise _cannot(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            if self._source[self._at] == ">":
                self._at += 1
                return attributes
            name = self._take(_ATTRIBUTE_NAME, self._at).lower()
            if not name:
                raise _cannot(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}')
            attributes[name] = self._value(tag, begin)

    def _value(self, tag: str, begin: int) -> str:
        self._take(_SPACES, self._at)
        if not self._source.startswith("=", self._at):
            return ""
        self._take(_SPACES, self._at + 1)
        quote = self._source[self._at : self._at + 1]
        if not quote or quote not in "\"'":
            return self._take(_BARE_VALUE, self._at)
        self._at += 1
        value = ""
        while not self._source.startswith(quote, self._at):
            if self._at >= len(self._source):
                raise _cannot(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            if self._source[self._at] == "&":
                value += self._decoded()
            else:
                value += self._source[self._at]
                self._at += 1
        self._at += 1
        return value

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _cannot(f"Unexpected end tag at byte offset {self._byte(begin)}")
        tag = self._take(_TAG_NAME, begin + 2).lower()
        self._take(_SPACES, self._at)
        if not self._source.startswith(">", self._at):
            raise _cannot(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self._at += 1
        opened = self._open.pop()
        if tag not in ("", opened.tag):
            expected = f'expected "</{opened.tag}>", found "</{tag}>"'
            raise _cannot(f"Unmatched end tag at byte offset {self._byte(begin)}, {expected}")
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self._units - opened.begin
        if length == 0:
            return
        entity: Entity = {"type": _KINDS[opened.tag], "offset": opened.begin, "length": length}
        details = self._details(opened)
        if details is None:
            return
        before = self._entities[-1] if self._entities else None
        if opened.tag == "pre" and before is not None and _spans_same(before, entity) and before["type"] == "code":
            self._entities.pop()
            details = {"language": before["language"]} if before.get("language") else {}
        self._entities.append(entity | details)

    def _details(self, opened: _Open) -> dict[str, Any] | None:
        given = opened.attributes
        match opened.tag:
            case "a":
                shown = "".join(self._words).encode("utf-16-le", "surrogatepass")[opened.begin * 2 :]
                url = given.get("href") or shown.decode("utf-16-le", "surrogatepass")
                return {"url": url} if re.match(r"(?i)(https?|tg|mailto|tel):|[\w-]+\.[\w.-]+", url) else None
            case "code" if given.get("class", "").startswith("language-"):
                inside_pre = bool(self._open) and self._open[-1].tag == "pre"
                return {"language": given["class"].removeprefix("language-")} if inside_pre else {}
            case "blockquote" if "expandable" in given:
                return {"type": "expandable_blockquote"}
            case "tg-emoji":
                return {"custom_emoji_id": given["emoji-id"]}
            case "tg-time":
                shown_as = {"date_time_format": given["format"]} if given.get("format") else {}
                return {"unix_time": int(given["unix"]), **shown_as} if given.get("unix", "").isdigit() else None
        return {}

    def _take(self, pattern: re.Pattern[str], begin: int) -> str:
        match = pattern.match(self._source, begin)
        self._at = match.end() if match else begin
        return match.group() if match else ""

    def _byte(self, place: int) -> int:
        return len(self._source[:place].encode("utf-8", "surrogatepass"))


def _spans_same(one: Entity, other: Entity) -> bool:
    return (one["offset"], one["length"]) == (other["offset"], other["length"])


def _cannot(reason: str) -> Refusal:
    return bad(f"can't parse entities: {reason}")
