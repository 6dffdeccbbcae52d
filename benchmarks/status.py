"""What does looking cost with 100,000 resident sessions? `make bench-status`.

The pages are asked over a socket, as an operator's browser does, while every session has a mailbox, a parent and a
turn behind it. Each look makes a new observation: the cache of a second is put aside.
"""

import argparse
import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles

import aiohttp
import structlog
import uvloop
from aiohttp.test_utils import TestServer

from benchmarks.report import machine, write_section
from runtime import Actor, ActorSystem, Address, ChildSpec, Restart
from tests.webapp_server.door import ACCESS
from tests.webapp_server.house import NAMES, Describing
from webapp_server.server import OBSERVER, make_application

PAGES = ("/status", "/status.html", "/metrics", "/livez")
PROMISED_MS = 50.0


class Session(Actor):
    """Resident, and idle after its first message."""

    async def receive(self, message: object, sender: Address) -> None:
        pass


class Sessions(Actor):
    """Makes as many as it is told."""

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, int):
            for number in range(message):
                child = self.spawn(ChildSpec(f"session/{number}", Session, restart=Restart.TEMPORARY))
                self.send(child, "begin")
            self.reply(message)


async def measured(sessions: int, looks: int) -> str:
    """The section of the page."""
    system = ActorSystem()
    for name in NAMES:
        await system.start(ChildSpec(name, Describing, well_known=True))
    parent = await system.start(ChildSpec("sessions", Sessions, well_known=True))
    await system.ask(parent, sessions, deadline_s=120)
    application = make_application(system, ACCESS)
    async with TestServer(application) as server, aiohttp.ClientSession() as http:

        async def look(path: str) -> bytes:
            application[OBSERVER].renew()
            async with http.get(server.make_url(path)) as answer:
                assert answer.status == 200
                return await answer.read()

        alive = (await look("/metrics")).decode()
        assert f'cornerman_actors_running{{actor_type="Session"}} {float(sessions)}' in alive
        rows = [(path, await _timed(look, path, looks)) for path in PAGES]
        share = await _at_one_a_second(look)
        began = time.perf_counter()
        await look("/status/actors?type=Session&sort=handled")
        listing = time.perf_counter() - began
    await system.shutdown(60.0)
    return _section(sessions, looks, rows, share, listing)


async def _timed(look: Callable[[str], Awaitable[bytes]], path: str, looks: int) -> tuple[float, float]:
    """Median and p99 in milliseconds, asked one after the other."""
    taken = []
    for _ in range(looks):
        began = time.perf_counter()
        await look(path)
        taken.append((time.perf_counter() - began) * 1e3)
    marks = quantiles(taken, n=100)
    return marks[49], marks[98]


async def _at_one_a_second(look: Callable[[str], Awaitable[bytes]], seconds: int = 5) -> float:
    """The share of a core that a look a second takes, the client's half included, less what an idle second takes."""

    async def cpu(path: str | None) -> float:
        before = resource.getrusage(resource.RUSAGE_SELF)
        for _ in range(seconds):
            if path is not None:
                await look(path)
            await asyncio.sleep(1.0)
        after = resource.getrusage(resource.RUSAGE_SELF)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / seconds

    return max(0.0, await cpu("/status") - await cpu(None))


def _section(
    sessions: int, looks: int, rows: list[tuple[str, tuple[float, float]]], share: float, listing: float
) -> str:
    lines = [f"| `{path}` | {median:.1f} | {p99:.1f} |" for path, (median, p99) in rows]
    return "\n".join(
        [
            "## Looking at the status",
            "",
            f"`make bench-status`: {sessions:,} resident sessions, {looks} looks at each page over a socket, each a",
            f"new observation; {machine()}. {PROMISED_MS:.0f} ms are promised for the p99 of `/status`.",
            "",
            "| page | median (ms) | p99 (ms) |",
            "|---|---:|---:|",
            *lines,
            "",
            f"- a look at `/status` every second: **{share:.1%}** of a core",
            f"- a list of all sessions (`/status/actors`): {listing:.2f} s, in slices between which others run",
        ]
    )


def main() -> None:
    """Measure, write the section and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=300)
    parser.add_argument("--print", action="store_true", help="do not write docs/benchmarks.md")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    section = uvloop.run(measured(chosen.sessions, chosen.looks))
    print(section)
    if not chosen.print:
        write_section("status", section)


if __name__ == "__main__":
    main()
