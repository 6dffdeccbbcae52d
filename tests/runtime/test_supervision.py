"""Who is restarted with whom, when it is given up, in which order things start and stop."""

import asyncio
import random

import pytest

from runtime import (
    Actor,
    ActorSystem,
    Address,
    Backoff,
    ChildSpec,
    MisuseError,
    Restart,
    StartFailed,
    Strategy,
    Supervision,
    Supervisor,
    Terminated,
)
from runtime.testing import ManualClock, Probe, settle
from tests.runtime.actors import Boom, Echo, Fail, Leave, Script, Stubborn, Wait, echo

pytestmark = pytest.mark.loses("failed", "stopped", "interrupted")

ONE, ALL, REST = Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE
PERMANENT, TRANSIENT, TEMPORARY = Restart.PERMANENT, Restart.TRANSIENT, Restart.TEMPORARY

RESTARTED = {
    ONE: ["b stopped", "b started"],
    ALL: ["c stopped", "b stopped", "a stopped", "a started", "b started", "c started"],
    REST: ["c stopped", "b stopped", "b started", "c started"],
}


async def family(
    system: ActorSystem, diary: list[str], strategy: Strategy, restart: Restart, **policy: float
) -> dict[str, Address]:
    """Children a, b, c under one parent, b of the restart kind; the diary begins after their start."""
    addresses: dict[str, Address] = {}

    class Parent(Actor):
        supervision = Supervision(strategy=strategy, **policy)  # type: ignore[arg-type]

        async def started(self) -> None:
            diary.append("parent started")
            for name in "abc":
                kind = restart if name == "b" else PERMANENT
                addresses[name] = self.spawn(echo(name, diary, kind, shutdown_s=2))

        async def stopped(self) -> None:
            diary.append("parent stopped")

        async def receive(self, message: object, sender: Address) -> None:
            match message:
                case Terminated(_, name, reason):
                    diary.append(f"{name} terminated {reason}")
                case Address():
                    self.stop_child(message)

    addresses["parent"] = await system.start(ChildSpec("parent", Parent))
    await settle()
    diary.clear()
    return addresses


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("restart", list(Restart))
@pytest.mark.parametrize("exit_by", ["fail", "leave", "escalate", "stop_child", "kill"])
async def test_the_table(
    system: ActorSystem, clock: ManualClock, strategy: Strategy, restart: Restart, exit_by: str
) -> None:
    """Strategy x child kind x exit reason: the exact events."""
    diary: list[str] = []
    members = await family(system, diary, strategy, restart)
    match exit_by:
        case "fail":
            system.send(members["b"], Fail())
        case "leave":
            system.send(members["b"], Leave())
        case "escalate":
            # What a child does whose own children cannot be kept running.
            members["b"].endpoint.escalate(None)  # type: ignore[attr-defined]
        case "kill":
            system.send(members["b"], Stubborn())
            await settle()
    if exit_by in ("stop_child", "kill"):
        system.send(members["parent"], members["b"])
    await settle()
    await clock.advance(2)
    restarts = restart is PERMANENT if exit_by == "leave" else restart is not TEMPORARY
    restarts = restarts and exit_by not in ("stop_child", "kill")
    if restarts and exit_by == "leave":
        # It has left, and so has stopped, before its siblings are asked to.
        expected = ["b stopped", *(event for event in RESTARTED[strategy] if event != "b stopped")]
    elif restarts:
        expected = RESTARTED[strategy]
    else:
        reason = {"fail": "failed", "escalate": "failed", "kill": "killed"}.get(exit_by, "normal")
        # A killed actor has no time left for its hook.
        expected = [*(["b stopped"] if exit_by != "kill" else []), f"b terminated {reason}"]
    assert diary == expected


async def test_a_restart_keeps_address_mailbox_and_counters(system: ActorSystem) -> None:
    """Only the failing message is lost; generation and counters go on."""
    probe = await Probe.start(system)
    target = await system.start(echo())
    for message in (1, Fail(), 2, 3):
        probe.send(target, message)
    await settle()
    assert probe.messages == [1, 2, 3]
    cell = next(cell for cell in system.cells() if cell.name == "echo")
    assert (cell.generation, cell.handled, cell.failed, cell.restarts, cell.last_error) == (2, 3, 1, 1, "Boom")


