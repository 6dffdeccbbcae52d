"""Cornerman as a newcomer runs it: one process without a key, its chat page found in what it prints."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.servers.ports import free_port
from tests.system.coach import HOME, START_S

_PORTS = ("PORT", "SANDBOX_TELEGRAM_PORT", "SANDBOX_MODELS_PORT", "SANDBOX_SPEECH_PORT")


def free_ports() -> dict[str, str]:
    """A free port for everything that listens."""
    return {name: str(free_port()) for name in _PORTS}


class Sandboxed:
    """A process with no keys, which emulates every service itself, with the part of `Coach` that a rep needs."""

    def __init__(self, process: Process, http: aiohttp.ClientSession) -> None:
        self._process = process
        self._http = http
        self.said: list[str] = []
        self.chat_page = ""

    async def until_ready(self) -> None:
        """Read what it prints until it is ready; AssertionError with that where it ended instead."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.said.append(line.decode())
            found = re.search(r"Chat page:\s+(\S+)/\s", self.said[-1])
            if found:
                self.chat_page = found[1]
            if self.said[-1].startswith("Ready."):
                return
        raise AssertionError("".join(self.said))

    async def sim(self, path: str, **body: object) -> object:
        """Order something of the emulated Telegram."""
        async with self._http.post(f"{self.chat_page}/sim/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def look(self, path: str, **query: str) -> object:
        """Read something of it."""
        async with self._http.get(f"{self.chat_page}/sim/{path}", params=query) as answer:
            return await answer.json()


@asynccontextmanager
async def sandboxed(folder: Path, **settings: str) -> AsyncIterator[Sandboxed]:
    """Run one from this checkout with its data in a folder, until the block ends."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment = {**kept, **free_ports(), "DATA_DIR": str(folder), **settings}
    command = (sys.executable, "-m", "cornerman", "run")
    process = await asyncio.create_subprocess_exec(*command, cwd=HOME, env=environment, stdout=PIPE, stderr=STDOUT)
    try:
        async with aiohttp.ClientSession() as http:
            running = Sandboxed(process, http)
            async with asyncio.timeout(START_S):
                await running.until_ready()
            yield running
    finally:
        process.kill()
        await process.communicate()
