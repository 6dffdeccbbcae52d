"""The corners of an actor's life: what is refused, what is broken, what ends in the middle of something else."""

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any

import pytest
import structlog
from thespian.actors import ActorExitRequest

from runtime import (
    Actor,
    ActorSystem,
    Address,
    Backoff,
    ChildSpec,
    MisuseError,
    NameTaken,
    NotAnActor,
    Restart,
    StartFailed,
    Supervisor,
    SystemClock,
    Terminated,
    life,
)
from runtime.phases import Step
from runtime.testing import DeadLetterRecorder, ManualClock, Probe, settle
from tests.runtime.actors import Boom, Echo, Fail, Leave, Script, Wait, echo

TEMPORARY = Restart.TEMPORARY


async def script(system: ActorSystem, handler: Any, name: str = "script", **spec: Any) -> Address:
    return await system.start(ChildSpec(name, lambda: Script(handler), **spec))


async def test_what_is_no_actor_is_refused(system: ActorSystem) -> None:
    """Sending to, watching and stopping what cannot be are the caller's mistakes; so is a reply to nobody."""
    seen: list[type] = []

    def handle(script: Script, message: object, _sender: Address) -> None:
        nowhere = system._kernel.nowhere.address
        with pytest.raises(NotAnActor):
            script.send("echo", 1)  # type: ignore[arg-type]
        with pytest.raises(NotAnActor):
            script.watch(nowhere)
        script.stop_child(other)
        seen.append(type(message))

    def start(script: Script) -> None:
        with pytest.raises(MisuseError):
            script.reply("to whom?")

    other = await system.start(echo())
    target = await system.start(ChildSpec("t", lambda: Script(handle, start)))
    system.send(target, 1)
    await settle()
    assert seen == [int]
    assert await system.ask(other, "alive", deadline_s=60) == "alive"


async def test_an_exit_request_ends_an_actor(system: ActorSystem) -> None:
    """Thespian's exit request, sent as a message, ends a permanent actor for good; `receiveMessage` is `receive`."""
    target = await system.start(echo(restart=TEMPORARY))
    plain = await system.start(ChildSpec("plain", Actor))
    probe = await Probe.start(system)
    probe.watch(plain)
    system.send(plain, ActorExitRequest())
    assert (await probe.expect_end(plain)).reason == "normal"
    cell = target.endpoint
    work = cell.instance.receiveMessage(Leave(), probe.address)  # type: ignore[attr-defined]
    await work
    await settle()
    assert [c.name for c in system.cells()] == ["probe"]


