"""Delivery of updates to a webhook: one in flight for each chat and kind of update, retried with growing pauses."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from sandbox.telegram.clock import Clock
from sandbox.telegram.updates import Updates, Waiting

_ANSWER_WITHIN_S = 60.0
_LONGEST_PAUSE_S = 60.0
_LONGEST_WAIT_S = 3600.0
_NEVER_PERFORMED = ("get", "setwebhook", "deletewebhook", "close", "logout")
Perform = Callable[[str, dict[str, Any]], Awaitable[None]]


class Webhook:
    """Where updates are delivered; nowhere until `set` names an address."""

    def __init__(self, updates: Updates, clock: Clock) -> None:
        self._updates = updates
        self._clock = clock
        self._queues: dict[str, deque[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None
        self._room = asyncio.Semaphore(40)
        self.perform: Perform | None = None
        self.settings: dict[str, Any] = {}
        self.last_error: tuple[float, str] | None = None

    @property
    def url(self) -> str:
        """The address, empty where none is set."""
        return str(self.settings.get("url", ""))

    async def set(self, settings: dict[str, Any]) -> None:
        """Deliver to this address from now on, and what waits already; an empty one ends delivery."""
        await self._end()
        self.settings = settings
        self._updates.webhook_is_set = bool(self.url)
        if not self.url:
            return
        self._updates.end_poll_for_webhook()
        self._room = asyncio.Semaphore(int(settings.get("max_connections") or 40))
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S))
        self._updates.when_added = self._enqueue
        for update in self._updates.pending:
            self._enqueue(update)

    async def close(self) -> None:
        """End delivery."""
        await self._end()

    async def _end(self) -> None:
        self._updates.when_added = lambda _: None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._queues.clear()
        if self._http is not None:
            await self._http.close()
            self._http = None

    def _enqueue(self, update: Waiting) -> None:
        queue = self._queues.get(update.queue)
        if queue is not None:
            queue.append(update)
            return
        self._queues[update.queue] = deque([update])
        task = asyncio.create_task(self._deliver(update.queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, name: str) -> None:
        queue = self._queues[name]
        failures = 0
        while queue:
            async with self._room:
                pause = await self._attempt(queue[0], failures)
            if pause is None or queue[0].expires_at < self._clock.now():
                self._updates.forget_one(queue.popleft())
                failures = 0
                continue
            failures += 1
            await asyncio.sleep(pause)
        del self._queues[name]

    async def _attempt(self, update: Waiting, failures: int) -> float | None:
        """None once it was taken, else the seconds to wait: none before the first retry, then 2, 4, 8."""
        assert self._http is not None  # noqa: S101 - `set` opened it
        headers = {"Content-Type": "application/json"}
        if secret := self.settings.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = str(secret)
        pause = 0.0 if failures == 0 else min(_LONGEST_PAUSE_S, 2.0**failures)
        try:
            async with self._http.post(self.url, data=update.text.encode(), headers=headers) as answer:
                if 200 <= answer.status < 300:
                    await self._perform_answer(await answer.text())
                    return None
                self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                wait = answer.headers.get("Retry-After", "")
                return min(_LONGEST_WAIT_S, float(wait)) if wait.isdigit() else pause
        except (aiohttp.ClientError, TimeoutError) as error:
            self._failed(f"Connection failed: {type(error).__name__}")
            return pause

    def _failed(self, reason: str) -> None:
        self.last_error = (self._clock.now(), reason)

    async def _perform_answer(self, body: str) -> None:
        """A 2xx body that names a method is a call, whose result nobody sees."""
        with contextlib.suppress(ValueError):
            called = json.loads(body) if body.strip() else None
            if isinstance(called, dict) and self.perform is not None and isinstance(called.get("method"), str):
                method = called.pop("method")
                if not method.lower().startswith(_NEVER_PERFORMED):
                    await self.perform(method, called)
