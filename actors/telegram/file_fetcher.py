"""FileFetcher: brings what reps send, pictures and voice notes, from Telegram's file server.

Source: core.telegram.org/bots/api#getfile; bots may fetch files of up to 20 MB.
"""

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar

import msgspec
import structlog
from aiohttp import ClientError

from actors.telegram.aiogram_loading import load_aiogram
from actors.telegram.messages import UPLOADED, FetchFile, FileFetched, FileRefused
from runtime import Actor, Address, Mailbox

if TYPE_CHECKING:
    from aiogram import Bot

_LOG = structlog.get_logger(__name__)
MAXIMUM_BYTES = 20 * 1024 * 1024
TIMEOUT_S = 60
TRIES = 3
_PAUSE_S = 1.0
_AT_ONCE = 8


class _Fetched(msgspec.Struct, frozen=True):
    asker: Address
    answer: FileFetched | FileRefused


class _Broke(msgspec.Struct, frozen=True):
    error: Exception


class FileFetcher(Actor):
    """Fetches a bounded number of files at once; the token shows in nothing it gives back."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=10_000)

    def __init__(self, base: str, token: str) -> None:
        super().__init__()
        self._base, self._token = base, token
        self._bot: Bot | None = None
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._opening = asyncio.Lock()

    async def stopped(self) -> None:
        """Close the connections."""
        if self._bot is not None:
            await self._bot.session.close()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case FetchFile(file_id=file_id) if file_id.startswith(UPLOADED):
                self.forward(self.find("uploads"), message, sender)
            case FetchFile(file_id=file_id):
                self.pipe(self._fetch(file_id, sender), failed=_Broke)
            case _Fetched(asker=asker, answer=answer):
                self.send(asker, answer)
            case _Broke(error=error):
                raise error
            case _:
                await self.unhandled(message, sender)

    async def _fetch(self, file_id: str, asker: Address) -> _Fetched:
        async with self._turns:
            bot = await self._opened()
            for attempt in range(TRIES):
                answer = await _fetched(bot, file_id)
                if not isinstance(answer, FileRefused) or answer.gone:
                    return _Fetched(asker, answer)
                if attempt + 1 < TRIES:
                    await self.clock.sleep(_PAUSE_S * 2**attempt)
        return _Fetched(asker, answer)

    async def _opened(self) -> "Bot":
        async with self._opening:
            if self._bot is None:
                await self.to_thread(load_aiogram)
                from actors.telegram.bot_api import make_bot

                self._bot = make_bot(self._base, self._token)
            return self._bot


async def _fetched(bot: "Bot", file_id: str) -> FileFetched | FileRefused:
    from aiogram import exceptions

    try:
        file = await bot.get_file(file_id, request_timeout=TIMEOUT_S)
        if file.file_path is None or (file.file_size or 0) > MAXIMUM_BYTES:
            return FileRefused(gone=True)
        whole = BytesIO()
        await bot.download_file(file.file_path, whole, timeout=TIMEOUT_S)
        return FileFetched(whole.getvalue())
    except (exceptions.TelegramBadRequest, exceptions.TelegramForbiddenError, exceptions.TelegramNotFound):
        return FileRefused(gone=True)
    except (exceptions.AiogramError, ClientError, OSError) as error:  # aiohttp's own, of the download, name the token
        _LOG.warning("file_not_fetched", error=type(error).__name__)
        return FileRefused(gone=False)