async def test_a_supervisor_knows_no_messages(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """What it is sent is a dead letter, except the news of its children's ends."""
    house = await system.start(ChildSpec("house", lambda: Supervisor((echo(restart=TEMPORARY),))))
    (_, child) = system.cells()
    system.send(house, "?")
    system.send(next(iter(system._root.children.oldest_first()[0].children.oldest_first())).address, Leave())  # type: ignore[union-attr]
    await settle()
    letters.expect("unhandled")
    assert child.name == "echo"
    assert [cell.name for cell in system.cells()] == ["house"]


async def test_watching_an_ask_that_is_over(system: ActorSystem) -> None:
    """The news of its end comes at once."""
    told: list[object] = []
    asker: list[Address] = []

    def handle(script: Script, message: object, sender: Address) -> None:
        if message == "ask":
            asker.append(sender)
            script.reply("answer")
        elif message == "watch":
            script.watch(asker[0])
        else:
            told.append(message)

    target = await script(system, handle)
    assert await system.ask(target, "ask", deadline_s=60) == "answer"
    system.send(target, "watch")
    await settle()
    assert told == [Terminated(asker[0], "ask", "normal")]


@pytest.mark.loses("interrupted", "stopped")
async def test_deadlines_of_one_length_end_each_in_its_time(system: ActorSystem, clock: ManualClock) -> None:
    """One timer serves all asks of a length, and yet each ends at its own moment."""
    target = await system.start(echo())
    ended: list[tuple[int, float]] = []

    async def ask(number: int) -> None:
        with pytest.raises(Exception, match="did not answer Wait within 5 s"):
            await system.ask(target, Wait(), deadline_s=5)
        ended.append((number, clock.now()))

    asks = []
    for number in range(3):
        asks.append(asyncio.create_task(ask(number)))
        await clock.advance(1)
    await clock.advance(10)
    await asyncio.gather(*asks)
    assert ended == [(0, 5), (1, 6), (2, 7)]
    system._kernel.deadlines.end_all()


@pytest.mark.loses("stopped", "failed")
async def test_broken_life_is_told_and_ends_the_actor(system: ActorSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """When our own code fails in a step of life, the actor ends, nobody waits for it, and the log says so."""
    target = await system.start(echo(restart=TEMPORARY))
    probe = await Probe.start(system)
    probe.watch(target)
    cell = target.endpoint
    for broken_now in (True, False):
        with structlog.testing.capture_logs() as logs, monkeypatch.context() as patch:
            patch.setitem(life.STEPS, Step.LEAVE, broken_step if broken_now else broken_later)
            probe.send(target, Leave())
            probe.send(target, "never handled")
            assert (await probe.expect_end(target)).reason == "killed"
        assert [entry["error"] for entry in logs if entry["event"] == "actor_life_broken"] == ["Boom"]
        target = await system.start(echo(str(broken_now), restart=TEMPORARY))
        probe.watch(target)
    assert cell is not target.endpoint


async def broken_step(_cell: object) -> None:
    """Fail at once."""
    raise Boom


async def broken_later(_cell: object) -> None:
    """Fail as a task."""
    await asyncio.sleep(0)
    raise Boom


@pytest.mark.loses("interrupted")
@pytest.mark.parametrize("outcome", ["returns", "raises"])
async def test_a_killed_start_hook_harms_nobody(system: ActorSystem, clock: ManualClock, outcome: str) -> None:
    """A hook that ignores its cancellation is let go; what becomes of it later is ignored."""
    release = asyncio.Event()

    async def stubborn(_script: Script) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        if outcome == "raises":
            raise asyncio.CancelledError

    early = system.find("stubborn")
    starting = asyncio.create_task(
        system.start(ChildSpec("stubborn", lambda: Script(on_start=stubborn), shutdown_s=1, well_known=True))
    )
    await settle()
    stopping = asyncio.create_task(system.shutdown())
    await clock.advance(1)
    await stopping
    with pytest.raises(Exception, match="did not start"):
        await starting
    release.set()
    await settle()
    assert early.endpoint.ended  # type: ignore[attr-defined]


async def test_a_kill_takes_the_children_and_their_work_along(system: ActorSystem, clock: ManualClock) -> None:
    """A parent that hangs in its stop is killed with what it still has: children, timers, piped work."""
    diary: list[str] = []

    class Parent(Actor):
        async def started(self) -> None:
            self.spawn(ChildSpec("child", lambda: Hung(diary, "child"), shutdown_s=100))
            self.timer(50, "late")
            self.pipe(asyncio.Event().wait(), failed=lambda error: error)

        async def stopped(self) -> None:
            diary.append("parent stopped")

    class Hung(Echo):
        async def stopped(self) -> None:
            await asyncio.Event().wait()

    probe = await Probe.start(system)
    parent = await system.start(ChildSpec("parent", Parent, shutdown_s=2, restart=TEMPORARY))
    probe.watch(parent)
    parent.endpoint.exit_requested(None, parent)  # type: ignore[attr-defined]
    await clock.advance(2)
    assert (await probe.expect_end(parent)).reason == "killed"
    assert diary == ["child started"]
    assert clock.pending == 0


@pytest.mark.loses("interrupted")
async def test_work_of_a_killed_child_speaks_for_nobody(system: ActorSystem, clock: ManualClock) -> None:
    """Piped work that outlasts the kill of a child at rest orders nothing of the one that has its name now."""
    heard: list[object] = []

    async def outlast(script: Script) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await clock.sleep(1)
            script.timer(1, "from the dead")

    def begin(script: Script) -> None:
        script.pipe(outlast(script), failed=lambda error: error)

    async def handle(_script: Script, _message: object, _sender: Address) -> None:
        with pytest.raises(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    def make(script: Script) -> None:
        factory = lambda: Script(lambda _s, message, _a: heard.append(message), begin)  # noqa: E731
        script.spawn(ChildSpec("child", factory, well_known=True))

    parent = await system.start(ChildSpec("parent", lambda: Script(handle, make)))
    system.send(parent, "outlast")
    await settle()
    system.restart(parent)
    await clock.advance(20)
    system.send(system.find("child"), "alive")
    await settle()
    await clock.until(system.shutdown())
    assert heard == ["alive"]


@pytest.mark.loses("interrupted")
async def test_a_new_instance_hears_nothing_of_the_old_one_s_children(system: ActorSystem, clock: ManualClock) -> None:
    """Children that were killed with their parent are none of its next instance's."""
    heard: list[object] = []

    async def handle(_script: Script, message: object, _sender: Address) -> None:
        if message == "outlast":
            with pytest.raises(asyncio.CancelledError):
                await asyncio.Event().wait()
            await asyncio.Event().wait()
        heard.append(message)

    parent = await system.start(ChildSpec("parent", lambda: Script(handle, lambda script: script.spawn(echo()))))
    system.send(parent, "outlast")
    await settle()
    system.restart(parent)
    await clock.advance(10)
    system.send(parent, "again")
    await settle()
    assert heard == ["again"]


@pytest.mark.loses("failed", "stopped")
async def test_an_end_asked_for_twice_or_too_late_is_one_end(system: ActorSystem) -> None:
    """Stopping, leaving and failing at once end the actor once; its watcher hears one reason."""
    children: list[Address] = []
    told: list[object] = []

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "stop":
            script.send(children[0], Leave())
            script.send(children[0], Fail())
            script.stop_child(children[0])
            script.stop_child(children[0])
        else:
            told.append(message)

    boss = await system.start(ChildSpec("boss", lambda: Script(handle, lambda s: children.append(s.spawn(echo())))))
    await settle()
    system.send(boss, "stop")
    await settle()
    assert [type(message) for message in told] == [Terminated]


async def test_a_second_actor_of_a_living_name_is_refused(system: ActorSystem) -> None:
    """Well-known names are unique in the system, others among siblings."""
    await system.start(ChildSpec("house", lambda: Supervisor((ChildSpec("known", Echo, well_known=True),))))
    with pytest.raises(NameTaken):
        await system.start(ChildSpec("known", Echo, well_known=True))


async def test_a_pipe_takes_anything_awaitable(system: ActorSystem) -> None:
    """Not only coroutines; its outcome counts only for the generation that ordered it."""
    seen: list[object] = []

    class Work:
        def __await__(self) -> Generator[Any, Any, str]:
            yield from asyncio.sleep(0).__await__()
            return "done"

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "order":
            script.pipe(Work(), failed=lambda error: error)
        else:
            seen.append(message)

    system.send(await script(system, handle), "order")
    await settle()
    assert seen == ["done"]


@pytest.mark.loses("failed")
async def test_piped_work_that_fails_while_its_actor_ends(system: ActorSystem) -> None:
    """Nobody is told, and nothing is left unretrieved."""

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise Boom

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "fail":
            raise Boom
        script.pipe(work(), failed=lambda error: error)

    target = await script(system, handle)
    for message in ("order", "fail"):
        system.send(target, message)
        await settle()
    assert [cell.generation for cell in system.cells()] == [2]


async def test_piped_work_may_end_the_world(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """What is no Exception fails the actor; the work itself cannot be told as a message."""

    class Strange(BaseException):
        """No Exception."""

    async def work() -> None:
        raise Strange

    target = await script(system, lambda s, _m, _a: s.pipe(work(), failed=lambda error: error))
    system.send(target, "order")
    await settle()
    letters.expect()
    assert [cell.last_error for cell in system.cells()] == ["Strange"]


async def test_a_timer_knows_whether_it_is_still_to_come(system: ActorSystem, clock: ManualClock) -> None:
    """Pending until it has come or was cancelled; cancelling twice is once."""
    timers: list[Any] = []
    await system.start(ChildSpec("t", lambda: Script(on_start=lambda s: timers.append(s.timer(1, "x")))))
    assert timers[0].pending
    await clock.advance(1)
    assert not timers[0].pending
    timers[0].cancel()


@pytest.mark.loses("stopped")
async def test_messages_of_ones_own_are_counted_but_not_logged_at_the_end(
    system: ActorSystem, clock: ManualClock
) -> None:
    """A timer's message that an ended actor did not get to is obsolete: no letter, no log line, one count."""
    gate = Wait()

    async def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "go":
            script.timer(1, "mine")
            await gate.event.wait()
            script.stop()

    target = await script(system, handle, restart=TEMPORARY)
    system.send(target, "go")
    await clock.advance(1)
    system.send(target, "not mine")
    with structlog.testing.capture_logs() as logs:
        gate.event.set()
        await settle()
    assert system.snapshot().dead_letters_total == {"obsolete": 1, "stopped": 1}
    assert [entry["reason"] for entry in logs if entry["event"] == "message_undelivered"] == ["stopped"]


async def test_the_system_s_own_face(system: ActorSystem, clock: ManualClock, letters: DeadLetterRecorder) -> None:
    """Its clock, its last dead letters, and an address behind which nothing is."""
    assert system.clock is clock
    system.send(system._kernel.nowhere.address, "?")
    with pytest.raises(Exception, match="not alive"):
        await system.ask(system._kernel.nowhere.address, "?", deadline_s=60)
    assert [letter.reason for letter in system.dead_letters] == ["stopped", "stopped"]
    letters.expect("stopped", "stopped")
    address = await system.start(echo())
    assert (address.addressDetails, address.actorAddressString, str(address)) == ("echo", "echo", "ActorAddr-echo")


async def test_the_machine_s_clock() -> None:
    """It sleeps, tells the time, and calls back on the loop."""
    clock = SystemClock()
    before = clock.now(), clock.time()
    await clock.sleep(0)
    called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    clock.call_later(-1, lambda: called.set_result(None))
    await called
    assert before[0] <= clock.now()
    assert before[1] <= clock.time()


async def test_an_awaited_name_at_the_end_of_the_system(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """What waits for an actor that never came becomes dead letters."""
    await Probe.start(system, "known", well_known=True)
    early = system.find("never")
    system.send(early, 1)
    system.send(early, 2)
    await system.shutdown()
    letters.expect("stopped", "stopped")


async def test_handlers_may_return_what_they_like(system: ActorSystem) -> None:
    """A result that cannot be awaited is void."""

    def handle(_script: Script, _message: object, _sender: Address) -> Awaitable[None] | int:
        return 5

    class Plain(Actor):
        def receive(self, message: object, sender: Address) -> object:  # type: ignore[override]
            return handle(self, message, sender)

    system.send(await system.start(ChildSpec("plain", Plain)), 1)
    await settle()
    assert [(cell.handled, cell.failed) for cell in system.cells()] == [(1, 0)]


@pytest.mark.parametrize("restart", [Restart.PERMANENT, TEMPORARY])
async def test_a_factory_that_fails_is_a_failure_of_the_actor(system: ActorSystem, restart: Restart) -> None:
    """It is tried again as a start is; a temporary one ends; its `stopped` has nothing to run on."""
    made: list[int] = []

    def factory() -> Actor:
        made.append(1)
        raise Boom

    with pytest.raises(StartFailed, match="Boom"):
        await system.start(ChildSpec("never", factory, restart))
    assert len(made) == (1 if restart is TEMPORARY else 4)


async def test_a_forwarded_message_keeps_its_sender(system: ActorSystem) -> None:
    """The reply to it goes past the one who forwarded it."""
    target = await system.start(echo())
    clerk = await script(system, lambda s, message, sender: s.forward(target, message, sender))
    assert await system.ask(clerk, "x", deadline_s=60) == "x"


@pytest.mark.loses("failed", "stopped")
async def test_a_crash_of_a_child_that_is_stopped_already(system: ActorSystem) -> None:
    """A handler that fails while its actor is being ended is not restarted; asking twice for an end changes nothing."""
    children: list[Address] = []
    told: list[object] = []

    async def fail_when_cancelled(_script: Script, _message: object, _sender: Address) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise Boom

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "stop":
            script.stop_child(children[0])
            children[0].endpoint.signal(Step.LEAVE)  # type: ignore[attr-defined]
            children[0].endpoint.signal(Step.END)  # type: ignore[attr-defined]
            children[0].endpoint.signal(Step.START)  # type: ignore[attr-defined]
            life.request_crash(children[0].endpoint, Boom())  # type: ignore[arg-type]
        else:
            told.append(message)

    spec = ChildSpec("child", lambda: Script(fail_when_cancelled))
    boss = await system.start(ChildSpec("boss", lambda: Script(handle, lambda s: children.append(s.spawn(spec)))))
    system.send(children[0], "hang")
    await settle()
    system.send(boss, "stop")
    await settle()
    assert told == [Terminated(children[0], "child", "normal")]


@pytest.mark.loses("failed")
async def test_a_start_whose_turn_has_not_come_gives_way_to_a_stop(system: ActorSystem, clock: ManualClock) -> None:
    """A group's restart that overtakes another begins nobody twice."""
    diary: list[str] = []
    spec = ChildSpec("late", lambda: Echo(diary, "late"), backoff=Backoff(minimum=100, maximum=100))
    target = await system.start(spec)
    system.send(target, Fail())
    await settle()
    cell: Any = target.endpoint
    cell.signal(Step.START)
    life.request_disposal(cell)
    cell.signal(Step.START)
    await settle()
    assert diary == ["late started", "late stopped", "late started"]


@pytest.mark.loses("interrupted", "stopped")
async def test_a_message_whose_turn_is_due_when_the_budget_ends(system: ActorSystem, clock: ManualClock) -> None:
    """What a killed or ended actor had in hand, not begun, is a dead letter like what waits behind it."""
    target = await system.start(echo(restart=TEMPORARY))
    system.send(target, "in hand")
    assert target.endpoint.due  # type: ignore[attr-defined]
    life.kill(target.endpoint)  # type: ignore[arg-type]
    life.finish(target.endpoint, "killed")  # type: ignore[arg-type]
    await settle()
    assert system.snapshot().dead_letters_total == {"stopped": 1}


async def test_the_application_is_told_once(system: ActorSystem, clock: ManualClock) -> None:
    """Two actors given up at once tell the application once."""
    for name in "ab":
        with pytest.raises(StartFailed):
            await system.start(ChildSpec(name, _never, TEMPORARY if name == "a" else Restart.PERMANENT))
    for name in "cd":
        with pytest.raises(StartFailed):
            await system.start(ChildSpec(name, _never))
    assert await system.failure() == "b (awaited) was given up after Boom"
    empty = ActorSystem(clock=clock)
    await empty.shutdown()
    await empty.shutdown()


def _never() -> Actor:
    raise Boom