@pytest.mark.parametrize(
    ("at", "escalates"),
    [
        ([0, 1, 2], False),
        ([0, 1, 2, 3], True),
        ([0, 1, 2, 4.999], True),
        ([0, 1, 2, 5], False),
        ([0, 1, 2, 5, 5.5], True),
    ],
)
async def test_intensity_at_its_edges(
    system: ActorSystem, clock: ManualClock, at: list[float], escalates: bool
) -> None:
    """Three restarts within five seconds are allowed, a fourth escalates once; a restart five seconds old is over."""
    diary: list[str] = []
    members = await family(system, diary, ONE, PERMANENT)
    for moment in at:
        await clock.advance(moment - clock.now())
        system.send(members["b"], Fail())
    await settle()
    parents = diary.count("parent stopped"), diary.count("parent started")
    assert parents == ((1, 1) if escalates else (0, 0))
    assert system.snapshot().escalations == escalates
    assert sum(cell.name == "b" for cell in system.cells()) == 1


async def test_an_escalation_restarts_the_parent_with_fresh_children(system: ActorSystem) -> None:
    """The children stop in reverse order, then the parent; its new instance starts them again, and nothing loops."""
    diary: list[str] = []
    members = await family(system, diary, ONE, PERMANENT, intensity=0)
    system.send(members["b"], Fail())
    await settle()
    stops = ["c stopped", "b stopped", "a stopped", "parent stopped"]
    assert diary == [*stops, "parent started", "a started", "b started", "c started"]


async def test_a_top_level_actor_is_given_up_once(system: ActorSystem) -> None:
    """Above the root's intensity the actor ends as escalated and the application is told; others live on."""
    target = await system.start(echo())
    other = await system.start(echo("other"))
    probe = await Probe.start(system)
    probe.watch(target)
    for _ in range(4):
        system.send(target, Fail())
    await settle()
    assert probe.messages == [Terminated(target, "echo", "escalated")]
    assert await system.failure() == "echo (Echo) was given up after Boom"
    assert await system.ask(other, "alive", deadline_s=1) == "alive"


