"""A rep as the tests play one: writes through the emulator's control API and reads the chat's transcript."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Protocol

PROSPECT = (
    "Maria Keller, plant manager at Nordwerk in Hamburg, wrote: we like the demo, but your price is far above "
    "what we planned and the budget for this year is closed. Could you come back in spring?"
)
WAIT_S = 60.0


def numbered_prospect(number: int) -> str:
    """A prospect whose name tells which one it was."""
    names = ("Anna", "Boris", "Clara", "David", "Elena", "Felix", "Greta", "Henry")
    return PROSPECT.replace("Maria", names[number])


def drafts_among(heard: list[str]) -> list[str]:
    """The drafts: each message that follows one whose last line announces a draft."""
    return [after for before, after in pairwise(heard) if before.splitlines()[-1].startswith("Draft for ")]


class Sim(Protocol):
    """The emulator's control API."""

    async def sim(self, path: str, **body: object) -> Any:
        """Order something."""

    async def look(self, path: str) -> Any:
        """Read something."""


class Rep:
    """One rep in a private chat with the coach."""

    def __init__(self, coach: Sim, telegram_id: int, username: str, *, looks_every_s: float = 0.1) -> None:
        self.coach = coach
        self.telegram_id = telegram_id
        self.username = username
        self._looks_every_s = looks_every_s

    async def writes(self, text: str) -> None:
        """Send a text message."""
        name = self.username.capitalize()
        await self.coach.sim(f"users/{self.telegram_id}/text", text=text, username=self.username, first_name=name)

    async def taps(self, data: str) -> None:
        """Tap the newest button with this data."""
        await self.coach.sim(f"users/{self.telegram_id}/tap", data=data)

    async def transcript(self) -> dict[str, Any]:
        """The chat as the emulator keeps it."""
        return dict(await self.coach.look(f"users/{self.telegram_id}/transcript"))

    async def heard(self) -> list[str]:
        """What the coach sent, oldest first."""
        messages = (await self.transcript())["messages"]
        return [str(one["text"]) for one in messages if one["from"] == "bot"]

    async def drafts(self) -> list[str]:
        """The drafts among what the coach sent: the message after each that announces one."""
        return drafts_among(await self.heard())

    async def buttons(self) -> dict[str, str]:
        """The newest buttons by their label, with what a tap sends."""
        found: dict[str, str] = {}
        for message in (await self.transcript())["messages"]:
            for row in (message.get("reply_markup") or {}).get("inline_keyboard", []):
                found |= {button["text"]: button.get("callback_data", "") for button in row}
        return found

    async def hears(self, part: str) -> None:
        """Wait until the coach has sent a message with these words in it."""
        await self._until(lambda heard: any(part in text for text in heard), f"nothing with {part!r}")

    async def hears_drafts(self, count: int) -> None:
        """Wait until the coach has sent this many drafts."""
        await self._until(lambda heard: len(drafts_among(heard)) >= count, f"not {count} drafts", WAIT_S * count)

    async def set_up(self) -> None:
        """Press Start and choose the quick set-up."""
        await self.writes("/start")
        await self.hears("How shall I think for you?")
        await self.taps("setup:quick")
        await self.hears("You are set up with the team's key.")

    async def _until(self, holds: Callable[[list[str]], bool], missing: str, wait_s: float = WAIT_S) -> None:
        try:
            async with asyncio.timeout(wait_s):
                while not holds(await self.heard()):
                    await asyncio.sleep(self._looks_every_s)
        except TimeoutError:
            raise AssertionError(f"{missing} among {await self.heard()}") from None
