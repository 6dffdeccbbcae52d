"""The whole system under test: both emulators in the test's process, Cornerman in a process that may be killed."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from asyncio.subprocess import Process
from pathlib import Path

import aiohttp
from cryptography.fernet import Fernet

from sandbox import models, telegram

HOME = Path(__file__).parents[2]
TOKEN = "1000001:planted-sandbox-token-planted-sandbox"
START_S = 30.0


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Coach:
    """Starts, kills and restarts Cornerman against emulators that live on."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.log = folder / "cornerman.log"
        self._settings = settings
        self._key = Fernet.generate_key().decode()
        self._process: Process | None = None
        self.port = free_port()

    async def __aenter__(self) -> "Coach":
        self.telegram = await telegram.start(token=TOKEN, state_path=self.folder / "telegram")
        self.models = await models.start(latency_s=(0.01, 0.05), pace=0.0)
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        await self.http.close()
        await self.models.stop()
        await self.telegram.stop()

    @property
    def journal(self) -> sqlite3.Connection:
        """The journal's file, opened for reading."""
        return sqlite3.connect(f"file:{self.folder / 'data' / 'journal.sqlite'}?mode=ro", uri=True)

    @property
    def records(self) -> sqlite3.Connection:
        """The embedded records, opened for reading."""
        return sqlite3.connect(f"file:{self.folder / 'data' / 'records.sqlite'}?mode=ro", uri=True)

    async def start(self) -> None:
        """Start the process and wait until it says that it is ready."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": self.telegram.url,
            "ALLOWED_USERNAMES": "*",
            "ENCRYPTION_KEY": self._key,
            "OPENROUTER_API_KEY": "sk-or-v1-planted-team-key",
            "OPENROUTER_BASE_URL": f"{self.models.url}/api/v1",
            "ANTHROPIC_BASE_URL": f"{self.models.url}/v1",
            "DATA_DIR": str(self.folder / "data"),
            "PORT": str(self.port),
            **self._settings,
        }
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cornerman", "run", cwd=HOME, env=environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(START_S):
            while not await self._ready():
                if self._process.returncode is not None:
                    raise AssertionError(f"cornerman did not start:\n{self.log.read_text()}")
                await asyncio.sleep(0.05)

    async def _ready(self) -> bool:
        try:
            async with self.http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    async def kill(self) -> None:
        """End the process as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End the process as Ctrl-C would, and return its exit status."""
        return await self._end(signal.SIGINT)

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None or self._process.returncode is not None:
            return 0
        self._process.send_signal(number)
        return await self._process.wait()

    async def sim(self, path: str, **body: object) -> object:
        """Order something from the Telegram emulator's control API."""
        async with self.http.post(f"{self.telegram.url}/sim/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()
