"""The update queue: getUpdates with its real semantics, and webhooks in their simplest form.

An update is confirmed when getUpdates asks beyond it. A newer poll ends an older one with 409.
"""

import asyncio
import contextlib
import json
from collections import deque
from typing import Any

import aiohttp

from sandbox.telegram.refusals import Refusal

LONGEST_POLL_S = 50
_LATER_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Updates:
    """Updates waiting for the bot, oldest first; each is kept as the text that will be sent."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, str]] = deque()
        self._news = asyncio.Event()
        self._poll = 0
        self.allowed: list[str] = []
        self.webhook: dict[str, Any] = {}
        self._delivery: asyncio.Task[None] | None = None

    def put(self, number: int, update: dict[str, Any]) -> None:
        """Queue an update unless the bot does not want its kind."""
        kind = next((key for key in update if key != "update_id"), "")
        wanted = kind in self.allowed if self.allowed else kind not in _LATER_KINDS
        if wanted or "raw" in update:
            self.put_raw(number, json.dumps({"update_id": number, **update}, ensure_ascii=False))

    def put_raw(self, number: int, text: str) -> None:
        """Queue this very text as an update."""
        self._waiting.append((number, text))
        self._news.set()

    @property
    def pending(self) -> int:
        """How many updates wait."""
        return len(self._waiting)

    async def get(self, offset: int, limit: int, timeout_s: float) -> str:
        """The JSON list of what waits from `offset` on; an offset below zero keeps that many of the newest."""
        if self.webhook.get("url"):
            raise Refusal(409, _WEBHOOK)
        self._poll += 1
        mine = self._poll
        self._news.set()
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while offset > 0 and self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(timeout_s, LONGEST_POLL_S)):
                while not self._waiting and timeout_s > 0:
                    self._news.clear()
                    await self._news.wait()
                    if mine != self._poll:
                        raise Refusal(409, _CONFLICT)
        listed = [text for number, text in list(self._waiting)[:limit] if number >= offset or offset <= 0]
        return f"[{','.join(listed)}]"

    def set_webhook(self, webhook: dict[str, Any]) -> None:
        """Deliver to this address from now on; an empty one ends delivery."""
        self.webhook = webhook
        if self._delivery is not None:
            self._delivery.cancel()
        self._delivery = asyncio.create_task(self._deliver()) if webhook.get("url") else None

    async def _deliver(self) -> None:
        headers = {"Content-Type": "application/json"}
        if self.webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = str(self.webhook["secret_token"])
        pause = 0.0
        async with aiohttp.ClientSession() as http:
            while True:
                while not self._waiting:
                    self._news.clear()
                    await self._news.wait()
                await asyncio.sleep(pause)
                if await self._delivered(http, headers):
                    self._waiting.popleft()
                    pause = 0.0
                else:
                    pause = min(60.0, max(0.1, pause * 2))

    async def _delivered(self, http: aiohttp.ClientSession, headers: dict[str, str]) -> bool:
        body = self._waiting[0][1].encode()
        try:
            async with http.post(str(self.webhook["url"]), data=body, headers=headers) as answer:
                return 200 <= answer.status < 300
        except aiohttp.ClientError:
            return False

    def close(self) -> None:
        """End delivery and every waiting poll."""
        self.set_webhook({})
        self._poll += 1
        self._news.set()