def test_backoff_has_full_jitter_under_a_doubling_ceiling() -> None:
    """The pauses are exactly those of the seed, between nothing and 0.5, 1, 2 ... 30 seconds."""
    backoff = Backoff(minimum=0.5, maximum=30.0)
    assert [backoff.ceiling(n) for n in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.ceiling(10_000) == 30
    chance, expected = random.Random(7), random.Random(7)  # noqa: S311
    pauses = [backoff.pause(n, chance) for n in range(1, 9)]
    assert pauses == [expected.uniform(0, backoff.ceiling(n)) for n in range(1, 9)]


class LongestPause(random.Random):
    """No jitter: always the ceiling."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


async def test_backoff_delays_restarts_and_resets_after_quiet(system: ActorSystem, clock: ManualClock) -> None:
    """The ceiling doubles with each failure in a row; a child that ran for `reset_after` begins again."""
    system._kernel.chance = LongestPause()
    starts: list[float] = []
    backoff = Backoff(minimum=1, maximum=8, reset_after=60)
    spec = ChildSpec("b", lambda: Script(fail, lambda script: starts.append(script.clock.now())), backoff=backoff)
    target = await system.start(spec)
    for pause in (1, 2, 4):
        system.send(target, "fail")
        await clock.advance(pause)
    assert starts == [0, 1, 3, 7]
    await clock.advance(60)
    system.send(target, "fail")
    await clock.advance(0.9)
    assert len(starts) == 4
    await clock.advance(0.1)
    assert starts[4:] == [68]


def fail(_script: Script, message: object, _sender: Address) -> None:
    """Raise on request."""
    if message == "fail":
        raise Boom


async def test_start_in_order_and_stop_in_reverse(system: ActorSystem) -> None:
    """A supervisor starts each child after the one before is up and stops them the other way round."""
    diary: list[str] = []
    specs = tuple(echo(name, diary) for name in "abc")
    await system.start(echo("first", diary))
    await system.start(ChildSpec("house", lambda: Supervisor(specs)))
    await system.shutdown()
    started = [f"{name} started" for name in ("first", "a", "b", "c")]
    stopped = [f"{name} stopped" for name in ("c", "b", "a", "first")]
    assert diary == started + stopped


async def test_a_hung_child_is_killed_at_its_budget(system: ActorSystem, clock: ManualClock) -> None:
    """A stop that takes longer than the child's budget cuts it short; the rest goes on in order."""
    diary: list[str] = []

    class Hung(Echo):
        async def stopped(self) -> None:
            await asyncio.Event().wait()

    await system.start(echo("before", diary))
    hung = await system.start(ChildSpec("hung", Hung, shutdown_s=3))
    probe = await Probe.start(system)
    probe.watch(hung)
    ending = asyncio.create_task(system.shutdown(budget_s=100))
    await clock.advance(2.9)
    assert "before stopped" not in diary
    await clock.advance(0.1)
    assert diary == ["before started", "before stopped"]
    await ending


@pytest.mark.parametrize("kind", list(Restart))
async def test_one_that_leaves_and_hangs_is_killed_at_its_budget(
    system: ActorSystem, clock: ManualClock, kind: Restart
) -> None:
    """A stop of its own has the same budget; after it a permanent one starts again, of any other the news is told."""
    diary: list[str] = []

    class Hung(Echo):
        async def stopped(self) -> None:
            await super().stopped()
            await asyncio.Event().wait()

    class Parent(Script):
        def __init__(self) -> None:
            super().__init__(lambda _s, news, _a: diary.append(f"told {news.reason}"), self.begin)  # type: ignore[attr-defined]

        def begin(self, _script: Script) -> None:
            child.append(self.spawn(ChildSpec("hung", lambda: Hung(diary, "hung"), kind, shutdown_s=3)))

    child: list[Address] = []
    await system.start(ChildSpec("parent", Parent))
    await settle()
    system.send(child[0], Leave())
    await clock.advance(2.9)
    before = list(diary)
    await clock.advance(0.1)
    after = diary[len(before) :]
    await clock.until(system.shutdown())
    assert before == ["hung started", "hung stopped"]
    assert after == (["hung started"] if kind is PERMANENT else ["told killed"])


async def test_a_well_known_child_that_escalates_and_hangs_keeps_its_mailbox(
    system: ActorSystem, clock: ManualClock
) -> None:
    """What was given up is begun anew with its parent, whether it stops in time or is killed."""

    class Hung(Echo):
        async def stopped(self) -> None:
            await asyncio.Event().wait()

    class Parent(Script):
        supervision = Supervision(intensity=0)

    spec = ChildSpec("hung", Hung, shutdown_s=1, well_known=True)
    await system.start(ChildSpec("parent", lambda: Parent(on_start=lambda script: script.spawn(spec))))
    system.send(system.find("hung"), Fail())
    asked = asyncio.create_task(system.ask(system.find("hung"), "waits", deadline_s=10))
    await clock.advance(1)
    await clock.until(system.shutdown())
    assert await asked == "waits"


async def test_a_handler_that_ignores_cancellation_is_killed(system: ActorSystem, clock: ManualClock) -> None:
    """What a hung handler holds is a dead letter, its asker is told, its watchers learn it was killed."""
    release = asyncio.Event()

    async def stubborn(_script: Script, _message: object, _sender: Address) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    told: list[object] = []

    def parent(script: Script, message: object, _sender: Address) -> None:
        if message == "stop":
            script.stop_child(child[0])
        else:
            told.append(message)

    child: list[Address] = []
    spec = ChildSpec("child", lambda: Script(stubborn), shutdown_s=2)
    boss = await system.start(ChildSpec("boss", lambda: Script(parent, lambda s: child.append(s.spawn(spec)))))
    system.send(child[0], "go")
    await settle()
    system.send(boss, "stop")
    await clock.advance(2)
    assert told == [Terminated(child[0], "child", "killed")]
    assert system.snapshot().dead_letters_total == {"interrupted": 1}
    release.set()
    await settle()


async def test_the_whole_shutdown_has_a_budget(system: ActorSystem, clock: ManualClock) -> None:
    """At the system's budget everything that still runs is killed, however long its own would be."""

    class Hung(Echo):
        async def stopped(self) -> None:
            await asyncio.Event().wait()

    for number in range(3):
        await system.start(ChildSpec(f"hung {number}", Hung, shutdown_s=1000))
    ending = asyncio.create_task(system.shutdown(budget_s=10))
    await clock.advance(10)
    await ending
    assert system.cells() == ()


async def test_a_stop_hook_that_raises_changes_nothing(system: ActorSystem) -> None:
    """The actor still restarts or ends."""

    class Rude(Echo):
        async def stopped(self) -> None:
            raise Boom

    target = await system.start(ChildSpec("rude", Rude))
    system.send(target, Fail())
    assert await system.ask(target, "alive", deadline_s=1) == "alive"


async def test_a_stop_during_backoff_is_not_delayed(system: ActorSystem, clock: ManualClock) -> None:
    """An actor waiting for its restart ends at once, and its waiting messages are dead letters."""
    target = await system.start(ChildSpec("b", lambda: Script(fail), backoff=Backoff(minimum=100, maximum=100)))
    system.send(target, "fail")
    system.send(target, "waits")
    await settle()
    await system.shutdown()
    assert system.snapshot().dead_letters_total == {"failed": 1, "stopped": 1}
    assert clock.pending == 0


async def test_a_stop_interrupts_a_start_hook(system: ActorSystem) -> None:
    """An actor that hangs in `started` can be stopped."""

    async def hang(_script: Script) -> None:
        await asyncio.Event().wait()

    starting = asyncio.create_task(system.start(ChildSpec("hangs", lambda: Script(on_start=hang))))
    await settle()
    await system.shutdown()
    await starting


async def test_a_well_known_child_keeps_its_address_over_its_parents_restart(system: ActorSystem) -> None:
    """Messages sent to the name while the parent restarts wait for the next instance."""
    specs = (ChildSpec("known", Echo, well_known=True), echo("other"))
    policy = Supervision(intensity=0)
    await system.start(ChildSpec("house", lambda: Supervisor(specs, policy)))
    known = system.find("known")
    probe = await Probe.start(system)
    probe.watch(known)
    probe.send(known, Fail())
    probe.send(known, "waits")
    await settle()
    assert probe.messages == ["waits"]
    assert system.find("known") == known


async def test_a_stuck_parent_still_supervises(system: ActorSystem) -> None:
    """A child is restarted while its parent's handler waits."""
    child: list[Address] = []

    async def handle(_script: Script, message: object, _sender: Address) -> None:
        if isinstance(message, Wait):
            await message.event.wait()

    target = await system.start(
        ChildSpec("parent", lambda: Script(handle, lambda script: child.append(script.spawn(echo()))))
    )
    system.send(target, Wait())
    system.send(child[0], Fail())
    assert await system.ask(child[0], "restarted", deadline_s=1) == "restarted"


async def test_a_child_that_never_starts_is_given_up_at_the_top(system: ActorSystem) -> None:
    """A failing start escalates level by level, interrupting the supervisors that wait for it, and ends."""
    starts: list[int] = []

    def start(_script: Script) -> None:
        starts.append(1)
        raise Boom

    inner = ChildSpec("inner", lambda: Supervisor((ChildSpec("bad", lambda: Script(on_start=start)),)))
    with pytest.raises(StartFailed):
        await system.start(ChildSpec("outer", lambda: Supervisor((inner,))))
    assert len(starts) == 4 * 4 * 4
    assert system.cells() == ()


async def test_what_a_stopped_hook_orders_is_cancelled(system: ActorSystem, clock: ManualClock) -> None:
    """Timers and piped work begun in `stopped` end with the instance."""

    class Late(Echo):
        async def stopped(self) -> None:
            self.timer(1, "late")
            self.pipe(asyncio.Event().wait(), failed=lambda error: error)

    target = await system.start(ChildSpec("late", Late))
    system.send(target, Fail())
    await settle()
    assert clock.pending == 0


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_a_sibling_that_leaves_at_once_holds_up_no_group(system: ActorSystem, strategy: Strategy) -> None:
    """The others of the group start although one of them has ended again before its start was seen."""
    diary: list[str] = []
    members: dict[str, Address] = {}

    class Parent(Actor):
        supervision = Supervision(strategy=strategy)

        async def started(self) -> None:
            kinds = {"f": PERMANENT, "a": TRANSIENT, "b": PERMANENT}
            members.update({name: self.spawn(echo(name, diary, kind)) for name, kind in kinds.items()})

        async def receive(self, message: object, sender: Address) -> None:
            ended.append(message)

    ended: list[object] = []
    await system.start(ChildSpec("parent", Parent))
    await settle()
    diary.clear()
    hold = Wait()
    system.send(members["a"], hold)
    system.send(members["a"], Leave())
    await settle()
    system.send(members["f"], Fail())
    await settle()
    starts = [event for event in diary if event.endswith("started")]
    assert starts == ["f started", "a started", "b started"]
    assert ended == [Terminated(members["a"], "a", "normal")]
    assert await system.ask(members["b"], "alive", deadline_s=1) == "alive"


async def test_a_sibling_that_raises_when_it_is_stopped_is_no_further_failure(system: ActorSystem) -> None:
    """One failure is one restart, whatever the others of the group do when they are interrupted."""

    async def rude(_script: Script, _message: object, _sender: Address) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise Boom

    members: list[Address] = []

    class Parent(Actor):
        supervision = Supervision(strategy=ALL, intensity=1)

        async def started(self) -> None:
            members.append(self.spawn(echo()))
            members.extend(self.spawn(ChildSpec(f"rude {n}", lambda: Script(rude))) for n in range(2))

    await system.start(ChildSpec("parent", Parent))
    for target in members[1:]:
        system.send(target, "wait")
    await settle()
    system.send(members[0], Fail())
    assert await system.ask(members[0], "alive", deadline_s=1) == "alive"
    assert system.snapshot().escalations == 0


async def test_a_sibling_that_is_being_stopped_begins_no_rest(system: ActorSystem, clock: ManualClock) -> None:
    """rest_for_one goes from the one that failed, not from one that its parent is ending."""
    diary: list[str] = []
    members: dict[str, Address] = {}

    class Slow(Echo):
        async def stopped(self) -> None:
            await self.clock.sleep(1)
            diary.append("a stopped")

    class Parent(Actor):
        supervision = Supervision(strategy=REST)

        async def started(self) -> None:
            specs = (ChildSpec("a", lambda: Slow(diary, "a")), echo("b", diary), echo("c", diary))
            members.update({spec.name: self.spawn(spec) for spec in specs})

        async def receive(self, message: object, sender: Address) -> None:
            if message == "stop a":
                self.stop_child(members["a"])

    parent = await system.start(ChildSpec("parent", Parent))
    await settle()
    diary.clear()
    system.send(parent, "stop a")
    await settle()
    system.send(members["c"], Fail())
    await clock.advance(1)
    assert diary == ["c stopped", "c started", "a stopped"]


async def test_backoff_grows_while_the_start_itself_fails(system: ActorSystem, clock: ManualClock) -> None:
    """A child that never came up has not run for `reset_after`, however late the clock is."""
    await clock.advance(1_000_000)
    system._kernel.chance = LongestPause()
    starts: list[float] = []

    def start(script: Script) -> None:
        starts.append(script.clock.now() - 1_000_000)
        if len(starts) < 4:
            raise Boom

    backoff = Backoff(minimum=1, maximum=8, reset_after=60)
    starting = asyncio.create_task(system.start(ChildSpec("b", lambda: Script(on_start=start), backoff=backoff)))
    for _ in range(3):
        await clock.advance_to_next()
    await starting
    assert starts == [0, 1, 3, 7]


async def test_a_child_that_is_stopped_before_its_first_wait_ends(system: ActorSystem, clock: ManualClock) -> None:
    """A start hook that would hang is not begun once the parent has changed its mind."""
    begun: list[str] = []

    async def hang(_script: Script) -> None:
        begun.append("hook")
        await asyncio.Event().wait()

    def parent(script: Script, message: object, _sender: Address) -> None:
        if message == "spawn and stop":
            script.stop_child(script.spawn(ChildSpec("child", lambda: Script(on_start=hang))))
        else:
            told.append(message)

    told: list[object] = []
    boss = await system.start(ChildSpec("boss", lambda: Script(parent)))
    system.send(boss, "spawn and stop")
    await settle()
    assert [type(news) for news in told] == [Terminated]
    assert begun == []
    assert clock.pending == 0


async def test_a_supervisor_that_gives_up_in_its_own_start_is_told_of(system: ActorSystem) -> None:
    """A child whose factory raises ends the start of a supervisor that allows no restart."""

    def factory() -> Actor:
        raise Boom

    house = ChildSpec("house", lambda: Supervisor((ChildSpec("bad", factory),), Supervision(intensity=0)))
    with pytest.raises(StartFailed):
        await system.start(house)


async def test_an_escalation_has_a_budget(system: ActorSystem, clock: ManualClock) -> None:
    """A parent whose handler waits through its cancellation is let go and begins anew all the same."""
    starts: list[int] = []
    child: list[Address] = []
    policy = Supervision(intensity=0)

    async def stubborn(_script: Script, message: object, _sender: Address) -> None:
        if message == "wait":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.Event().wait()

    class Parent(Script):
        supervision = policy

    def begin(script: Script) -> None:
        starts.append(1)
        child.append(script.spawn(echo()))

    target = await system.start(ChildSpec("parent", lambda: Parent(stubborn, begin), shutdown_s=3))
    system.send(target, "wait")
    system.send(child[0], Fail())
    await clock.advance(2.9)
    assert len(starts) == 1
    await clock.advance(0.1)
    assert len(starts) == 2
    assert await system.ask(child[1], "alive", deadline_s=1) == "alive"


async def test_a_parent_that_leaves_for_good_takes_its_well_known_children_along(system: ActorSystem) -> None:
    """Nobody would ever begin them again: their watchers are told, and asks end."""

    class House(Supervisor):
        async def receive(self, message: object, sender: Address) -> None:
            self.stop()

    specs = (ChildSpec("known", Echo, well_known=True),)
    house = await system.start(ChildSpec("house", lambda: House(specs), restart=TRANSIENT))
    probe = await Probe.start(system)
    probe.watch(system.find("known"))
    system.send(house, "leave")
    await settle()
    assert [news.name for news in probe.messages if isinstance(news, Terminated)] == ["known"]


async def test_an_actor_that_ends_has_no_more_children(system: ActorSystem) -> None:
    """A spawn in the last hook, or after a shutdown, is refused: nobody would ever end what it made."""
    refused: list[str] = []

    class Late(Echo):
        async def stopped(self) -> None:
            try:
                self.spawn(echo("late"))
            except MisuseError:
                refused.append("late")

    await system.start(ChildSpec("parent", Late))
    await system.shutdown()
    assert refused == ["late"]
    with pytest.raises(MisuseError):
        await system.start(echo())


async def test_a_second_shutdown_waits_for_the_first(system: ActorSystem, clock: ManualClock) -> None:
    """Whoever asks for the end has it when the call returns."""

    class Slow(Echo):
        async def stopped(self) -> None:
            await self.clock.sleep(2)

    await system.start(ChildSpec("slow", Slow))
    first, second = (asyncio.create_task(system.shutdown()) for _ in range(2))
    await clock.advance(1.9)
    assert not second.done()
    await clock.advance(0.1)
    await asyncio.gather(first, second)
