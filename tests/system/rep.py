"""A rep as the tests play one: writes through the emulator's control API and reads the chat's transcript."""

import asyncio
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any, Protocol

PROSPECT = (
    "Maria Keller, plant manager at Nordwerk in Hamburg, wrote: we like the demo, but your price is far above "
    "what we planned and the budget for this year is closed. Could you come back in spring?"
)
WAIT_S = 60.0
_NUMBERS = count(900_000)
Chat = dict[str, Any]


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

    async def look(self, path: str, **query: str) -> Any:
        """Read something."""


class Rep:
    """One rep in a private chat with the coach."""

    def __init__(self, coach: Sim, telegram_id: int, username: str) -> None:
        self.coach = coach
        self.telegram_id = telegram_id
        self.username = username

    async def writes(self, text: str) -> None:
        """Send a text message."""
        name = self.username.capitalize()
        await self.coach.sim(f"users/{self.telegram_id}/text", text=text, username=self.username, first_name=name)

    async def sends(self, **content: object) -> None:
        """Send a message of any kind, as Telegram delivers it, that the emulator's control API has no words for."""
        person = {"id": self.telegram_id, "is_bot": False, "first_name": "Anna", "username": self.username}
        chat = {"id": self.telegram_id, "type": "private", "first_name": "Anna"}
        body = {"message_id": next(_NUMBERS), "date": 1_800_000_000, "from": person, "chat": chat}
        await self.coach.sim("updates/raw", update={"message": {**body, **content}})

    async def sends_sticker(self) -> None:
        """Send a sticker, which no flow can use."""
        sticker = {"file_id": "x", "file_unique_id": "y", "type": "regular", "width": 1, "height": 1}
        await self.sends(sticker={**sticker, "is_animated": False, "is_video": False})

    async def taps(self, data: str) -> str:
        """Tap the newest button with this data as soon as it is there; the id of the tap."""
        await self._until(lambda chat: data in _buttons(chat).values(), f"no button {data!r}")
        return str((await self.coach.sim(f"users/{self.telegram_id}/tap", data=data))["callback_query_id"])

    async def answer_to(self, data: str) -> str:
        """Tap the newest button with this data, and wait for what the coach shows over the chat: often nothing."""
        return await self.answered(await self.taps(data))

    async def answered(self, tap: str) -> str:
        """What the coach showed over the chat for this tap; waits until it is through with it."""

        def answers(chat: Chat) -> dict[str, str]:
            return {str(one["callback_query_id"]): str(one["text"]) for one in chat["callback_answers"]}

        return answers(await self._until(lambda chat: tap in answers(chat), "no answer to a tap"))[tap]

    async def forges(self, data: str) -> str:
        """Tap a button that may be old or never was there; what the coach shows over the chat for it."""
        tapped = await self.coach.sim(f"users/{self.telegram_id}/tap", data=data, forged=True)
        return await self.answered(str(tapped["callback_query_id"]))

    async def transcript(self) -> Chat:
        """The chat as the emulator keeps it."""
        return dict(await self.coach.look(f"users/{self.telegram_id}/transcript"))

    async def heard(self) -> list[str]:
        """What the coach sent, oldest first."""
        return _heard(await self.transcript())

    async def drafts(self) -> list[str]:
        """The drafts among what the coach sent: the message after each that announces one."""
        return drafts_among(await self.heard())

    async def buttons(self) -> dict[str, str]:
        """The newest buttons by their label, with what a tap sends."""
        return _buttons(await self.transcript())

    async def button(self, label: str) -> str:
        """What a tap on the newest button of this label sends, as soon as it is there."""
        return _buttons(await self._until(lambda chat: label in _buttons(chat), f"no button {label!r}"))[label]

    async def hears(self, part: str, times: int = 1) -> None:
        """Wait until the coach has sent so many messages with these words in them."""
        await self._until(
            lambda chat: sum(part in text for text in _heard(chat)) >= times, f"not {times} times {part!r}"
        )

    async def hears_more_than(self, count: int) -> None:
        """Wait until the coach has sent more than this many messages."""
        await self._until(lambda chat: len(_heard(chat)) > count, f"no message after {count}")

    async def sees(self, part: str, times: int) -> None:
        """Wait until so many messages stand in the chat with these words in them, no more and no fewer."""
        await self._until(lambda chat: sum(part in text for text in _heard(chat)) == times, f"not {times} of {part!r}")

    async def hears_drafts(self, count: int) -> None:
        """Wait until the coach has sent this many drafts."""
        await self._until(lambda chat: len(drafts_among(_heard(chat))) >= count, f"not {count} drafts", WAIT_S * count)

    async def set_up(self) -> None:
        """Press Start and choose the quick set-up."""
        await self.writes("/start")
        await self.hears("How shall I think for you?")
        await self.taps("setup:quick")
        await self.hears("You are set up with the team's key.")

    async def _until(self, holds: Callable[[Chat], bool], missing: str, wait_s: float = WAIT_S) -> Chat:
        """The chat as soon as this holds of it: each look waits for the next change."""
        chat = await self.transcript()
        try:
            async with asyncio.timeout(wait_s):
                while not holds(chat):
                    query = {"changes": str(chat["changes"]), "timeout_s": str(2 * wait_s)}
                    chat = dict(await self.coach.look(f"users/{self.telegram_id}/wait", **query))
        except TimeoutError:
            raise AssertionError(f"{missing} among {_heard(chat)}") from None
        return chat


def _heard(chat: Chat) -> list[str]:
    return [str(one["text"]) for one in chat["messages"] if one["from"] == "bot"]


def _buttons(chat: Chat) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in chat["messages"]:
        for row in (message.get("reply_markup") or {}).get("inline_keyboard", []):
            found |= {button["text"]: button.get("callback_data", "") for button in row}
    return found
