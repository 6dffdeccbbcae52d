"""The whole system under test: both emulators in the test's process, Cornerman in a process that may be killed."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.fernet import Fernet

from sandbox import models, speech, telegram
from tests.servers.ports import free_port

HOME = Path(__file__).parents[2]
TOKEN = "1000001:planted-sandbox-token-planted-sandbox"
SPEECH_KEY = "planted-speech-key-planted"
START_S = 30.0
_OWNED = dict.fromkeys(
    ("lead_registry", "lead_activity_log", "lead_versions", "support_sessions", "attempts", "win_rewards"),
    "telegram_id",
) | {"casebook": "created_from_user"}
_UNSETTLED = (
    "select 1 from inbox where state = 'new'",
    "select 1 from outbox where settled_at is null",
    "select 1 from snapshots where wake = 1",
)


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
        self.telegram = await telegram.start(
            token=TOKEN, state_path=self.folder / "telegram", mini_app_url=f"http://127.0.0.1:{self.port}/app/"
        )
        self.models = await models.start(
            latency_s=(0.01, 0.05), pace=0.0, extra_models=("openai/gpt-oss-120b",), free_per_day=1000
        )
        self.speech = await speech.start(processing_s=0.1)
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        await self.http.close()
        await self.speech.stop()
        await self.models.stop()
        await self.telegram.stop()

    def journal(self) -> closing[sqlite3.Connection]:
        """The journal's file, opened for reading."""
        return self._opened("journal.sqlite")

    def records(self) -> closing[sqlite3.Connection]:
        """The embedded records, opened for reading."""
        return self._opened("records.sqlite")

    def _opened(self, file: str) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(f"file:{self.folder / 'data' / file}?mode=ro", uri=True))

    def recorded(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows that this finds in the embedded records."""
        with self.records() as records:
            return records.execute(sql, parameters).fetchall()

    def accepted(self) -> set[int]:
        """The numbers of the updates that the journal has accepted, handled or not."""
        if not (self.folder / "data" / "journal.sqlite").exists():
            return set()
        with self.journal() as journal:
            return {int(number) for (number,) in journal.execute("select number from inbox")}

    def change(self, **settings: str) -> None:
        """Have the next start read other settings."""
        self._settings |= settings

    async def start(self) -> None:
        """Start the process and wait until it says that it is ready."""
        await self.launch()
        await self.until_ready()

    @property
    def environment(self) -> dict[str, str]:
        """What the process is given."""
        return {
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
            "ASSEMBLYAI_API_KEY": SPEECH_KEY,
            "ASSEMBLYAI_BASE_URL": self.speech.url,
            **self._settings,
        }

    async def command(self, *words: str) -> tuple[int, str]:
        """Run another command of ours beside the process, or without it; its exit status and what it printed."""
        told = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cornerman",
            *words,
            cwd=HOME,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await told.communicate()
        return told.returncode or 0, printed.decode()

    async def launch(self) -> None:
        """Start the process without waiting for it."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cornerman", "run", cwd=HOME, env=self.environment, stdout=log, stderr=log
            )

    async def until_ready(self, wait_s: float = START_S) -> None:
        """Wait until the process says that it is ready; AssertionError with its log where it ended instead."""
        async with asyncio.timeout(wait_s):
            while not await self.is_ready():
                if self._process is None or self._process.returncode is not None:
                    raise AssertionError(f"cornerman did not start:\n{self.log.read_text()}")
                await asyncio.sleep(0.05)

    async def until_stopping(self) -> None:
        """Wait until the process, still answering, says that it is not ready."""
        async with asyncio.timeout(START_S):
            while await self.is_ready():
                await asyncio.sleep(0.02)

    async def is_ready(self) -> bool:
        """Whether the process says that it is ready."""
        try:
            async with self.http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    @property
    def pid(self) -> int | None:
        """The running process, None where there is none."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def kill(self) -> None:
        """End the process as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End the process as Ctrl-C would, and return its exit status."""
        return await self._end(signal.SIGINT)

    async def ended(self) -> int:
        """Wait until the process ends by itself, and return its exit status."""
        if self._process is None:
            raise AssertionError("nothing was started")
        async with asyncio.timeout(START_S):
            return await self._process.wait()

    async def terminate(self) -> int:
        """End the process as a platform does at a deployment, and return its exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None or self._process.returncode is not None:
            return 0
        self._process.send_signal(number)
        return await self._process.wait()

    async def sim(self, path: str, **body: object) -> dict[str, Any]:
        """Order something from the Telegram emulator's control API."""
        return await self._post(f"{self.telegram.url}/sim/{path}", body)

    async def order_models(self, path: str, **body: object) -> dict[str, Any]:
        """Order something from the model emulators' control API."""
        return await self._post(f"{self.models.url}/sim/{path}", body)

    async def order_speech(self, path: str, **body: object) -> dict[str, Any]:
        """Order something from the speech emulator's control API."""
        return await self._post(f"{self.speech.url}/sim/{path}", body)

    async def _post(self, url: str, body: object) -> dict[str, Any]:
        async with self.http.post(url, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def look(self, path: str, **query: str) -> Any:
        """Read from the Telegram emulator's control API."""
        async with self.http.get(f"{self.telegram.url}/sim/{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def until_draft(self, telegram_id: int, part: str = "") -> None:
        """Wait until a growing answer is shown to this rep with these words in it."""
        async with asyncio.timeout(START_S), self.http.get(f"{self.telegram.url}/sim/events/{telegram_id}") as events:
            async for line in events.content:
                event = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if event.get("type") == "draft" and part in event["draft"].get("text", ""):
                    return

    async def download(self, path: str) -> bytes:
        """Read a file from the Telegram emulator's control API."""
        async with self.http.get(f"{self.telegram.url}/sim/{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    async def model_calls(self) -> list[dict[str, Any]]:
        """The completions asked of the model emulators so far."""
        async with self.http.get(f"{self.models.url}/sim/requests") as answer:
            requests = (await answer.json())["requests"]
        return [one for one in requests if one["route"] == "completion"]

    async def until_model_calls(self, count: int) -> None:
        """Wait until that many completions were asked for."""
        async with asyncio.timeout(START_S):
            while len(await self.model_calls()) < count:
                await asyncio.sleep(0.02)

    async def status(self) -> dict[str, Any]:
        """The status document."""
        async with self.http.get(f"http://127.0.0.1:{self.port}/status") as answer:
            return dict(await answer.json())

    async def settled(self, wait_s: float = START_S) -> None:
        """Wait until nothing is left with Telegram, or in the journal to handle, work on, send or write."""
        async with asyncio.timeout(wait_s):
            while (await self.look("state"))["pending_updates"] or self._unsettled():
                await asyncio.sleep(0.02)

    async def traced(self, wait_s: float = START_S) -> None:
        """Settle, and wait until an observation made after that shows no trace unwritten."""
        await self.settled(wait_s)
        since = datetime.now(UTC)
        async with asyncio.timeout(wait_s):
            while True:
                seen = await self.status()
                if datetime.fromisoformat(seen["now"]) > since and not seen["tracer"]["buffered"]:
                    break
                await asyncio.sleep(0.1)
        await self.settled(wait_s)  # what the buffer has given to the journal is written, too

    def _unsettled(self) -> bool:
        with self.journal() as journal:
            return any(journal.execute(question).fetchone() for question in _UNSETTLED)

    def rows_of(self, telegram_id: int) -> dict[str, list[dict[str, object]]]:
        """What the embedded records hold of a rep, beside when they were last here and which drills they saw."""
        with self.records() as records:
            records.row_factory = sqlite3.Row
            found = {}
            for table, owner in _OWNED.items():
                sql = f"select * from {table} where {owner} = ?"  # noqa: S608  # both are names of ours
                found[table] = [dict(row) for row in records.execute(sql, (telegram_id,))]
            return found

    def count_records(self, table: str) -> int:
        """How many rows the embedded records hold."""
        ((count,),) = self.recorded(f"select count(*) from {table}")  # noqa: S608  # tables are names of ours
        return int(count)
