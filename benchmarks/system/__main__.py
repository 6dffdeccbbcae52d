"""`make bench-system`: pace beside a bare bot, time added to a turn, and memory with many turns in flight.

Three processes: the outside world, Cornerman or the bare bot, and this one, which plays the reps and looks on.
"""

import argparse
import asyncio
import json
import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp
import msgspec
from cryptography.fernet import Fernet

from benchmarks.report import command, machine, write_bars, write_section
from benchmarks.system.stages import read, steps
from storage import SqliteStore, migrate_sqlite, to_text, user_id

HOME = Path(__file__).parents[2]
MODEL = "openai/gpt-oss-120b"
PROMISED = 10_000
PROSPECT = (
    "/support rep-{rep}: Maria Keller, plant manager at Nordwerk in Hamburg, wrote: we like the demo, but your price "
    "is far above what we planned and the budget for this year is closed. Could you come back in spring?"
)
HELD = PROSPECT + " Her offer is held open."
"""A prospect that the outside world's provider works on until it is let go."""
IN_FLIGHT = 1_000
"""Turns held open while the time added to others is measured."""
SETTLE_S = 20.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Pace(msgspec.Struct, frozen=True):
    """Updates handled in a second, and CPU milliseconds for each."""

    per_s: float
    cpu_ms: float


class Added(msgspec.Struct, frozen=True):
    """What a turn took beside the provider's time: milliseconds of each turn, and CPU milliseconds of one.

    `stages` is when each turn reached which stage.
    """

    ms: list[float]
    cpu_ms: float
    stages: list[dict[str, float]]


class Released(msgspec.Struct, frozen=True):
    """What came of the turns that were let go at one instant: how many were answered, by when, and the most memory."""

    answered: int
    seconds: float
    memory_mb: float


class Loaded(msgspec.Struct, frozen=True):
    """The coach under load; what is added to each turn alone, and beside those in flight at two rates."""

    beside: int
    idle: Added
    slow: Added
    busy: Added
    most: int
    memory_mb: float
    released: Released


class Proc:
    """A process under measurement."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def cpu_s(self) -> float:
        """CPU seconds so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


