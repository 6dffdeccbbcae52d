"""Rows of the status that are not actors."""

from collections.abc import Iterable

import msgspec

from runtime import DeadLetter
from webapp_server.actor_ids import ActorIds


class DeadLetterRow(msgspec.Struct, frozen=True):
    """A message that was not delivered; the content was not kept."""

    target: str
    target_type: str
    message_type: str
    reason: str
    age_s: float


def dead_letter_rows(letters: Iterable[DeadLetter], now: float, ids: ActorIds) -> tuple[DeadLetterRow, ...]:
    """The newest first."""
    return tuple(
        DeadLetterRow(
            ids.of(letter.target), letter.target_type, letter.message_type, letter.reason, max(0.0, now - letter.at)
        )
        for letter in reversed(tuple(letters))
    )
