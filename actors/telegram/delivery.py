"""Bringing one journalled call to Telegram: what is tried again, what never, and how it ends."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
import structlog

from actors.telegram.backoff import pause_after
from actors.telegram.calls import FORMATTING, without_entities
from actors.telegram.messages import TelegramCall
from actors.telegram.outcome import Came, Outcome, is_repeatable

_LOG = structlog.get_logger(__name__)
_UNAUTHORIZED_PAUSE_S = 60.0
_WITHOUT_EFFECT = (Came.TOO_MANY, Came.NEVER_LEFT, Came.UNAUTHORIZED)
BLOCKED = "blocked"
"""The detail of a verdict on a person who cannot be written to."""


class Verdict(msgspec.Struct, frozen=True):
    """How a call ended: "uncertain" may have reached the person and is never repeated; `detail` is for operators."""

    state: Literal["done", "uncertain", "dead"]
    detail: str = ""
    unformatted: bool = False


class Delivery:
    """One call on its way. `mark` writes down before it is made that it may have been, and before a wait that it
    was not; `perform` makes it once; `sleep` waits on the runtime's clock.

    Nothing that may already have been sent is sent a second time, except calls that change nothing the second
    time, and one repetition after an answer of the 5xx kind, which Telegram gives before it acts.
    """

    def __init__(
        self,
        call: TelegramCall,
        mark: Callable[[Literal["sending", "pending"]], Awaitable[None]],
        perform: Callable[[TelegramCall], Awaitable[Outcome]],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._call = call
        self._mark = mark
        self._perform = perform
        self._sleep = sleep
        self._failures = 0
        self._server_errors = 0
        self._unformatted = False
        self._marked = False

    async def run(self) -> Verdict:
        """Try until there is a verdict; waits as long as Telegram asks or is out of reach."""
        while True:
            if not self._marked:
                await self._mark("sending")
                self._marked = True
            outcome = await self._perform(self._call)
            verdict = self._verdict(outcome)
            if verdict is not None:
                return verdict
            pause = self._pause(outcome)
            if pause:
                await self._wait(pause, outcome)

    async def _wait(self, pause: float, outcome: Outcome) -> None:
        """Wait; a stop meanwhile shall not leave in doubt what Telegram surely never had."""
        if outcome.came in _WITHOUT_EFFECT and not self._server_errors:
            await self._mark("pending")
            self._marked = False
        await self._sleep(pause)

    def _verdict(self, outcome: Outcome) -> Verdict | None:
        """How the call ended with this outcome; None if it is to be tried again."""
        repeatable = is_repeatable(self._call.method)
        match outcome.came:
            case Came.DONE:
                return Verdict("done", outcome.detail, self._unformatted)
            case Came.NO_ANSWER if not repeatable:
                return Verdict("uncertain", f"{self._call.method}: no answer ({outcome.detail})")
            case Came.SERVER_ERROR:
                self._server_errors += 1
                if self._server_errors > 1 and not repeatable:
                    return Verdict("uncertain", f"{self._call.method}: {outcome.detail}")
            case Came.BLOCKED:
                return Verdict("dead", BLOCKED)
            case Came.REFUSED | Came.STALE:
                return Verdict("dead", f"{self._call.method}: {outcome.detail}")
            case Came.FORMATTING:
                return self._without_formatting(outcome)
        return None

    def _without_formatting(self, outcome: Outcome) -> Verdict | None:
        if not self._call.parameters.keys() & FORMATTING:
            return Verdict("dead", f"{self._call.method}: {outcome.detail}")
        _LOG.warning("formatting_refused", method=self._call.method, description=outcome.detail)
        self._call = without_entities(self._call)
        self._unformatted = True
        return None

    def _pause(self, outcome: Outcome) -> float:
        match outcome.came:
            case Came.TOO_MANY:
                return outcome.retry_after
            case Came.FORMATTING:
                return 0.0
            case Came.UNAUTHORIZED:
                return _UNAUTHORIZED_PAUSE_S
        self._failures += 1
        return pause_after(self._failures)
