"""What a rep hands in: whether it can be worked on, and how it travels to a model without becoming an instruction."""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

import msgspec

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 20_000
STORED_LENGTH = 2_000
"""In characters, as the two above: how much of the text is kept with the lead as its original context."""

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Unicode's categories of characters that put nothing on a screen."""
_encode = msgspec.json.encode


class Verdict(StrEnum):
    """Whether a text can be worked on, and if not, why."""

    ACCEPTED = "accepted"
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


def cleaned(text: str) -> str:
    """The text without what neither a model nor a database takes: NULs, lone surrogates, blanks around it.

    Empty where nothing of it is seen, such as zero-width characters alone.
    """
    readable = text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    seen = any(unicodedata.category(char) not in _UNSEEN for char in readable)
    return readable.replace("\r\n", "\n").strip() if seen else ""


def judge(text: str) -> Verdict:
    """The verdict on a text; lengths are counted in characters of the cleaned text."""
    length = len(cleaned(text))
    if length == 0:
        return Verdict.EMPTY
    if length < MINIMUM_LENGTH:
        return Verdict.TOO_SHORT
    return Verdict.TOO_LONG if length > MAXIMUM_LENGTH else Verdict.ACCEPTED


def quoted(source: str, content: object) -> str:
    """Untrusted content as one line of JSON that names its source.

    A string travels as `text`; a Struct, mapping or list, or JSON given as bytes, travels as `data`. Whatever it
    says stays inside a JSON string, so it can neither end the quotation nor pose as a turn of its own.
    """
    if isinstance(content, str):
        return _encode({"source": source, "text": cleaned(content)}).decode()
    data = msgspec.json.decode(content) if isinstance(content, bytes) else content
    return _encode({"source": source, "data": data}).decode()


def turn(parts: Iterable[tuple[str, object]]) -> str:
    """The user turn: each part quoted on a line of its own."""
    return "\n".join(quoted(source, content) for source, content in parts)
