"""parse_mode MarkdownV2 and the older Markdown, by the rules of Telegram's own parser."""

import re
from dataclasses import dataclass

from sandbox.telegram.entities import Entity, Text, units
from sandbox.telegram.refusals import Refusal, bad

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS = (
    ("```", "pre", "Pre"),
    ("`", "code", "Code"),
    ("||", "spoiler", "Spoiler"),
    ("__", "underline", "Underline"),
    ("*", "bold", "Bold"),
    ("_", "italic", "Italic"),
    ("~", "strikethrough", "Strikethrough"),
)
_NAMES = {kind: name for _, kind, name in _MARKS}
_LANGUAGE = re.compile(r"([^\s`]+)\n")
_OLD = re.compile(r"\\[_*`\[]|```|[_*`\[]")
_OLD_KINDS = {"_": "italic", "*": "bold", "`": "code", "```": "pre"}


@dataclass
class _Open:
    mark: str
    kind: str
    begin: int
    byte: int


def parse_markdown_v2(source: str) -> Text:
    """The text and entities of a MarkdownV2 source; raises the Bot API's 400 with the place in UTF-8 bytes."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._words: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []
        self._quote: int | None = None

    def parse(self) -> Text:
        while self._at < len(self._source):
            self._step()
        self._end_quote()
        if self._open:
            opened = self._open[-1]
            name = "a URL" if opened.kind == "text_link" else f"{_NAMES[opened.kind]} entity"
            raise _cannot(f"Can't find end of {name} at byte offset {opened.byte}")
        return Text("".join(self._words), tuple(self._entities))

    def _step(self) -> None:
        source, at = self._source, self._at
        character = source[at]
        verbatim = bool(self._open) and self._open[-1].kind in ("code", "pre")
        if character == "\\" and at + 1 < len(source) and "\0" < source[at + 1] < "\x7f":
            self._add(source[at + 1], 2)
        elif verbatim:
            self._close(self._open[-1].mark) if source.startswith(self._open[-1].mark, at) else self._plain(character)
        elif character == "\n":
            self._end_of_line()
        elif character == ">" and (at == 0 or source[at - 1] == "\n"):
            self._quote = self._units if self._quote is None else self._quote
            self._at += 1
        elif character in _RESERVED:
            self._mark(character)
        else:
            self._add(character, 1)

    def _add(self, words: str, taken: int) -> None:
        self._words.append(words)
        self._units += units(words)
        self._at += taken

    def _plain(self, character: str) -> None:
        if character == "`":
            raise _reserved(character)
        self._add(character, 1)

    def _mark(self, character: str) -> None:
        if character == "]" and self._open and self._open[-1].kind == "text_link":
            self._close_link()
            return
        if character == "[" or self._source.startswith("![", self._at):
            size = 1 if character == "[" else 2
            self._open.append(_Open("[", "text_link", self._units, self._byte(self._at)))
            self._at += size
            return
        found = next(((mark, kind) for mark, kind, _ in _MARKS if self._source.startswith(mark, self._at)), None)
        if found is not None:
            self._mark_entity(*found)
        elif self._quote is None or character != ">":
            raise _reserved(character)
        else:
            self._add(character, 1)

    def _mark_entity(self, mark: str, kind: str) -> None:
        if mark == "__" and self._open and self._open[-1].mark == "_":
            mark, kind = "_", "italic"
        if mark == "||" and self._quote is not None and not self._is_open("||") and self._ends_line(self._at + 2):
            self._at += 2
            self._end_quote("expandable_blockquote")
        elif self._open and self._open[-1].mark == mark:
            self._close(mark)
        elif self._is_open(mark):
            opened = self._open[-1]
            raise _cannot(f"Can't find end of {_NAMES.get(opened.kind, 'Url')} entity at byte offset {opened.byte}")
        else:
            self._open.append(_Open(mark, kind, self._units, self._byte(self._at)))
            self._at += len(mark)
            self._skip_language(kind)

    def _is_open(self, mark: str) -> bool:
        return any(one.mark == mark for one in self._open)

    def _ends_line(self, place: int) -> bool:
        return place >= len(self._source) or self._source[place] == "\n"

    def _skip_language(self, kind: str) -> None:
        match = _LANGUAGE.match(self._source, self._at) if kind == "pre" else None
        if match:
            self._open[-1].mark = "```"
            self._open[-1].kind = "pre"
            self._at = match.end()
            self._entities.append({"type": "language", "value": match[1]})
        elif kind == "pre" and self._source.startswith("\n", self._at):
            self._at += 1

    def _close(self, mark: str) -> None:
        opened = self._open.pop()
        self._at += len(mark)
        entity: Entity = {"type": opened.kind, "offset": opened.begin, "length": self._units - opened.begin}
        if opened.kind == "pre" and self._entities and self._entities[-1]["type"] == "language":
            entity["language"] = self._entities.pop()["value"]
        if entity["length"]:
            self._entities.append(entity)

    def _close_link(self) -> None:
        opened = self._open.pop()
        self._at += 1
        if not self._source.startswith("(", self._at):
            raise _reserved("]")
        self._at += 1
        address = ""
        while self._source[self._at : self._at + 1] != ")":
            if self._at >= len(self._source):
                raise _cannot(f"Can't find end of a URL at byte offset {self._byte(self._at)}")
            self._at += self._source[self._at] == "\\"
            address += self._source[self._at : self._at + 1]
            self._at += 1
        self._at += 1
        if self._units > opened.begin and address:
            length = self._units - opened.begin
            self._entities.append({"type": "text_link", "offset": opened.begin, "length": length, "url": address})

    def _end_of_line(self) -> None:
        self._add("\n", 1)
        if self._quote is not None and not self._source.startswith(">", self._at):
            self._end_quote()

    def _end_quote(self, kind: str = "blockquote") -> None:
        if self._quote is not None and self._units > self._quote:
            self._entities.append({"type": kind, "offset": self._quote, "length": self._units - self._quote})
        self._quote = None

    def _byte(self, place: int) -> int:
        return len(self._source[:place].encode("utf-8", "surrogatepass"))


def parse_markdown(source: str) -> Text:
    """The text and entities of the older Markdown, whose marks do not nest; raises the Bot API's 400."""
    words, entities, at, taken = "", [], 0, 0
    while match := _OLD.search(source, at):
        words += source[at : match.start()]
        mark, at = match.group(), match.end()
        if mark.startswith("\\"):
            words += mark[1]
            continue
        closing = "]" if mark == "[" else mark
        end = source.find(closing, at)
        if end < 0:
            byte = len(source[: match.start()].encode("utf-8", "surrogatepass"))
            raise _cannot(f"Can't find end of the entity starting at byte offset {byte}")
        inside, at = source[at:end], end + len(closing)
        entity = {"type": _OLD_KINDS.get(mark, "text_link"), "offset": units(words), "length": units(inside)}
        words += inside
        if mark == "[":
            address = re.compile(r"\(([^)]*)\)").match(source, at)
            at, taken = (address.end(), 1) if address else (at, 0)
            entity["url"] = address[1] if address else ""
        if inside and (mark != "[" or taken):
            entities.append(entity)
    return Text(words + source[at:], tuple(entities))


def _reserved(character: str) -> Refusal:
    return _cannot(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")


def _cannot(reason: str) -> Refusal:
    return bad(f"can't parse entities: {reason}")
