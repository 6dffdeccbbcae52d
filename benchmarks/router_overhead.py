"""What the router adds to a model call outside HTTP, and how it bears faults: `make bench-router`.

Overhead: the same canned answer is read once straight from the HTTP client and once through router, lane and call
actor, in one process and without a network; the difference, in the loop's own time, is ours. Faults: 200 reps ask an
emulated provider, in a process of its own, that limits 5 % of all calls, cuts 2 % in the middle, and is overloaded for
a while. Cancels: calls that the provider would keep alive for ever, and how soon it sees each connection closed.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import httpx
import structlog
import uvloop
from cryptography.fernet import Fernet

from actors.journal import journal_spec
from actors.providers import llm_router
from actors.providers.http import BearerAuth, post
from actors.providers.key_vault import KeyVault
from actors.providers.lane_messages import LaneSettings
from actors.providers.llm_router import LlmRouter, RouterSettings
from actors.providers.messages import (
    CancelCompletion,
    ChatMessage,
    Complete,
    Completed,
    CompletionDelta,
    CompletionFailed,
    CompletionQueued,
    CompletionRestarted,
    Provider,
    TeamKey,
)
from actors.providers.model_call import ModelCall
from actors.providers.openrouter import OPENROUTER
from actors.providers.secret import Secret
from actors.providers.sse import Splitter
from benchmarks.report import machine, write_section
from benchmarks.shared_key import jain, provider
from runtime import Actor, ActorSystem, Address, ChildSpec

CALLS = 3000
CANCELS = 100
REPS = 200
FAULTY_S = 50.0
WAVE_S = (8.0, 11.0)
MODEL = "openai/gpt-oss-120b"
_HEAD = '{"id":"gen-1","model":"m","choices":[{"index":0,"delta":{"content":"words of it "},"finish_reason":null}]}'
_TAIL = '{"id":"gen-1","model":"m","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]}'
_USAGE = '{"id":"gen-1","model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":9,"cost":0.1}}'
_STREAM = "".join(f"data: {data}\n\n" for data in (*[_HEAD] * 40, _TAIL, _USAGE, "[DONE]")).encode()


def _canned(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=_STREAM)


def _client(base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{base_url}/", transport=httpx.MockTransport(_canned))


def _request(number: int, rep: int, model: str = MODEL, deadline_s: float = 60.0) -> Complete:
    return Complete(
        request_id=str(number),
        credential=TeamKey(Provider.OPENROUTER),
        agent="strategist",
        model=model,
        system=("You coach.",),
        messages=(ChatMessage("user", "Anna Keller says it is too expensive."),),
        deadline_s=deadline_s,
        telegram_id=rep,
    )


class Asker(Actor):
    """Asks one request after the other and notes the loop's time that each took; `done` is set after the last."""

    def __init__(self, took: list[float], done: asyncio.Event) -> None:
        super().__init__()
        self._took = took
        self._done = done
        self._at = 0.0

    async def started(self) -> None:
        """Ask for the first time."""
        self._ask()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Completed():
                self._took.append(time.thread_time() - self._at)
                if len(self._took) < CALLS:
                    self._ask()
                else:
                    self._done.set()
            case CompletionDelta():
                pass  # what a rep would see meanwhile
            case _:
                await self.unhandled(message, sender)

    def _ask(self) -> None:
        self._at = time.thread_time()
        self.send(self.find("llm_router"), _request(len(self._took), 1))


class Rep(Actor):
    """Asks again as soon as it was answered, until told to stop; every end is counted by its kind."""

    def __init__(self, rep: int, ends: dict[int, Counter[str]], until: float) -> None:
        super().__init__()
        self._rep = rep
        self._ends = ends[rep]
        self._until = until

    async def started(self) -> None:
        """Ask for the first time."""
        self._ask()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Completed():
                self._ends["answered"] += 1
                self._ask()
            case CompletionFailed(kind=kind, retry_after_s=wait):
                self._ends[kind.value] += 1
                self.timer(wait or 0.5, "again")
            case "again":
                self._ask()
            case CompletionQueued() | CompletionDelta() | CompletionRestarted():
                pass  # what a rep would see meanwhile
            case _:
                await self.unhandled(message, sender)

    def _ask(self) -> None:
        if time.perf_counter() < self._until:
            self._ends["asked"] += 1
            self.send(self.find("llm_router"), _request(self._ends["asked"] * 1000 + self._rep, self._rep))


