"""One run: the reps write, the services fail, the process is killed and started again, and at last all settles."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, cast

import msgspec

from benchmarks.chaos.plan import TROUBLE_LASTS_S, Plan, Prospect, Trouble
from benchmarks.chaos.world import World
from tests.servers.insforge_stub import Fault
from tests.system.rep import PROSPECT, Rep

FIRST_ID = 50_000
SETTLE_S = 300.0
_AT_ONCE = 25
_T = TypeVar("_T")


class Ran(msgspec.Struct, frozen=True):
    """What was done: the update number of each prospect by its name, and how many troubles of each kind."""

    numbers: dict[str, int]
    troubles: dict[str, int]
    kills: int
    starts_cut: int
    settled_after_s: float


async def run(world: World, plan: Plan, reps: int, *, latency_s: tuple[float, float] = (0.1, 1.0)) -> Ran:
    """Set the reps up in peace, carry out the plan, end the faults and wait until nothing is left to do.

    Raises where somebody new is not served after it.
    """
    everyone = await set_up(world, reps)
    await world.coach.order_models("latency", first_token_s=list(latency_s))
    numbers: dict[str, int] = {}
    done: Counter[str] = Counter()
    cut = 0

    async def write(prospect: Prospect) -> None:
        numbers[prospect.name] = await write_prospect(world, everyone[prospect.rep], prospect.name)

    async def trouble(one: Trouble) -> None:
        done[one.where] += 1
        await _cause(world, one)

    async def kill(_moment: float) -> None:
        nonlocal cut
        cut += not await world.coach.is_ready()
        await world.coach.kill()
        await world.coach.launch()

    start = time.monotonic()
    await asyncio.gather(
        in_time(start, plan.prospects, lambda one: one.at, write),
        in_time(start, plan.troubles, lambda one: one.at, trouble),
        in_time(start, plan.kills, float, kill),
    )
    world.gateway.faults.clear()
    await world.coach.order_models("reset")
    ended = time.monotonic()
    await world.coach.until_ready(SETTLE_S)
    await _nothing_waits(world)
    await world.coach.traced(SETTLE_S)
    settled_after_s = time.monotonic() - ended
    await asyncio.sleep(max(0.0, TROUBLE_LASTS_S - settled_after_s))
    await _serve_again(world, Rep(world.coach, FIRST_ID + reps, "late"))
    return Ran(numbers, dict(done), len(plan.kills), cut, settled_after_s)


async def set_up(world: World, reps: int) -> list[Rep]:
    """Start Cornerman and bring so many reps to the point where they can paste a prospect."""
    await world.coach.start()
    everyone = [Rep(world.coach, FIRST_ID + number, f"rep{number}") for number in range(reps)]
    for first in range(0, reps, _AT_ONCE):
        await asyncio.gather(*(rep.set_up() for rep in everyone[first : first + _AT_ONCE]))
    await world.coach.traced(SETTLE_S)
    return everyone


async def write_prospect(world: World, rep: Rep, name: str) -> int:
    """Let a rep paste the prospect of this name; the number of the update."""
    text = f"/support {PROSPECT.replace('Maria', name)}"
    said = await world.coach.sim(f"users/{rep.telegram_id}/text", text=text, username=rep.username)
    return int(said["update_id"])


async def in_time(
    start: float, plan: Sequence[_T], moment: Callable[[_T], float], act: Callable[[_T], Awaitable[None]]
) -> None:
    """Do each part of a plan at its moment after the start, or as soon after it as the one before allows."""
    for one in plan:
        await asyncio.sleep(max(0.0, start + moment(one) - time.monotonic()))
        await act(one)


async def _serve_again(world: World, rep: Rep) -> None:
    """As soon as no lane rests from what went wrong, a rep nobody has seen gets a draft."""
    async with asyncio.timeout(SETTLE_S):
        while await _rests(world):  # noqa: ASYNC110  # it is another process's word
            await asyncio.sleep(0.5)
    await rep.set_up()
    await write_prospect(world, rep, "Maria")
    await rep.hears_drafts(1)
    await world.coach.traced(SETTLE_S)


async def _rests(world: World) -> bool:
    return any(lane["resting_for_s"] for lane in (await world.coach.status())["providers"]["lanes"])


async def _nothing_waits(world: World) -> None:
    """Wait until Telegram keeps no update for us."""
    async with asyncio.timeout(SETTLE_S):
        while (await world.coach.look("state"))["pending_updates"]:  # noqa: ASYNC110  # it is another process's word
            await asyncio.sleep(0.5)


async def _cause(world: World, trouble: Trouble) -> None:
    match trouble.where:
        case "telegram":
            await world.coach.sim("faults", **trouble.order)
        case "models":
            await world.coach.order_models("faults", **trouble.order)
        case "storage":
            world.gateway.faults.append(cast("Fault", trouble.order["fault"]))
        case "malformed":
            await world.coach.sim("updates/raw", **trouble.order)
        case _:
            await world.coach.sim("updates/duplicate")
