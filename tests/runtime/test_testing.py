"""The test kit keeps its own promises."""

import asyncio

import pytest
import uvloop

import runtime
from runtime import ActorSystem, Address, ChildSpec, Restart
from runtime.testing import (
    DeadLetterRecorder,
    Fault,
    FaultInjector,
    ManualClock,
    Probe,
    checked_system,
    schedule_by_seed,
    settle,
)
from tests.runtime.actors import Echo, Fail, Leave, Script, echo


async def test_time_moves_only_by_advance(clock: ManualClock) -> None:
    """Timers fire in order at their own moments, those set meanwhile too; cancelled ones never."""
    fired: list[float] = []
    clock.call_later(2, lambda: fired.append(clock.now()))
    clock.call_later(1, lambda: clock.call_later(0.5, lambda: fired.append(clock.now())))
    clock.call_later(1, lambda: fired.append(-1)).cancel()
    await asyncio.sleep(0)
    assert fired == []
    await clock.advance(3)
    assert fired == [1.5, 2]
    assert (clock.now(), clock.time() - ManualClock().time(), clock.pending) == (3, 3, 0)


async def test_sleep_on_the_manual_clock(clock: ManualClock) -> None:
    """A sleep ends at its moment; a cancelled one leaves no timer."""
    slept = asyncio.create_task(clock.sleep(5))
    cancelled = asyncio.create_task(clock.sleep(5))
    await clock.sleep(0)
    cancelled.cancel()
    assert await clock.advance_to_next()
    assert slept.done()
    assert not await clock.advance_to_next()


async def test_the_probe(system: ActorSystem) -> None:
    """It expects, fishes, and fails the test on what it did not expect."""
    probe = await Probe.start(system)
    target = await system.start(echo())
    await probe.expect_none()
    for message in (1, "a", 2, "b"):
        probe.send(target, message)
    assert await probe.expect(int) == 1
    assert await probe.fish(int) == 2
    with pytest.raises(AssertionError, match="expected nothing"):
        await probe.expect_none()
    with pytest.raises(AssertionError, match="expected int"):
        await probe.expect(int)
    with pytest.raises(AssertionError, match="nothing came"):
        await probe.expect(int)
    with pytest.raises(AssertionError, match="no int"):
        await probe.fish(int)


async def test_an_unread_dead_letter_fails_the_test() -> None:
    """`checked_system` raises at its end unless every dead letter was expected."""

    async def forget() -> None:
        async with checked_system() as (system, _):
            system.send(await system.start(echo()), Fail())
            await settle()

    with pytest.raises(AssertionError, match="unread dead letters"):
        await forget()
    async with checked_system() as (system, letters):
        system.send(await system.start(echo()), Fail())
        await settle()
        with pytest.raises(AssertionError, match="expected dead letters"):
            letters.expect("stopped")
        assert isinstance(letters, DeadLetterRecorder)


async def test_a_task_left_over_fails_the_test() -> None:
    """A task started behind the runtime's back is named."""
    left: list[asyncio.Task[None]] = []

    def start(_script: Script) -> None:
        left.append(asyncio.create_task(asyncio.sleep(60), name="forgotten"))

    async def forget() -> None:
        async with checked_system() as (system, _):
            await system.start(ChildSpec("s", lambda: Script(on_start=start)))

    with pytest.raises(AssertionError, match="forgotten"):
        await forget()
    left[0].cancel()


async def test_time_advances_by_itself_until_the_work_is_done(system: ActorSystem, clock: ManualClock) -> None:
    """Each rest moves time to the next timer; work that waits for nothing fails the test instead of hanging it."""

    async def handle(script: Script, message: object, _sender: Address) -> None:
        await script.clock.sleep(3600)
        script.reply(message)

    target = await system.start(ChildSpec("slow", lambda: Script(handle)))
    assert await clock.until(system.ask(target, "x", deadline_s=7200)) == "x"
    assert clock.now() == 3600
    with pytest.raises(AssertionError, match="no timer brings"):
        await clock.until(asyncio.Event().wait())


async def test_work_that_ends_between_two_looks_is_done(clock: ManualClock) -> None:
    """Work of more steps than one rest takes is no work that waits for nothing."""

    async def work() -> str:
        for _ in range(30):
            await asyncio.sleep(0)
        return "done"

    assert await clock.until(work()) == "done"


