import asyncio
import re
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession

pytest.importorskip("sandbox.telegram")


async def test_runs_all_until_terminated(tmp_path: Path) -> None:
    """`python -m sandbox` prints one line for each address, serves them all, and SIGTERM ends it with 0."""
    arguments = (
        "-m",
        "sandbox",
        "--telegram-port",
        "0",
        "--models-port",
        "0",
        "--speech-port",
        "0",
        "--latency",
        "0,0",
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, "--state", str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    telegram, models, speech = [(await process.stdout.readline()).decode() for _ in range(3)]
    assert speech.startswith("Speech    http://")
    found = re.search(r"(http://\S+)/api/v1", models)
    assert telegram.startswith("Telegram  http://")
    assert found is not None
    async with ClientSession() as client, client.get(f"{found[1]}/api/v1/models") as reply:
        assert reply.status == 200
    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0