class World:
    """The outside world's process, and what the reps do in it."""

    def __init__(self, addresses: dict[str, str], token: str, folder: Path, http: aiohttp.ClientSession) -> None:
        self.telegram, self.provider = addresses["telegram"], addresses["provider"]
        self.token, self.folder, self.http = token, folder, http

    async def write(self, rep: int, text: str) -> float:
        """Let a rep write; gives when, in epoch seconds."""
        at = time.time()
        body = {"text": text, "username": f"rep{rep}", "first_name": f"Rep {rep}"}
        async with self.http.post(f"{self.telegram}/sim/users/{rep}/text", json=body) as answer:
            answer.raise_for_status()
        return at

    async def sends(self) -> list[dict[str, Any]]:
        """Every message that was sent so far."""
        calls = (await self._get(f"{self.telegram}/sim/calls"))["calls"]
        return [one for one in calls if one["method"] == "sendMessage"]

    async def state(self) -> dict[str, Any]:
        """The provider's open and ended calls."""
        return await self._get(f"{self.provider}/answered")

    async def open_calls(self) -> int:
        """How many calls the provider is working on."""
        return int((await self._get(f"{self.provider}/answered?since=10000000"))["open"])

    async def hold(self, state: str) -> None:
        """Let the provider end nothing ("on") or go on ("off")."""
        async with self.http.post(f"{self.provider}/hold/{state}") as answer:
            answer.raise_for_status()

    async def reset(self) -> None:
        """Forget every chat and call."""
        async with self.http.post(f"{self.telegram}/sim/reset", json={}) as answer:
            answer.raise_for_status()

    async def _get(self, url: str) -> dict[str, Any]:
        async with self.http.get(url) as answer:
            answer.raise_for_status()
            return dict(await answer.json())


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """The outside world; its process ends with the block."""
    token = f"1000001:{secrets.token_urlsafe(26)}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.system.world", token, str(folder / "telegram"), MODEL,
        cwd=HOME, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    (folder / "telegram").mkdir()
    addresses = json.loads(await process.stdout.readline())
    connector = aiohttp.TCPConnector(limit=32)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as http:
            yield World(addresses, token, folder, http)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def running(*arguments: str, log: Path, **environment: str) -> AsyncIterator[Proc]:
    """One of our modules in a process of its own."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments, cwd=HOME, env=os.environ | environment, stdout=output, stderr=output
        )
    try:
        yield Proc(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def coach(outside: World, name: str) -> Any:
    """Cornerman against the outside world, on the records in this folder."""
    settings = {
        "TELEGRAM_BOT_TOKEN": outside.token,
        "TELEGRAM_API_BASE": outside.telegram,
        "ALLOWED_USERNAMES": "*",
        "ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "OPENROUTER_API_KEY": "sk-or-v1-benchmark",
        "OPENROUTER_BASE_URL": f"{outside.provider}/api/v1",
        "DEFAULT_OPENROUTER_MODEL": MODEL,
        "MODEL_CONCURRENCY": "10000",
        "SANDBOX_SPEECH_PORT": "0",
        "DATA_DIR": str(outside.folder / name),
        "PORT": "0",
        "LOG_LEVEL": "ERROR",
        "STAGES_FILE": str(outside.folder / f"{name}.stages"),
    }
    return running("benchmarks.system.coach", log=outside.folder / f"{name}.log", **settings)


async def seed(folder: Path, reps: int) -> None:
    """Set up this many reps as an earlier run would have left them."""
    await migrate_sqlite(folder / "records.sqlite", HOME / "migrations")
    store = await SqliteStore.open(folder / "records.sqlite")
    now = to_text(time.time())
    common = {"provider": "openrouter", "openrouter_model": MODEL, "anthropic_model": "claude-sonnet-5-5"}
    for first in range(1, reps + 1, 500):
        rows = [
            {"id": user_id(rep), "telegram_id": rep, "username": f"rep{rep}", "first_name": f"Rep {rep}"}
            | common
            | {"created_at": now, "updated_at": now}
            for rep in range(first, min(first + 500, reps + 1))
        ]
        await store.insert("users", rows)
    await store.close()


async def pace_of(outside: World, bot: Any, reps: int, each: int, text: str) -> Pace:
    """Have updates wait, start the bot, and see how fast it answers the latter 80 % of them."""
    await outside.reset()
    total = reps * each
    for _ in range(each):
        await asyncio.gather(*(outside.write(rep, text) for rep in range(1, reps + 1)))
    began, cpu, skipped = 0.0, 0.0, 0
    async with bot as proc, asyncio.timeout(180):
        while True:
            sent = await outside.sends()
            if not began and len(sent) >= total // 5:
                began, cpu, skipped = sent[-1]["at"], proc.cpu_s(), len(sent)
            if len(sent) >= total:
                break
            await asyncio.sleep(0.25)
        handled = len(sent) - skipped
        return Pace(handled / (sent[-1]["at"] - began), (proc.cpu_s() - cpu) * 1000 / handled)


async def first_answer(outside: World) -> None:
    """Wait until the bot has said anything."""
    async with asyncio.timeout(60):
        while not await outside.sends():  # noqa: ASYNC110  # another process has no event
            await asyncio.sleep(0.2)


async def added(outside: World, proc: Proc, turns: int, rate_per_s: float, first: int) -> Added:
    """Start turns at a steady rate; what each took beside the provider's time."""
    put: dict[int, float] = {}
    begun, cpu = time.time(), proc.cpu_s()
    for place in range(turns):
        await asyncio.sleep(max(0.0, begun + place / rate_per_s - time.time()))
        put[first + place] = await outside.write(first + place, PROSPECT.format(rep=first + place))
    await asyncio.sleep(26.0)
    spent = proc.cpu_s() - cpu
    sends: dict[int, list[float]] = {}
    for one in await outside.sends():
        sends.setdefault(int(one["chat_id"]), []).append(one["at"])
    answered = (await outside.state())["answered"]
    calls = {rep: (begin, end) for rep, agent, begin, end in answered if "strategist" in agent.lower()}
    inside = read(outside.folder / "load.stages")
    stages = []
    for rep, at in put.items():
        begin, end = calls.get(rep, (0.0, 0.0))
        after = [sent for sent in sends.get(rep, ()) if sent >= end] if end else []
        if after:
            seen = {"written": at, "provider began": begin, "provider ended": end, "arrived at Telegram": after[0]}
            stages.append(inside.get(rep, {}) | seen)
    return Added([_added_ms(turn) for turn in stages], spent * 1000 / turns, stages)


