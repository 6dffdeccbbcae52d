"""The evaluation set: fictional prospects, and answers to the shipped scenarios with the outcome a coach expects."""

from pathlib import Path
from typing import Literal

import msgspec
import yaml

_FOLDER = Path(__file__).parent
BANDS: dict[str, tuple[int, int]] = {"weak": (0, 29), "middling": (20, 75), "strong": (60, 100)}
"""The scores that a band allows, in points; bands overlap, because careful coaches differ."""


FITS_ANYTHING = (
    (
        "Thank you for your message, I understand that well. What matters most to you? I could send you one page, and "
        "shall we talk for ten minutes on Thursday at ten?"
    ),
    "That is a fair point. What would have to change so that it works for you? If it is not a priority, a no is fine.",
    "Understood. We start small: a trial on one line for two weeks, then we look at the number. Does it make sense?",
)
"""Friendly answers that could be said in any scenario: to nobody in particular they must not pass."""


class SetProspect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pasted text; `last` is the prospect's last name where the text states it."""

    id: str
    language: str
    last: str | None
    text: str


class SetAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer, with the criteria that it clearly meets and clearly misses."""

    id: str
    scenario: str
    language: str
    band: Literal["weak", "middling", "strong"]
    met: tuple[str, ...]
    missed: tuple[str, ...]
    text: str


def prospects() -> tuple[SetProspect, ...]:
    """All prospects."""
    return msgspec.convert(_read("prospects.yaml"), tuple[SetProspect, ...])


def answers() -> tuple[SetAnswer, ...]:
    """All answers."""
    return msgspec.convert(_read("answers.yaml"), tuple[SetAnswer, ...])


def _read(name: str) -> object:
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