class Patient(Actor):
    """Asks what it is given and waits for it."""

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Complete():
                self.send(self.find("llm_router"), message)
            case CompletionQueued() | CompletionDelta():
                pass
            case _:
                await self.unhandled(message, sender)


async def _router(system: ActorSystem, folder: str, url: str) -> None:
    settings = RouterSettings(
        base_urls={Provider.OPENROUTER: f"{url}/api/v1"},
        team_keys={Provider.OPENROUTER: Secret("sk-or-v1-benchmark")},
        lane=LaneSettings(concurrency_start=16, concurrency_cap=64),
    )
    vault = KeyVault(Fernet.generate_key().decode())
    await system.start(journal_spec(Path(folder) / "journal.sqlite"))
    await system.start(ChildSpec("llm_router", lambda: LlmRouter(settings, vault, {}), well_known=True))


async def straight() -> list[float]:
    """The canned answer read from the HTTP client alone, with the provider's own reading of it."""
    opened, auth = _client("http://canned"), BearerAuth(Secret("sk"))
    call = ModelCall(
        models=(MODEL,),
        system=("You coach.",),
        messages=_request(0, 1).messages,
        max_tokens=900,
        effort="low",
        pseudonym="p",
    )
    took = []
    for _ in range(CALLS):
        at = time.thread_time()
        answer = await post(opened, "chat/completions", OPENROUTER.body(call), OPENROUTER.headers, auth)
        splitter, reader = Splitter(), OPENROUTER.reader()
        while chunk := await answer.read():
            for event in splitter.feed(chunk):
                reader.read(event)
        await answer.close()
        took.append(time.thread_time() - at)
    await opened.aclose()
    return took


async def through() -> list[float]:
    """The same answer through router, lane and call actor, with deltas sent on and the ledger kept."""
    setattr(llm_router, "client", _client)  # noqa: B010  # the router makes its own clients, and only HTTP is left out
    took: list[float] = []
    done = asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        system = ActorSystem()
        await _router(system, folder, "http://canned")
        await system.start(ChildSpec("asker", lambda: Asker(took, done)))
        await done.wait()
        await system.shutdown()
    return took


async def faults(url: str) -> tuple[dict[int, Counter[str]], float]:
    """200 reps through limits, cuts and a wave of overload; how each request ended, and the seconds it all took."""
    ends = {rep: Counter[str]() for rep in range(REPS)}
    usual = [
        {"kind": "rate_limit", "upstream": True, "retry_after": 0.2, "times": 0, "share": 0.05},
        {"kind": "mid_stream_error", "times": 0, "share": 0.02},
    ]
    began = time.perf_counter()
    async with aiohttp.ClientSession() as control:
        with tempfile.TemporaryDirectory() as folder:
            system = ActorSystem()
            await _router(system, folder, url)
            await control.post(f"{url}/sim/faults", json=usual)
            for rep in range(REPS):
                made = (rep, ends, began + FAULTY_S)
                await system.start(ChildSpec(f"rep-{rep}", lambda made=made: Rep(*made)))  # type: ignore[misc]
            await asyncio.sleep(WAVE_S[0])
            await control.post(f"{url}/sim/faults", json={"kind": "overloaded", "times": 0})
            await asyncio.sleep(WAVE_S[1] - WAVE_S[0])
            await control.post(f"{url}/sim/reset")
            await control.post(f"{url}/sim/faults", json=usual)
            await asyncio.sleep(FAULTY_S - WAVE_S[1])
            async with asyncio.timeout(60):
                while any(_open(one) for one in ends.values()):  # noqa: ASYNC110  # the reps tell nobody else
                    await asyncio.sleep(0.1)
            await system.shutdown()
    return ends, time.perf_counter() - began


