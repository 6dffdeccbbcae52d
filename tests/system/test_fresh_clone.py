"""What a newcomer does: clone, `make run`, and the first answered /support."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import aiohttp
import pytest

from tests.system.coach import HOME
from tests.system.rep import PROSPECT, Rep
from tests.system.sandboxed import Sandboxed, free_ports

READY_S = 600.0


def _environment(**ports: str) -> dict[str, str]:
    """Nothing of this shell but the way to Python and to the package index."""
    given = ("HOME", "LANG", "NODE_EXTRA_CA_CERTS")
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "npm_")) or name in given}
    outside = [part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part]
    return {**kept, "PATH": os.pathsep.join(outside), **ports}


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_make_run_in_an_empty_clone_answers_a_prospect(tmp_path: Path) -> None:
    """From an empty directory and no keys, one command ends in an answered /support, and Ctrl-C stops it cleanly."""
    clone = tmp_path / "cornerman"
    git = await asyncio.create_subprocess_exec("git", "clone", "--quiet", str(HOME), str(clone))
    assert await git.wait() == 0
    process = await asyncio.create_subprocess_exec(
        "make", "run", cwd=clone, env=_environment(**free_ports()), stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        async with aiohttp.ClientSession() as http:
            running = Sandboxed(process, http)
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
