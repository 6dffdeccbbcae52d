"""200 reps on one free key: is the allowance used, never overrun, and shared fairly?

`make bench-shared-key`. The provider, in a process of its own, refuses whatever exceeds 20 requests in any minute;
its minutes are shortened to `--minute` seconds so that the run takes minutes and not hours. Every rep asks again as
soon as it is answered, and one of them keeps ten requests waiting at all times.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import aiohttp
import msgspec
import structlog
import uvloop
from cryptography.fernet import Fernet

from actors.journal import journal_spec
from actors.providers.key_vault import KeyVault
from actors.providers.lane_messages import LaneSettings
from actors.providers.llm_router import LlmRouter, RouterSettings
from actors.providers.messages import (
    ChatMessage,
    Complete,
    Completed,
    CompletionDelta,
    CompletionFailed,
    CompletionQueued,
    Provider,
    TeamKey,
)
from actors.providers.secret import Secret
from benchmarks.report import machine, write_bars, write_section
from runtime import Actor, ActorSystem, Address, ChildSpec

ALLOWED = 20
MARGIN_S = 0.1
"""What is added to the provider's period for the spread of the network; half a second where a minute is a minute."""
MODEL = "openai/gpt-oss-120b:free"


class Answered(msgspec.Struct, frozen=True):
    """One answered request, by the wall clock since the start."""

    rep: int
    asked_at: float
    at: float


class Rep(Actor):
    """Keeps `depth` requests waiting at all times."""

    def __init__(self, rep: int, depth: int, minute_s: float, answers: list[Answered], failures: list[str]) -> None:
        super().__init__()
        self._rep = rep
        self._depth = depth
        self._deadline_s = minute_s * 60
        self._answers = answers
        self._failures = failures
        self._asked: dict[str, float] = {}

    async def started(self) -> None:
        """Ask for the first time."""
        for number in range(self._depth):
            self._ask(f"{self._rep}/{number}")

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Completed(request_id=request_id):
                self._answers.append(Answered(self._rep, self._asked.pop(request_id), time.perf_counter()))
                self._ask(f"{request_id.partition('+')[0]}+{len(self._answers)}")
            case CompletionFailed(kind=kind):
                self._failures.append(kind.value)
            case CompletionQueued() | CompletionDelta():
                pass  # what a rep would see meanwhile
            case _:
                await self.unhandled(message, sender)

    def _ask(self, request_id: str) -> None:
        self._asked[request_id] = time.perf_counter()
        request = Complete(
            request_id=request_id,
            credential=TeamKey(Provider.OPENROUTER),
            agent="strategist",
            model=MODEL,
            system=("You coach.",),
            messages=(ChatMessage("user", "Anna Keller says it is too expensive."),),
            deadline_s=self._deadline_s,
            telegram_id=self._rep,
        )
        self.send(self.find("llm_router"), request)


@asynccontextmanager
async def provider(scale: float) -> AsyncIterator[str]:
    """The emulated provider's address; its process ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.models_process", "--scale", str(scale),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


async def run(url: str, reps: int, minutes: int, minute_s: float) -> tuple[list[Answered], list[str], float]:
    """Let the reps ask for so many of the provider's minutes."""
    answers: list[Answered] = []
    failures: list[str] = []
    lane = LaneSettings(
        free_requests_per_minute=ALLOWED,
        free_requests_per_day=10**9,
        free_period_s=minute_s + MARGIN_S,
        concurrency_start=ALLOWED,
        concurrency_cap=64,
    )
    settings = RouterSettings(
        base_urls={Provider.OPENROUTER: f"{url}/api/v1", Provider.ANTHROPIC: f"{url}/v1"},
        team_keys={Provider.OPENROUTER: Secret("sk-or-v1-benchmark")},
        lane=lane,
    )
    vault = KeyVault(Fernet.generate_key().decode())
    with tempfile.TemporaryDirectory() as folder:
        system = ActorSystem()
        await system.start(journal_spec(Path(folder) / "journal.sqlite"))
        await system.start(ChildSpec("llm_router", lambda: LlmRouter(settings, vault, {}), well_known=True))
        began = time.perf_counter()
        for rep in range(reps):
            depth = 10 if rep == 0 else 1
            made = (rep, depth, minute_s, answers, failures)
            await system.start(ChildSpec(f"rep-{rep}", lambda made=made: Rep(*made)))  # type: ignore[misc]
        await asyncio.sleep(minutes * minute_s)
        await system.shutdown()
    return answers, failures, began


