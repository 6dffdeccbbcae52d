"""Random programs of trees of every strategy and kind: failures, stops, kills, watches, timers and pipes."""

import asyncio
from collections import Counter
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import (
    Actor,
    ActorSystem,
    Address,
    Backoff,
    ChildSpec,
    NameTaken,
    Restart,
    Strategy,
    Supervision,
    Terminated,
)
from runtime.cell import Cell
from runtime.phases import Phase
from runtime.testing import ManualClock, schedule_by_seed
from runtime.watching import walk
from tests.runtime.actors import Boom
from tests.runtime.test_conservation import balance

BELOW = {"x": ["xa", "xb", "xc"], "xb": ["xba", "xbb"], "y": ["ya"]}
NAMES = ["x", "y", "xa", "xb", "xc", "xba", "xbb", "ya"]


class Trait(msgspec.Struct, frozen=True):
    """How a node lives."""

    policy: Supervision
    kind: Restart
    start_s: float
    stop_s: float
    is_well_known: bool
    backoff: Backoff | None


class Forest:
    """The nodes' traits, where each is reached, and what went wrong."""

    def __init__(self, traits: dict[str, Trait]) -> None:
        self.traits = traits
        self.addresses: dict[str, Address] = {}
        self.told: dict[tuple[str, Address], int] = {}
        """How often a node was told of an end; there is an entry for each it may be told of."""
        self.wrong: list[str] = []

    def spec(self, name: str) -> ChildSpec:
        """How to make the node."""
        trait = self.traits[name]
        return ChildSpec(name, lambda: Node(name, self), trait.kind, 1.0, trait.backoff, trait.is_well_known)


class Node(Actor):
    """Makes its children, does what it is told, and notes what it should not have heard."""

    def __init__(self, label: str, forest: Forest) -> None:
        super().__init__()
        self._label, self._forest = label, forest
        self._trait = forest.traits[label]
        self.supervision = self._trait.policy  # type: ignore[misc]  # drawn by the test
        self.watched: set[Cell] = set()
        self._goodbyes: set[Address] = set()

    async def started(self) -> None:
        self._forest.addresses[self._label] = self.address
        for name in BELOW.get(self._label, []):
            self._make(name)
        await self.clock.sleep(self._trait.start_s)

    async def stopped(self) -> None:
        if self._myRef.children:
            self._forest.wrong.append(f"{self._label} stopped before its children")
        for watcher in self._myRef.watchers or ():
            self.send(watcher.address, "goodbye")
        await self.clock.sleep(self._trait.stop_s)

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Terminated(address=address, reason=reason):
                self._hears(cell_of(address), reason)
            case "goodbye":
                self._goodbyes.add(sender)
            case ("generation", generation) if generation != self._myRef.generation:
                self._forest.wrong.append(f"{self._label} got what a dead generation had ordered")
            case ("make", str(name)):
                self._make(name)
            case ("watch", Address() as address) if (self._label, address) not in self._forest.told:
                self._watch(cell_of(address))
            case Address():
                self.stop_child(message)
            case str():
                await self._do(message)

    async def _do(self, what: str) -> None:
        match what:
            case "fail":
                raise Boom
            case "leave":
                self.stop()
            case "wait":
                await self.clock.sleep(0.75)
            case "outlast":
                try:
                    await self.clock.sleep(30)
                except asyncio.CancelledError:
                    await self.clock.sleep(30)
            case "timer":
                self.timer(0.5, ("generation", self._myRef.generation))
            case "pipe":
                self.pipe(self._piped(self._myRef.generation), failed=repr)

    async def _piped(self, generation: int) -> tuple[str, int]:
        try:
            await self.clock.sleep(0.5)
        except asyncio.CancelledError:
            await self.clock.sleep(0.25)
        return "generation", generation

    def _make(self, name: str) -> None:
        try:
            child = self.spawn(self._forest.spec(name))
        except NameTaken:
            return
        self._forest.told[self._label, child] = 0

    def _watch(self, cell: Cell) -> None:
        self._forest.told[self._label, cell.address] = 0
        self.watched.add(cell)
        if cell.phase is not Phase.UP:
            self._goodbyes.add(cell.address)  # too late for one
        self.watch(cell.address)

    def _hears(self, cell: Cell, reason: str) -> None:
        entry = self._label, cell.address
        self._forest.told[entry] = self._forest.told.get(entry, 1) + 1
        if self._forest.told[entry] != 1:
            self._forest.wrong.append(f"{self._label} was told twice, or of a stranger")
        is_polite = reason == "normal" and cell.restarts == 0
        if cell in self.watched and is_polite and cell.address not in self._goodbyes:
            self._forest.wrong.append(f"{self._label} was told before the last message came")


