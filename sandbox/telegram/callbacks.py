"""Tapped buttons that wait for their answer."""

import secrets
from dataclasses import dataclass

from sandbox.telegram.clock import Clock
from sandbox.telegram.refusals import bad

_LIVES_S = 150.0


@dataclass(frozen=True)
class Callback:
    """A tapped button."""

    id: str
    chat_id: int
    message_id: int
    data: str
    at: float


class Callbacks:
    """The callback queries of one bot; each takes one answer within 150 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, Callback] = {}

    def tap(self, chat_id: int, message_id: int, data: str) -> Callback:
        """Note a tapped button."""
        callback = Callback(str(secrets.randbits(62)), chat_id, message_id, data, self._clock.now())
        self._open[callback.id] = callback
        return callback

    def answer(self, callback_id: str) -> Callback:
        """The query that is answered now; raises the Bot API's 400 for a second or a late answer."""
        callback = self._open.pop(callback_id, None)
        if callback is None or self._clock.now() - callback.at > _LIVES_S:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return callback

    @property
    def unanswered(self) -> tuple[Callback, ...]:
        """The queries that nobody has answered."""
        return tuple(self._open.values())

    def forget(self) -> None:
        """Drop every open query."""
        self._open.clear()