async def test_the_next_timer_fires_at_its_very_moment(clock: ManualClock) -> None:
    """Time is moved to the timer, not by the distance to it, which is rounded."""
    fired: list[float] = []
    for moment in (0.2, 0.9):
        clock.call_later(moment, lambda: fired.append(clock.now()))
    for number in (1, 2):
        assert await clock.advance_to_next()
        assert len(fired) == number
    assert fired == [0.2, 0.9]


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.RAISE, [1, 3]),
        (Fault.HANG, [1]),
        (Fault.DROP, [1, 3]),
        (Fault.DUPLICATE, [1, 2, 2, 3]),
        (Fault.REORDER, [1, 3, 2]),
    ],
)
async def test_a_fault_strikes_its_message(
    system: ActorSystem, letters: DeadLetterRecorder, fault: Fault, seen: list[int]
) -> None:
    """The message of the number given goes wrong in its way, the others as ever, over restarts too."""
    found: list[object] = []
    spec = ChildSpec("target", lambda: Script(lambda _s, message, _a: found.append(message)))
    target = await system.start(FaultInjector({2: fault}).spec(spec))
    for message in (1, 2, 3):
        system.send(target, message)
    await settle()
    assert found == seen
    if fault is Fault.RAISE:
        letters.expect("failed")
    await system.shutdown()
    if fault is Fault.HANG:
        letters.expect("interrupted", "stopped")


async def test_the_same_seed_gives_the_same_run() -> None:
    """The order in which actors get their turns, and so the whole run, is the seed's; another seed gives another."""

    async def run(seed: int) -> list[tuple[str, object]]:
        diary: list[tuple[str, object]] = []

        def handle(script: Script, message: object, _sender: Address) -> None:
            diary.append((script.name, message))
            if isinstance(message, int) and message:
                for name in "abc":
                    script.send(system.find(name), message - 1)

        system = ActorSystem(clock=ManualClock())
        schedule_by_seed(system, seed)
        for name in "abc":
            await system.start(ChildSpec(name, lambda: Script(handle), well_known=True))
        system.send(system.find("a"), 4)
        await settle()
        await system.shutdown()
        return diary

    runs = [await run(seed) for seed in (1, 1, 2)]
    assert len(runs[0]) == 1 + 3 + 9 + 27 + 81
    assert runs[0] == runs[1] != runs[2]


async def test_the_same_seed_gives_the_same_end_of_what_an_actor_owns(clock: ManualClock) -> None:
    """Piped work is cancelled in the order it was begun, and what is held becomes dead letters in its order."""

    async def work(diary: list[int], number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            diary.append(number)

    def pipe_many(script: Script) -> None:
        for number in range(20):
            script.pipe(work(diary, number), failed=lambda _: None)

    diary: list[int] = []
    system = ActorSystem(clock=clock)
    await system.start(ChildSpec("piping", lambda: Script(on_start=pipe_many)))
    await settle()
    await system.shutdown()
    assert diary == list(range(20))


async def test_the_probe_learns_of_an_end(system: ActorSystem) -> None:
    """It takes the news of the actor it expects, and of no other."""
    probe = await Probe.start(system)
    for name, expected in (("a", True), ("b", False)):
        target = await system.start(echo(name, restart=Restart.TEMPORARY))
        probe.watch(target)
        probe.send(target, Leave())
        if expected:
            assert (await probe.expect_end(target)).reason == "normal"
        else:
            with pytest.raises(AssertionError, match="expected the end"):
                await probe.expect_end(probe.address)


def test_the_runtime_runs_on_uvloop() -> None:
    """Asks, pauses, failures, threads and shutdown work on uvloop as on asyncio's own loop."""

    async def run() -> None:
        async def pause(script: Script, message: object, _sender: object) -> None:
            async with asyncio.timeout(30):
                script.reply(await script.to_thread(str, message))

        async with checked_system() as (system, letters):
            target = await system.start(ChildSpec("echo", Echo))
            slow = await system.start(ChildSpec("slow", lambda: Script(pause)))
            system.send(target, Fail())
            assert await system.ask(target, 1, deadline_s=30) == 1
            assert await system.ask(slow, 2, deadline_s=30) == "2"
            letters.expect("failed")

    uvloop.run(run())


def test_the_face_is_sorted_and_complete() -> None:
    """`runtime.__all__` is sorted, constants first, names what exists, and has no double."""
    assert list(runtime.__all__) == sorted(set(runtime.__all__), key=lambda name: (not name.isupper(), name))
    assert all(hasattr(runtime, name) for name in runtime.__all__)
