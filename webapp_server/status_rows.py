"""Rows of the status that are not actors."""

from collections.abc import Iterable

import msgspec

from runtime import DeadLetter
from webapp_server.actor_ids import ActorIds


class DeadLetterRow(msgspec.Struct, frozen=True):
    """A message that was not delivered or made its actor fail; the content was not kept.

    `at` is in epoch seconds, `error_type` the error of a failed one.
    """

    target: str
    target_type: str
    message_type: str
    reason: str
    age_s: float
    at: float
    error_type: str


def dead_letter_rows(letters: Iterable[DeadLetter], now: float, ids: ActorIds) -> tuple[DeadLetterRow, ...]:
    """The newest first."""
    return tuple(
        DeadLetterRow(
            target=ids.of(letter.target),
            target_type=letter.target_type,
            message_type=letter.message_type,
            reason=letter.reason,
            age_s=max(0.0, now - letter.at),
            at=letter.at,
            error_type=letter.error_type,
        )
        for letter in reversed(tuple(letters))
    )


def failed_rows(letters: Iterable[DeadLetterRow]) -> tuple[DeadLetterRow, ...]:
    """Those whose actor failed on them, in their order."""
    return tuple(letter for letter in letters if letter.reason == "failed")
