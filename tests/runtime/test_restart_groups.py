"""What becomes of siblings of every kind, and of a group that meets another event while it restarts."""

import asyncio
from functools import partial
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import Actor, ActorSystem, Address, ChildSpec, Restart, Strategy, Supervision, Terminated
from runtime.testing import ManualClock, schedule_by_seed, settle
from tests.runtime.actors import Echo, Fail, Leave, Script, Stubborn, echo

pytestmark = pytest.mark.loses("failed", "stopped", "interrupted")

ONE, ALL, REST = Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE
PERMANENT, TRANSIENT, TEMPORARY = Restart.PERMANENT, Restart.TRANSIENT, Restart.TEMPORARY
NAMES = "abc"


class Family:
    """Children under one parent, with a diary of what they did and another of what the parent was told."""

    def __init__(self, policy: Supervision) -> None:
        self.policy = policy
        self.diary: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.members: dict[str, Address] = {}

    async def begin(self, system: ActorSystem, *specs: ChildSpec, name: str = "parent") -> None:
        """Start parent and children; the diaries begin after their start."""

        class Parent(Actor):
            supervision = self.policy

            async def started(parent) -> None:  # noqa: N805 - `self` is the family
                self.diary.append("parent started")
                self.members.update({spec.name: parent.spawn(spec) for spec in specs})

            async def stopped(parent) -> None:  # noqa: N805
                self.diary.append("parent stopped")

            async def receive(parent, message: object, sender: Address) -> None:  # noqa: N805
                match message:
                    case Terminated(_, name, reason):
                        self.told.append((name, reason))
                    case Address():
                        parent.stop_child(message)

        self.parent: Address = await system.start(ChildSpec(name, Parent))
        await settle()
        self.diary.clear()


class SlowStop(Echo):
    """Takes a second to stop the first time."""

    async def stopped(self) -> None:
        if f"{self.label} stopped" not in self.diary:
            await self.clock.sleep(1)
        await super().stopped()


class SlowStart(Echo):
    """Takes a second to start again."""

    async def started(self) -> None:
        if f"{self.label} stopped" in self.diary:
            await self.clock.sleep(1)
        await super().started()


def slow_stop(family: Family, name: str) -> ChildSpec:
    return ChildSpec(name, lambda: SlowStop(family.diary, name))


def slow_start(family: Family, name: str) -> ChildSpec:
    return ChildSpec(name, lambda: SlowStart(family.diary, name))


async def half_stopped(system: ActorSystem, clock: ManualClock, policy: Supervision) -> Family:
    """A group whose first member has failed, and whose last one needs half a second more to stop."""
    family = Family(policy)
    await family.begin(system, echo("a", family.diary), echo("b", family.diary), slow_stop(family, "c"))
    system.send(family.members["a"], Fail())
    await clock.advance(0.5)
    return family


