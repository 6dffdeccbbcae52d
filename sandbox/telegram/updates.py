"""The queue of updates and getUpdates with its real semantics.

An update is confirmed when getUpdates asks beyond it. A newer poll ends an older one with 409, a webhook every poll.
An update is forgotten after a day, a callback query's after 150 s. `allowed_updates` sticks and counts when an update
is made. The real server also slows down a poller that repeats one offset within 3 s; this one does not.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.archive import Archive
from sandbox.telegram.clock import Clock
from sandbox.telegram.refusals import conflict

LONGEST_POLL_S = 50
_LIVES_S = {"callback_query": 150.0, "inline_query": 30.0, "chosen_inline_result": 600.0}
_LONGEST_LIFE_S = 86_400.0
_MOST_BYTES = 4 << 20
_ONLY_ON_DEMAND = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(frozen=True)
class Waiting:
    """An update the bot has not confirmed, as the very text that will be sent."""

    number: int
    text: str
    queue: str
    expires_at: float


class Updates:
    """Updates waiting for the bot, oldest first."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._waiting: deque[Waiting] = deque()
        self._again: deque[str] = deque()
        self._poll: asyncio.Future[None] | None = None
        self.last: Waiting | None = None
        self.allowed: list[str] = []
        self.webhook_is_set = False
        self.when_added: Callable[[Waiting], None] = lambda _: None
        self._next = int(clock.now()) * 10
        self._load()

    def number(self) -> int:
        """A fresh update id, above every earlier one, also across restarts."""
        self._next += 1
        self._archive.put("bot", "next_update", self._next)
        return self._next

    def put(self, update: dict[str, Any], queue: str) -> int:
        """Queue an update unless the bot does not want its kind; return its id."""
        number = self.number()
        kind = next(iter(update))
        if kind in self.allowed if self.allowed else kind not in _ONLY_ON_DEMAND:
            text = json.dumps({"update_id": number, **update})
            life = _LIVES_S.get(kind, _LONGEST_LIFE_S)
            self.last = self._add(Waiting(number, text, f"{kind}:{queue}", self._clock.now() + life))
        return number

    def put_raw(self, number: int, text: str) -> None:
        """Queue this very text as an update, whatever it is."""
        self._add(Waiting(number, text, f"raw:{number}", self._clock.now() + _LONGEST_LIFE_S))

    def repeat(self) -> int | None:
        """Deliver the newest update once more, confirmed or not; return its id, None where there is none."""
        if self.last is None:
            return None
        if self.webhook_is_set:
            self.when_added(self.last)
        else:
            self._again.append(self.last.text)
            self._wake()
        return self.last.number

    def _add(self, update: Waiting) -> Waiting:
        self._waiting.append(update)
        self._archive.put("update", update.number, [update.text, update.queue, update.expires_at])
        self._wake()
        self.when_added(update)
        return update

    @property
    def pending(self) -> tuple[Waiting, ...]:
        """The updates that wait."""
        return tuple(self._waiting)

    def forget(self) -> None:
        """Drop everything that waits."""
        while self._waiting:
            self._confirm_oldest()
        self._again.clear()

    def forget_one(self, update: Waiting) -> None:
        """Drop one update that was delivered or has expired."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(update)
            self._archive.remove("update", update.number)

    async def get(self, offset: int, limit: int, timeout_s: float) -> str:
        """The JSON list of what waits from `offset` on; an offset below zero keeps that many of the newest.

        Waits up to `timeout_s` (50 at most) where nothing is there yet.
        """
        if self.webhook_is_set:
            raise conflict(_WEBHOOK)
        self._end_poll(conflict(_TERMINATED))
        self._confirm(offset)
        batch = self._batch(limit)
        if not batch and timeout_s > 0 and await self._arrives(min(timeout_s, LONGEST_POLL_S)):
            batch = self._batch(limit)
        return f"[{','.join(batch)}]"

    def end_poll_for_webhook(self) -> None:
        """A webhook was set: the waiting poll learns it."""
        self._end_poll(conflict("terminated by setWebhook request"))

    def close(self) -> None:
        """Answer the waiting poll with nothing more to come."""
        self._wake()

    async def _arrives(self, timeout_s: float) -> bool:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await poll
        except TimeoutError:
            return False
        finally:
            if self._poll is poll:
                self._poll = None
        return True

    def _confirm(self, offset: int) -> None:
        while offset < 0 and len(self._waiting) > -offset:
            self._confirm_oldest()
        while offset > 0 and self._waiting and self._waiting[0].number < offset:
            self._confirm_oldest()

    def _confirm_oldest(self) -> None:
        self._archive.remove("update", self._waiting.popleft().number)

    def _batch(self, limit: int) -> list[str]:
        now, room, expired = self._clock.now(), _MOST_BYTES, []
        batch: list[str] = []
        for update in self._waiting:
            room -= len(update.text)
            if len(batch) == limit or room < 0:
                break
            if update.expires_at < now:
                expired.append(update)
            else:
                batch.append(update.text)
        else:
            # A repeated update comes behind all that are older: before them it would confirm what was never sent.
            batch += [self._again.popleft() for _ in range(min(limit - len(batch), len(self._again)))]
        for update in expired:
            self.forget_one(update)
        return batch

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _end_poll(self, reason: Exception) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(reason)

    def _load(self) -> None:
        kept = dict(self._archive.values("bot"))
        self._next = max(self._next, int(kept.get("next_update", 0)))
        for key, (text, queue, expires_at) in sorted(self._archive.values("update"), key=lambda one: int(one[0])):
            self._waiting.append(Waiting(int(key), text, queue, expires_at))
