"""What a newcomer does: clone, `make run`, and the first answered /support."""

import asyncio
import os
import re
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import aiohttp
import pytest

from tests.system.coach import HOME, free_port
from tests.system.rep import PROSPECT, Rep

READY_S = 600.0


def _environment(**ports: str) -> dict[str, str]:
    """Nothing of this shell but the way to Python and to the package index."""
    given = ("HOME", "LANG", "NODE_EXTRA_CA_CERTS")
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "npm_")) or name in given}
    outside = [part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part]
    return {**kept, "PATH": os.pathsep.join(outside), **ports}


class _Clone:
    """`make run` in a clone, with the part of `Coach` that a rep needs."""

    def __init__(self, process: Process, http: aiohttp.ClientSession) -> None:
        self._process = process
        self._http = http
        self.said: list[str] = []
        self.chat_page = ""

    async def until_ready(self) -> None:
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
        async with self._http.post(f"{self.chat_page}/sim/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def look(self, path: str, **query: str) -> object:
        async with self._http.get(f"{self.chat_page}/sim/{path}", params=query) as answer:
            return await answer.json()


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_make_run_in_an_empty_clone_answers_a_prospect(tmp_path: Path) -> None:
    """From an empty directory and no keys, one command ends in an answered /support, and Ctrl-C stops it cleanly."""
    clone = tmp_path / "cornerman"
    git = await asyncio.create_subprocess_exec("git", "clone", "--quiet", str(HOME), str(clone))
    assert await git.wait() == 0
    ports = {
        name: str(free_port())
        for name in ("PORT", "SANDBOX_TELEGRAM_PORT", "SANDBOX_MODELS_PORT", "SANDBOX_SPEECH_PORT")
    }
    process = await asyncio.create_subprocess_exec(
        "make", "run", cwd=clone, env=_environment(**ports), stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        async with aiohttp.ClientSession() as http:
            running = _Clone(process, http)
            async with asyncio.timeout(READY_S):
                await running.until_ready()
            rep = Rep(running, 7, "anna")
            await rep.set_up()
            await rep.writes("/support")
            await rep.hears("Paste the prospect")
            await rep.writes(PROSPECT)
            await rep.hears_drafts(1)
            assert any("Maria Keller" in text for text in await rep.heard())
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = await process.communicate()
        assert "Stopping" in rest.decode()
        assert "Traceback" not in "".join(running.said) + rest.decode()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