async def cancels(url: str) -> list[float]:
    """Cancel calls that the provider keeps alive, one after the other; the seconds until it saw each one closed."""
    took = []
    async with aiohttp.ClientSession() as control:

        async def provider_sees(outcome: str | None, count: int) -> None:
            async with asyncio.timeout(10):
                while await _seen(control, url, outcome) < count:  # noqa: ASYNC110  # another process has no event
                    await asyncio.sleep(0.001)

        with tempfile.TemporaryDirectory() as folder:
            system = ActorSystem()
            await _router(system, folder, url)
            asker = await system.start(ChildSpec("patient", Patient))
            await control.post(f"{url}/sim/reset")
            await control.post(f"{url}/sim/faults", json={"kind": "keep_alive", "times": 0})
            for place in range(1, CANCELS + 1):
                system.send(asker, _request(place, 1))
                await provider_sees(None, place)
                at = time.perf_counter()
                system.send(system.find("llm_router"), CancelCompletion(str(place)))
                await provider_sees("client_gone", place)
                took.append(time.perf_counter() - at)
            await control.post(f"{url}/sim/reset")
            await system.shutdown()
    return took


async def _seen(control: aiohttp.ClientSession, url: str, outcome: str | None) -> int:
    async with control.get(f"{url}/sim/requests") as answer:
        told = await answer.json()
    completions = [one for one in told["requests"] if one["route"] == "completion"]
    return sum(outcome in (None, one["outcome"]) for one in completions)


def _open(ends: Counter[str]) -> int:
    return 2 * ends["asked"] - ends.total()


async def measure() -> int:
    """Run, print, and write the section; gives how many of the promises failed."""
    async with provider(1.0) as url:
        closed = await cancels(url)
        ends, took_s = await faults(url)
    alone, ours = quantiles(await straight(), n=100), quantiles(await through(), n=100)
    usual, slow = (ours[49] - alone[49]) * 1000, (ours[98] - alone[98]) * 1000
    total = sum(ends.values(), Counter[str]())
    asked = total.pop("asked")
    share = jain([one["answered"] for one in ends.values()])
    soon = f"median **{median(closed) * 1000:.1f} ms**, longest **{max(closed) * 1000:.1f} ms** of {CANCELS}"
    promises = {
        f"added to a call outside HTTP, p99: **{slow:.2f} ms** (1 ms promised)": slow < 1,
        f"added to a call outside HTTP, median: **{usual:.2f} ms** (0.1 ms wanted)": usual < 0.1,
        f"from a cancel until the provider saw the connection closed: {soon} (100 ms promised)": max(closed) < 0.1,
        f"requests that never ended: **{asked - total.total()}** of {asked}": asked == total.total(),
        f"Jain's index of the reps' answers: **{share:.3f}** (0.95 promised)": share > 0.95,
    }
    wave_s = WAVE_S[1] - WAVE_S[0]
    kinds = ", ".join(f"{kind} {count}" for kind, count in total.most_common())
    text = f"""## The router's own cost, and its bearing under faults

`make bench-router`: {CALLS} calls one after the other for the cost, in time of the loop's thread; {REPS} reps for
{took_s:.0f} s with 5 % of calls limited, 2 % cut in the middle and {wave_s:.0f} s of overload, the provider emulated in
a process of its own; {machine()}.

{chr(10).join(f"- {promise}{'' if kept else ' **MISSED**'}" for promise, kept in promises.items())}
- the call itself, without a network: median {alone[49] * 1000:.2f} ms, through the router {ours[49] * 1000:.2f} ms
- how the requests ended: {kinds}"""
    write_section("router", text)
    print(text)
    return sum(not kept for kept in promises.values())


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    sys.exit(1 if uvloop.run(measure()) else 0)
