"""When a request to the database server is sent again, and after how long."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.errors import Ambiguous, StaleSchema, StorageError

_T = TypeVar("_T")
PAUSES_S = (0.2, 0.6, 1.5)
STALE_PAUSE_S = 1.0
LONGEST_WAIT_S = 5.0
"""A server that asks for more patience than this is left to the caller, who is told how long."""


class Retries:
    """Sends again what may help and cannot harm: up to three times, with jitter, obeying `retry_after`.

    `jitter` returns a number in [0, 1); a pause is between half and one and a half of its place in `PAUSES_S`.
    """

    def __init__(
        self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, jitter: Callable[[], float] = random.random
    ) -> None:
        self._sleep = sleep
        self._jitter = jitter

    async def run(self, send: Callable[[], Awaitable[_T]], *, repeatable: bool) -> _T:
        """The answer of the first send that succeeds; raises the last StorageError.

        What is not `repeatable` is sent again only when the server certainly did nothing.
        """
        for attempt in range(len(PAUSES_S)):
            try:
                return await send()
            except StorageError as error:
                pause = self._pause(error, attempt, repeatable)
                if pause is None:
                    raise
            await self._sleep(pause)
        return await send()

    def _pause(self, error: StorageError, attempt: int, repeatable: bool) -> float | None:
        if not error.retryable or (isinstance(error, Ambiguous) and not repeatable):
            return None
        if isinstance(error, StaleSchema):
            return STALE_PAUSE_S if attempt == 0 else None
        asked = error.retry_after or 0.0
        if asked > LONGEST_WAIT_S:
            return None
        return max(asked, PAUSES_S[attempt] * (0.5 + self._jitter()))