def _added_ms(turn: dict[str, float]) -> float:
    provider = turn["provider ended"] - turn["provider began"]
    return (turn["arrived at Telegram"] - turn["written"] - provider) * 1000


async def hold_open(outside: World, proc: Proc, turns: int, first: int, wanted: int) -> tuple[int, float]:
    """Start turns that are held until so many calls are open; how many were, and the memory they took."""
    for place in range(0, turns, 32):
        reps = range(first + place, first + min(place + 32, turns))
        await asyncio.gather(*(outside.write(rep, HELD.format(rep=rep)) for rep in reps))
    most, memory, since = 0, 0.0, time.time()
    while most < wanted and time.time() - since < 240:
        await asyncio.sleep(1.0)
        most, memory = max(most, await outside.open_calls()), max(memory, proc.memory_mb())
    return most, memory


async def let_go(outside: World, proc: Proc, reps: range) -> Released:
    """End what was held, and wait ten minutes at most until each of these reps has an answer."""
    await outside.hold("off")
    since, answered, memory = time.time(), 0, 0.0
    while answered < len(reps) and time.time() - since < 600:
        await asyncio.sleep(2.0)
        memory = max(memory, proc.memory_mb())
        answered = len({int(one["chat_id"]) for one in await outside.sends()} & set(reps))
    return Released(answered, time.time() - since, memory)