def cell_of(address: Address) -> Cell:
    """What stands behind a node's address."""
    assert isinstance(address.endpoint, Cell)
    return address.endpoint


def check_counts(system: ActorSystem) -> None:
    """What is counted along the way is what a look at every actor finds."""
    cells, snapshot = system.cells(), system.snapshot()
    assert snapshot.states == Counter(cell.state for cell in cells)
    living = Counter(cell.type for cell in cells)
    counted = {stats.type: stats.alive for stats in snapshot.types if stats.type != "Root"}
    assert {kind: count for kind, count in counted.items() if count} == living
    assert snapshot.started - sum(snapshot.ended.values()) == sum(cell.state != "awaited" for cell in cells)
    balance(system)


def check_rest(system: ActorSystem, forest: Forest) -> None:
    """Everyone who is left is up, waits for nothing, and knows of every end it watched for."""
    for cell in walk(system._kernel.root):
        assert cell.phase in (Phase.UP, Phase.AWAITED)
        assert (cell.signals, cell.killer, cell.worker, cell.outside_error) == (None, None, None, None)
        if cell.phase is Phase.UP:
            node = cell.instance
            assert cell.end_reason is None
            waits_for = {subject for subject in node.watched if not forest.told[node._label, subject.address]}
            assert not any(subject.ended for subject in waits_for)
            assert waits_for == (set() if cell.owned is None else cell.owned.watched)


POLICIES = st.builds(
    Supervision, st.sampled_from(list(Strategy)), st.integers(0, 3), period_s=st.sampled_from([1.0, 5.0])
)
TRAITS = st.builds(
    Trait,
    POLICIES,
    st.sampled_from(list(Restart)),
    st.sampled_from([0.0, 0.0, 0.25]),
    st.sampled_from([0.0, 0.0, 0.25, 50.0]),
    st.booleans(),
    st.sampled_from([None, None, Backoff(minimum=0.25, maximum=1)]),
)
ORDERS = st.sampled_from(["fail", "fail", "leave", "wait", "outlast", "timer", "pipe", "restart"])
ACTIONS = st.one_of(
    st.tuples(ORDERS, st.sampled_from(NAMES), st.none()),
    st.tuples(st.sampled_from(["watch", "stop"]), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("make"), st.sampled_from(NAMES), st.sampled_from(NAMES[2:])),
    st.tuples(st.just("advance"), st.sampled_from([0.0, 0.125, 0.5, 1.0, 3.0]), st.none()),
)


def send(system: ActorSystem, forest: Forest, action: str, name: str, other: str | None) -> None:
    """Tell the node; `other` is whom it shall watch, stop or make."""
    target, subject = forest.addresses[name], forest.addresses.get(other or "")
    match action:
        case "restart":
            system.restart(target)
        case "make":
            system.send(target, ("make", other))
        case "watch" if subject is not None:
            system.send(target, ("watch", subject))
        case "stop" if subject is not None:
            system.send(target, subject)
        case _:
            system.send(target, action)


@settings(max_examples=100)
@given(
    st.lists(ACTIONS, min_size=5, max_size=30),
    st.fixed_dictionaries(dict.fromkeys(NAMES, TRAITS)),
    st.integers(0, 2**32),
)
def test_a_tree_comes_to_rest_whole(
    actions: list[tuple[str, Any, str | None]], traits: dict[str, Trait], seed: int
) -> None:
    """Whatever happens to it: who is left is up, ends are told once and last, nothing old arrives, counts are right."""

    async def run() -> None:
        before = asyncio.all_tasks()
        clock, forest = ManualClock(), Forest(traits)
        system = ActorSystem(clock=clock)
        schedule_by_seed(system, seed)
        for name in ("x", "y"):
            await clock.until(system.start(forest.spec(name)))
        for action, value, other in actions:
            if action == "advance":
                await clock.advance(value)
            elif value in forest.addresses:
                send(system, forest, action, value, other)
                await asyncio.sleep(0)
            check_counts(system)
        await clock.advance(200)
        check_counts(system)
        check_rest(system, forest)
        ending = asyncio.create_task(system.shutdown())
        await clock.advance(100)
        await ending
        assert forest.wrong == []
        assert sum(stats.pending for stats in system.snapshot().types) == 0
        assert clock.pending == 0
        assert asyncio.all_tasks() == before

    asyncio.run(run())