async def refused(url: str) -> tuple[list[float], list[float]]:
    """When requests came in and when 429s went out, by the provider's own log."""
    async with aiohttp.ClientSession() as client, client.get(f"{url}/sim/requests") as reply:
        log = [one for one in (await reply.json())["requests"] if one["route"] == "completion"]
    return [one["at"] for one in log], [one["at"] for one in log if one["status"] == 429]


def jain(counts: list[int]) -> float:
    """Jain's fairness index: 1 where everybody got the same."""
    return sum(counts) ** 2 / (len(counts) * sum(count * count for count in counts))


async def measure(reps: int, minutes: int, minute_s: float) -> int:
    """Run, print, and write the section; gives how many of the promises failed."""
    async with provider(60 / minute_s) as url:
        answers, failures, began = await run(url, reps, minutes, minute_s)
        asked, limited = await refused(url)
    late = sum(at > asked[0] + 60 for at in limited)
    per_minute = Counter(int((one.at - began) / minute_s) for one in answers)
    counts = [per_minute[minute] for minute in range(minutes)]
    used = (len(asked) - ALLOWED) / ((asked[-1] - asked[0]) / 60 * ALLOWED)
    fair_s = reps / ALLOWED * minute_s
    waits = [one.at - one.asked_at for one in answers if one.rep]
    by_rep = Counter(one.rep for one in answers)
    share = jain([by_rep[rep] for rep in range(1, reps)])
    cuts = quantiles(waits, n=100)
    promises = {
        f"429s after the first minute: **{late}** (0 promised; {len(limited)} in all)": late == 0,
        f"allowance used, from the first request to the last: **{used:.1%}** (95 % promised)": used >= 0.95,
        f"longest wait: **{max(waits) / fair_s:.2f}** of the fair share (2 promised)": max(waits) <= 2 * fair_s,
        f"failed requests: **{len(failures)}**": not failures,
    }
    picture = write_bars(
        "bench-shared-key",
        f"Answers in each of the provider's minutes, {reps} reps",
        [str(minute) for minute in range(minutes)],
        counts,
        ALLOWED,
        f"allowed: {ALLOWED}",
    )
    least, most = min(by_rep[rep] for rep in range(1, reps)), max(by_rep[rep] for rep in range(1, reps))
    text = f"""## One shared free key

`make bench-shared-key`: {reps} reps, {minutes} of the provider's minutes of {minute_s:g} s each, so that time is scaled
{60 / minute_s:g}-fold; the provider emulated in a process of its own; {machine()}.

{chr(10).join(f"- {promise}{'' if kept else ' **MISSED**'}" for promise, kept in promises.items())}
- wait of a rep who asks one at a time, in fair shares of {fair_s:g} s: median {cuts[49] / fair_s:.2f}, p99
  {cuts[98] / fair_s:.2f}
- answers per rep: {least} to {most}, Jain's index {share:.3f}; the rep with ten requests waiting got {by_rep[0]}

![Answers in each minute]({picture})"""
    write_section("shared-key", text)
    print(text)
    return sum(not kept for kept in promises.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=31, help="minutes of the provider")
    parser.add_argument("--minute", type=float, default=4.0, help="seconds that one of them takes")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    sys.exit(1 if uvloop.run(measure(options.reps, options.minutes, options.minute)) else 0)
