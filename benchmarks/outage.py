"""Storage is away for ten minutes under load: who is answered, how much memory it takes, what is written afterwards.

`make bench-outage`; `ARGS=--minutes=1` shortens it. PostgREST is really stopped. Exits with 1 where a promise was
broken: reps are answered, memory stays under its bound, everything is written afterwards, once.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.chaos.audit import Audit, audit
from benchmarks.chaos.plan import Plan, make_plan
from benchmarks.chaos.run import SETTLE_S, Ran, in_time, set_up, write_prospect
from benchmarks.chaos.world import World, world
from benchmarks.report import machine, write_bars, write_section

MOST_GROWTH_MB = 200.0
_SAMPLE_S = 5.0


class Outage(msgspec.Struct, frozen=True):
    """What was seen: leads in the database before the end of the outage, waiting writes, memory, the final audit."""

    written_meanwhile: int
    drafts_meanwhile: int
    waiting: int
    drained_s: float
    memory_mb: list[float]
    found: Audit

    @property
    def broken(self) -> tuple[str, ...]:
        """Every promise that was not kept, as a sentence."""
        growth = max(self.memory_mb) - self.memory_mb[0]
        problems = list(self.found.broken)
        if self.written_meanwhile:
            problems.append("rows were written during the outage: it was none")
        if growth > MOST_GROWTH_MB:
            problems.append(f"memory grew by {growth:.0f} MB")
        return tuple(problems)


async def measure(whole: World, plan: Plan, reps: int, duration_s: float) -> Outage:
    """Stop PostgREST, let the reps write for so long, start it again and wait until all is written."""
    everyone = await set_up(whole, reps)
    numbers: dict[str, int] = {}
    memory: list[float] = []
    start = time.monotonic()
    await asyncio.to_thread(whole.postgrest.halt)
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch_memory(whole, memory, start + duration_s))
        for one in plan.prospects:
            await in_time(start, [one.at], float, lambda _: asyncio.sleep(0))
            numbers[one.name] = await write_prospect(whole, everyone[one.rep], one.name)
    drafts = sum([len(await rep.drafts()) for rep in everyone])
    status = await whole.coach.status()
    written = int(whole.database.rows("select count(*) from lead_registry")[0][0])
    await asyncio.to_thread(whole.postgrest.resume)
    returned = time.monotonic()
    await whole.coach.settled(SETTLE_S)
    drained = time.monotonic() - returned
    found = await audit(whole, plan, Ran(numbers, {}, 0, 0, drained))
    return Outage(written, drafts, status["journal"]["outbox_pending"].get("record", 0), drained, memory, found)


async def _watch_memory(whole: World, memory: list[float], end: float) -> None:
    while time.monotonic() < end:
        memory.append(_resident_mb(whole.coach.pid))
        await asyncio.sleep(_SAMPLE_S)


def _resident_mb(pid: int | None) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def main() -> int:
    """Run, print the report, and write it into the documentation unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--reps", type=int, default=100)
    parser.add_argument("--messages", type=int, default=8, help="prospects of each rep")
    parser.add_argument("--no-report", action="store_true", help="leave the documentation alone")
    chosen = parser.parse_args()
    duration_s = chosen.minutes * 60
    plan = make_plan(1, reps=chosen.reps, messages=chosen.messages, kills=0, duration_s=duration_s * 0.9)
    seen = asyncio.run(_carry_out(plan, chosen.reps, duration_s))
    text = _section(chosen, seen)
    print(text)
    if not chosen.no_report:
        write_section("outage", f"{text}\n![Memory during the outage]({_picture(seen.memory_mb)})\n")
    return 1 if seen.broken else 0


async def _carry_out(plan: Plan, reps: int, duration_s: float) -> Outage:
    with tempfile.TemporaryDirectory(prefix="cornerman-outage-") as folder:
        async with world(Path(folder)) as whole:
            return await measure(whole, plan, reps, duration_s)


def _picture(memory: list[float]) -> str:
    labels = [str(round(at * _SAMPLE_S)) for at in range(len(memory))]
    return write_bars("bench-outage", "Resident MB, by second", labels, memory, memory[0], "start")


def _section(chosen: argparse.Namespace, seen: Outage) -> str:
    memory, prospects = seen.memory_mb, chosen.reps * chosen.messages
    broken = "; ".join(seen.broken) or "none"
    return f"""## Storage away under load

`make bench-outage ARGS=--minutes={chosen.minutes:g}`: {chosen.reps} reps with {prospects} prospects while PostgREST
is stopped for {chosen.minutes:g} minutes; {machine()}.

- promises broken: **{broken}**
- drafts delivered during the outage: **{seen.drafts_meanwhile}** of {prospects}
- rows in the database at the end of the outage: **{seen.written_meanwhile}**; writes waiting: {seen.waiting}
- written afterwards: **{seen.found.counts["leads"]}** leads, each once, all settled {seen.drained_s:.1f} s after
- memory: {memory[0]:.0f} MB at the start, {max(memory):.0f} MB at most
"""


if __name__ == "__main__":
    sys.exit(main())