async def measure(turns: int, updates: int, flight: int) -> int:
    """Run, print, and write the section; gives how many of the promises failed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pace").mkdir()
        (folder / "load").mkdir()
        await seed(folder / "pace", 500)
        await seed(folder / "load", turns * 2 + 2 + flight)
        async with world(folder) as outside:
            arguments = ("benchmarks.system.echo", outside.telegram, outside.token)
            bare = await pace_of(outside, running(*arguments, log=folder / "echo.log"), 500, updates // 500, "hello")
            print(f"bare echo: {bare.per_s:.0f}/s, {bare.cpu_ms:.2f} ms", flush=True)
            ours = await pace_of(outside, coach(outside, "pace"), 500, updates // 500, "/nonsense")
            print(f"ours: {ours.per_s:.0f}/s, {ours.cpu_ms:.2f} ms", flush=True)
            await outside.reset()
            async with coach(outside, "load") as proc:
                loaded = await under_load(outside, proc, turns, flight)
    return report(bare, ours, loaded, flight)


async def under_load(outside: World, proc: Proc, turns: int, flight: int) -> Loaded:
    """Hold turns open, measure what others take meanwhile, hold all that is wanted, and let them go."""
    await outside.write(1, "/nonsense")
    await first_answer(outside)
    idle = await added(outside, proc, turns // 10, 1.0, 2)
    print(f"alone: {cuts(idle.ms)}", flush=True)
    await outside.hold("on")
    held = range(turns * 2 + 2, turns * 2 + 2 + flight)
    beside, _ = await hold_open(outside, proc, min(IN_FLIGHT, flight), held.start, min(IN_FLIGHT, flight))
    await asyncio.sleep(SETTLE_S)
    slow = await added(outside, proc, turns // 2, 2.0, 2 + turns // 10)
    print(f"at 2/s: {cuts(slow.ms)}, {beside} in flight", flush=True)
    busy = await added(outside, proc, turns, 10.0, 2 + turns)
    print(f"at 10/s: {cuts(busy.ms)}, {beside} in flight", flush=True)
    most, memory = await hold_open(outside, proc, flight - IN_FLIGHT, held.start + IN_FLIGHT, flight)
    print(f"in flight: {most}, {memory:.0f} MB", flush=True)
    released = await let_go(outside, proc, held)
    print(f"let go: {released}", flush=True)
    return Loaded(beside, idle, slow, busy, most, memory, released)


def cuts(values: list[float]) -> str:
    """Median and p99 in milliseconds, and how many there are."""
    if len(values) < 2:
        return "nothing measured"
    return f"median {median(values):.1f} ms, p99 {quantiles(values, n=100)[98]:.1f} ms of {len(values)} turns"


def breakdown(loaded: Loaded) -> str:
    """The stages' times as a table."""
    columns = [{step.name: step for step in steps(one.stages)} for one in (loaded.idle, loaded.slow, loaded.busy)]
    lines = ["| | idle, median | p99 | 2/s, median | p99 | 10/s, median | p99 |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name in columns[0]:
        times = [f"{column[name].median_ms:.1f} | {column[name].p99_ms:.1f}" for column in columns if name in column]
        lines.append(f"| {name} | {' | '.join(times)} |")
    return "\n".join(lines)


def report(bare: Pace, ours: Pace, loaded: Loaded, wanted: int) -> int:
    """Write the section and the plot; gives how many of the promises failed."""
    ratio, released = ours.per_s / bare.per_s, loaded.released
    promises = {
        f"updates handled a second: **{ours.per_s:.0f}**, each journalled and its answer too; the bare echo bot "
        f"{bare.per_s:.0f}; ratio **{ratio:.2f}** (0.5 promised)": ratio >= 0.5,
        f"turns in flight at once: **{loaded.most}** ({PROMISED} promised, {wanted} tried) in "
        f"**{loaded.memory_mb:.0f} MB** (1500 promised)": loaded.most >= PROMISED and loaded.memory_mb < 1500,
        f"of these answered, once all were let go at one instant: **{released.answered}**, within "
        f"{released.seconds:.0f} s; all their answers lying in memory together, {released.memory_mb:.0f} MB at most": (
            released.answered == wanted
        ),
        f"time added to a turn at 2 turns a second beside {loaded.beside} in flight: {cuts(loaded.slow.ms)} "
        "(p99 50 ms promised)": len(loaded.slow.ms) > 1 and quantiles(loaded.slow.ms, n=100)[98] < 50,
        f"time added to a turn at 10 turns a second beside {loaded.beside} in flight: {cuts(loaded.busy.ms)} "
        "(p99 50 ms promised)": len(loaded.busy.ms) > 1 and quantiles(loaded.busy.ms, n=100)[98] < 50,
    }
    labels = ["bare echo", "Cornerman"]
    said = "half of the bare bot"
    picture = write_bars(
        "bench-system", "Updates handled in a second", labels, [bare.per_s, ours.per_s], bare.per_s / 2, said
    )
    text = f"""## The whole coach under load

`{command("bench-system")}`: Cornerman, the outside world (Telegram and models) and the reps in a process each; the bare
bot is aiogram's default polling with one handler; models take 2 to 20 s, log-normal; {machine()}.

{chr(10).join(f"- {promise}{'' if kept else ' **MISSED**'}" for promise, kept in promises.items())}
- CPU for an update: {ours.cpu_ms:.2f} ms; the bare bot {bare.cpu_ms:.2f} ms. Ours is written down before it is
  acknowledged, its state and answer in one transaction, and the answer marked before and after it is sent; the bare
  bot keeps nothing
- time added to a turn on an idle system: {cuts(loaded.idle.ms)}
- CPU for a turn, both its model calls and all it writes: {loaded.idle.cpu_ms:.0f} ms on an idle system,
  {loaded.busy.cpu_ms:.0f} ms at 10 a second with the share of those in flight
- no pace rule lies in this time: the turns are commands, which wait for no further words as plain texts do for 1 s, and
  the first message of an answer finds its chat's place free; drafts, 0.8 s apart, go beside

Where the added time goes, in milliseconds from each stage to the next; Telegram's emulator has a part in the first and
the last, the provider's in "provider began":

{breakdown(loaded)}

![Updates handled in a second]({picture})"""
    write_section("system", text)
    print(text)
    return sum(not kept for kept in promises.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1_000, help="turns at the faster rate")
    parser.add_argument("--updates", type=int, default=5_000, help="updates of the comparison with a bare bot")
    parser.add_argument("--flight", type=int, default=10_000, help="turns in flight at once")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.exit(1 if asyncio.run(measure(options.turns, options.updates, options.flight)) else 0)
