"""Names struck out of what is kept, so that it speaks of nobody."""

import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from coaching.strategist import StrategistOutput, known

S = TypeVar("S", bound=msgspec.Struct)
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.])\+?\d(?:[ ()/.-]{0,2}\d){6,14}(?!\w)|(?:https?://|www\.)[^\s,;]+"
)


def prospect_names(output: StrategistOutput) -> tuple[str, ...]:
    """The names that must not be remembered: the prospect's and their company's, longest first."""
    info = output.prospect_info
    names = [name for value in (info.first_name, info.last_name, info.company) if (name := known(value))]
    return tuple(sorted(names, key=len, reverse=True))


def struck(text: str, names: Sequence[str]) -> str:
    """The text with every name replaced; names come longest first."""
    for name in names:
        # A short name may also be a word ("On", "Will"): only its own spelling is struck out.
        flags = re.IGNORECASE if len(name) > 4 else re.NOFLAG
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[prospect]", text, flags=flags)
    return text


def nameless(text: str, names: Sequence[str]) -> str:
    """The text with these names, and every address and telephone number, replaced; names come longest first."""
    return struck(_CONTACT.sub("[contact]", text), names)


def anonymous(part: S, names: Sequence[str]) -> S:
    """The Struct with the names, addresses and telephone numbers struck out of every text in it."""
    return msgspec.convert(_struck(msgspec.to_builtins(part), names), type(part))


def _struck(value: object, names: Sequence[str]) -> object:
    if isinstance(value, str):
        return nameless(value, names)
    if isinstance(value, dict):
        return {key: _struck(inner, names) for key, inner in value.items()}
    return [_struck(inner, names) for inner in value] if isinstance(value, list | tuple) else value
