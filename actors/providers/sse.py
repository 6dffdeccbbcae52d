"""Server-sent events: splits a byte stream into events."""

import codecs

import msgspec


class ServerEvent(msgspec.Struct, frozen=True):
    """One event; `name` is `message` where the stream names none."""

    name: str
    data: str


class Splitter:
    """Feed it bytes as they arrive; it gives whole events and keeps the rest.

    Comments are dropped. An event cut off by the end of the stream is never given, as the standard has it.
    """

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self._rest = ""
        self._name = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that these bytes complete."""
        text = self._rest + self._decode(chunk)
        held = text.endswith("\r")  # may be the first half of CRLF
        lines = (text[:-1] if held else text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._rest = lines.pop() + ("\r" if held else "")
        return [event for line in lines if (event := self._line(line)) is not None]

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            event = ServerEvent(self._name or "message", "\n".join(self._data)) if self._data else None
            self._name, self._data = "", []
            return event
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        return None