def group(strategy: Strategy, first: str) -> str:
    """Who goes with the first in a family of a, b, c."""
    return {ONE: first, ALL: NAMES, REST: NAMES[NAMES.index(first) :]}[strategy]


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("exit_by", ["fail", "leave"])
async def test_every_kind_of_sibling(system: ActorSystem, strategy: Strategy, first: str, exit_by: str) -> None:
    """Permanent and transient siblings restart in order with whoever begins it; temporary ones end."""
    for kinds in product(Restart, repeat=3):
        family, kind = Family(Supervision(strategy)), dict(zip(NAMES, kinds, strict=True))
        await family.begin(system, *(echo(name, family.diary, kind[name]) for name in NAMES), name=f"parent of {kinds}")
        system.send(family.members[first], Fail() if exit_by == "fail" else Leave())
        await settle()
        going = group(strategy, first)
        if kind[first] is PERMANENT or (kind[first] is TRANSIENT and exit_by == "fail"):
            ending = [name for name in going if kind[name] is TEMPORARY]
            stops = [name for name in reversed(going) if name != first or exit_by == "fail"]
            stops = stops if exit_by == "fail" else [first, *stops]
            diary = [f"{name} stopped" for name in stops]
            diary += [f"{name} started" for name in going if name not in ending]
            told = [(name, "killed") for name in reversed(ending)]
        else:
            diary, told = [f"{first} stopped"], [(first, "failed" if exit_by == "fail" else "normal")]
        assert (kinds, family.diary, family.told) == (kinds, diary, told)


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_a_second_failure_while_the_group_stops_begins_no_second_group(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """Who fails before its turn to stop has come is part of the group that restarts: each begins once."""
    family = await half_stopped(system, clock, Supervision(strategy))
    system.send(family.members["b"], Fail())
    await clock.advance(0.5)
    assert sorted(family.diary[:3]) == ["a stopped", "b stopped", "c stopped"]
    assert family.diary[3:] == ["a started", "b started", "c started"]
    assert family.told == []


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_a_failure_while_the_group_starts_restarts_it_whole(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """Who is up again and fails before the others are up is stopped and started with those that belong to it."""
    family = Family(Supervision(strategy))
    await family.begin(system, echo("a", family.diary), slow_start(family, "b"), echo("c", family.diary))
    system.send(family.members["a"], Fail())
    await clock.advance(0.5)
    system.send(family.members["a"], Fail())
    await clock.advance(2)
    assert family.diary == [
        *("c stopped", "b stopped", "a stopped", "a started"),
        *("b stopped", "a stopped", "a started", "b started", "c started"),
    ]
    assert [await system.ask(family.members[name], name, deadline_s=1) for name in NAMES] == list(NAMES)


@pytest.mark.parametrize("kind", [TRANSIENT, TEMPORARY])
async def test_a_sibling_that_leaves_for_good_begins_no_rest(
    system: ActorSystem, clock: ManualClock, kind: Restart
) -> None:
    """One that is on its way out is not down with those that fail meanwhile: those between them stay up."""
    family = Family(Supervision(REST))
    leaver = ChildSpec("a", lambda: SlowStop(family.diary, "a"), kind)
    await family.begin(system, leaver, echo("b", family.diary), echo("c", family.diary))
    system.send(family.members["a"], Leave())
    await clock.advance(0.5)
    system.send(family.members["c"], Fail())
    await clock.advance(1)
    assert family.diary == ["c stopped", "c started", "a stopped"]
    assert family.told == [("a", "normal")]


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_a_hung_sibling_is_killed_and_the_group_goes_on(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """One that does not stop within its budget holds the group no longer, and begins anew with it."""
    family = Family(Supervision(strategy))
    await family.begin(system, echo("a", family.diary), echo("b", family.diary, shutdown_s=2), echo("c", family.diary))
    system.send(family.members["b"], Stubborn())
    await settle()
    system.send(family.members["a"], Fail())
    await clock.advance(1.9)
    assert family.diary == ["c stopped"]
    await clock.advance(0.1)
    assert family.diary == ["c stopped", "a stopped", "a started", "b started", "c started"]
    assert await system.ask(family.members["b"], "alive", deadline_s=1) == "alive"


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_leaving_too_often_escalates(system: ActorSystem, strategy: Strategy) -> None:
    """A permanent child that leaves again and again is as little use as one that fails."""
    family = Family(Supervision(strategy, intensity=1))
    await family.begin(system, *(echo(name, family.diary) for name in NAMES))
    for _ in range(2):
        system.send(family.members["c"], Leave())
        await settle()
    stops = [f"{name} stopped" for name in "cba"]
    starts = [f"{name} started" for name in NAMES]
    again = stops + starts if strategy is ALL else ["c stopped", "c started"]
    assert family.diary == [*again, "c stopped", "b stopped", "a stopped", "parent stopped", "parent started", *starts]
    assert system.snapshot().escalations == 1


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_an_escalation_while_the_group_stops_begins_nobody_twice(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """The parent that gives up takes the group's restart over."""
    family = await half_stopped(system, clock, Supervision(strategy, intensity=1))
    system.send(family.members["b"], Fail())
    await clock.advance(5)
    assert sorted(family.diary[:3]) == ["a stopped", "b stopped", "c stopped"]
    assert family.diary[3:] == ["parent stopped", "parent started", "a started", "b started", "c started"]


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_a_stop_while_the_group_restarts_begins_nobody(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """The end of the parent is the end of the group, wherever its restart stands."""
    family = Family(Supervision(strategy))
    await family.begin(system, echo("a", family.diary), slow_start(family, "b"), slow_stop(family, "c"))
    system.send(family.members["a"], Fail())
    await clock.advance(0.5)
    ending = asyncio.create_task(system.shutdown())
    await clock.advance(5)
    await ending
    assert sorted(family.diary[:3]) == ["a stopped", "b stopped", "c stopped"]
    assert family.diary[3:] == ["parent stopped"]


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_who_is_stopped_while_the_group_restarts_stays_out(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """A parent that stops one of the group meanwhile is obeyed; the others start."""
    family = await half_stopped(system, clock, Supervision(strategy))
    system.send(family.parent, family.members["b"])
    await clock.advance(1)
    assert sorted(family.diary[:3]) == ["a stopped", "b stopped", "c stopped"]
    assert family.diary[3:] == ["a started", "c started"]
    assert family.told == [("b", "normal")]


@pytest.mark.parametrize("strategy", [ALL, REST])
async def test_a_child_made_while_the_group_restarts_is_not_of_it(
    system: ActorSystem, clock: ManualClock, strategy: Strategy
) -> None:
    """It has seen nothing of the failure, and it starts once."""
    diary: list[str] = []
    members: list[Address] = []

    class Parent(Script):
        supervision = Supervision(strategy)

    def begin(script: Script) -> None:
        members.append(script.spawn(echo("a", diary)))
        members.append(script.spawn(ChildSpec("b", lambda: SlowStop(diary, "b"))))

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "spawn":
            members.append(script.spawn(echo("c", diary)))

    parent = await system.start(ChildSpec("parent", lambda: Parent(handle, begin)))
    await settle()
    diary.clear()
    system.send(members[0], Fail())
    await clock.advance(0.5)
    system.send(parent, "spawn")
    await clock.advance(1)
    assert diary == ["c started", "b stopped", "a stopped", "a started", "b started"]
    assert await system.ask(members[2], "alive", deadline_s=1) == "alive"


def assert_is_a_stack(diary: list[str]) -> None:
    """Who begins comes after all before it, and after they are up; who stops goes before all of them."""
    begun, up = list(NAMES), set(NAMES)
    for event in diary:
        name, what = event.split()
        match what:
            case "begins":
                assert (name, up) == (NAMES[len(begun)], set(begun)), diary
                begun.append(name)
            case "started":
                up.add(name)
            case "stopped":
                assert name == begun.pop(), diary
                up.discard(name)
    assert up == set(NAMES), diary


class Slowly(Echo):
    """Takes its time to start and to stop."""

    def __init__(self, diary: list[str], label: str, start_s: float, stop_s: float) -> None:
        super().__init__(diary, label)
        self.start_s, self.stop_s = start_s, stop_s

    async def started(self) -> None:
        self.diary.append(f"{self.label} begins")
        await self.clock.sleep(self.start_s)
        await super().started()

    async def stopped(self) -> None:
        await self.clock.sleep(self.stop_s)
        await super().stopped()


@settings(max_examples=150)
@given(
    st.sampled_from([ALL, REST]),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([0, 0, 0.5, 1, 2])), min_size=1, max_size=8),
    st.fixed_dictionaries({name: st.tuples(*[st.sampled_from([0, 0, 0.4])] * 2) for name in NAMES}),
    st.integers(0, 2**32),
)
def test_a_group_is_a_stack(
    strategy: Strategy, failures: list[tuple[str, float]], pace: dict[str, tuple[float, float]], seed: int
) -> None:
    """Whatever fails when, members start in order, each when those before it are up, and stop in reverse."""

    async def run() -> list[str]:
        clock = ManualClock()
        system = ActorSystem(clock=clock)
        schedule_by_seed(system, seed)
        family = Family(Supervision(strategy, intensity=100))
        specs = [ChildSpec(name, partial(Slowly, family.diary, name, *pace[name])) for name in NAMES]
        beginning = asyncio.create_task(family.begin(system, *specs))
        await clock.advance(2)
        await beginning
        family.diary.clear()
        for name, pause_s in failures:
            system.send(family.members[name], Fail())
            await clock.advance(pause_s) if pause_s else await asyncio.sleep(0)
        await clock.advance(20)
        diary = list(family.diary)
        await clock.until(system.shutdown())
        return diary

    assert_is_a_stack(asyncio.run(run()))
