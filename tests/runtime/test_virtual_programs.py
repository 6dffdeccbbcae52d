"""Random programs of virtual actors that idle, crash, hang, leave and are restarted, under a parent that is too."""

import asyncio

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import (
    Actor,
    ActorError,
    ActorSystem,
    Address,
    AskTimeout,
    ChildSpec,
    Idle,
    Mailbox,
    Retire,
    StillBusy,
    Timer,
    VirtualActors,
)
from runtime.testing import DeadLetterRecorder, ManualClock, schedule_by_seed
from tests.runtime.actors import Boom

KEYS = "ab"
IDLE_S = 2.0
Pace = tuple[float, float]


class Word(msgspec.Struct, frozen=True):
    """What is sent to a key, and what its actor shall do with it."""

    key: str
    number: int
    what: str


class Record:
    """Which words were handled, who is a key's actor, and which keys have had two at once."""

    def __init__(self, pace: dict[str, Pace]) -> None:
        self.pace = pace
        self.handled: list[Word] = []
        self.tenants: dict[str, Tenant] = {}
        self.doubles: list[str] = []

    def begins(self, key: str, tenant: "Tenant") -> None:
        """Note who takes over from whom."""
        former = self.tenants.get(key)
        if former is not None and former._myRef is not None and former._myRef.instance is former:
            self.doubles.append(key)
        self.tenants[key] = tenant


class Tenant(Actor):
    """Does what its words say, offers to leave when idle, and takes its time to start and to stop."""

    mailbox = Mailbox(capacity=4)

    def __init__(self, key: str, record: Record) -> None:
        super().__init__()
        self._key = key
        self._record = record
        self._idle: Timer | None = None
        self._is_busy = False

    async def started(self) -> None:
        self._record.begins(self._key, self)
        await self.clock.sleep(self._record.pace[self._key][0])
        self._rest()

    async def stopped(self) -> None:
        await self.clock.sleep(self._record.pace[self._key][1])

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case "idle":
                self.send(self.find("house"), Idle())
            case Retire() if self._is_busy:
                self._is_busy = False
                self.send(sender, StillBusy())
                self._rest()
            case Retire():
                self.stop()
            case Word(what=what):
                await self._do(what)
                self._record.handled.append(message)
                self.reply(message.number)
                self._rest()

    async def _do(self, what: str) -> None:
        match what:
            case "fail":
                raise Boom
            case "pause":
                await self.clock.sleep(0.75)
            case "leave":
                self.stop()
            case "offer":
                self.send(self.find("house"), Idle())
        self._is_busy = what == "busy"

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self.timer(IDLE_S, "idle")


class House(VirtualActors):
    """Passes words on."""

    held_most = 3

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Word(key=key):
                self.pass_on(key, message, sender)
            case _:
                await super().receive(message, sender)


class Reviving(House):
    """Brings its children back by itself."""

    def revival(self, key: str) -> object | None:
        return f"revived {key}"


class Program:
    """A house of tenants in its system, and what was asked of them."""

    def __init__(self, seed: int, pace: dict[str, Pace]) -> None:
        self.clock, self.record = ManualClock(), Record(pace)
        self.system = ActorSystem(clock=self.clock)
        self.letters = DeadLetterRecorder(self.system)
        schedule_by_seed(self.system, seed)
        self.houses: list[House] = []
        self.asks: list[asyncio.Task[object]] = []

    async def begin(self, kind: type[House], shutdown_s: float) -> None:
        """Start the house."""

        def make() -> House:
            self.houses.append(kind(lambda key: Tenant(key, self.record)))
            return self.houses[-1]

        await self.system.start(ChildSpec("house", make, shutdown_s=shutdown_s, well_known=True))

    async def do(self, action: str, value: str | float) -> None:
        """One step; what is no other action is a word."""
        match action, value:
            case "advance", float():
                await self.clock.advance(value)
            case "restart", _:
                for cell in self.system.cells():
                    if cell.name == value:
                        self.system.restart(cell.address)
            case _, str():
                word = Word(value, len(self.asks), action)
                asked = self.system.ask(self.system.find("house"), word, deadline_s=5000)
                self.asks.append(asyncio.create_task(asked))
                await asyncio.sleep(0)
        for resident in self.houses[-1]._residents.values():
            assert len(resident.held) <= House.held_most + 1  # the message that revives is one more

    async def rest(self) -> None:
        """With time every word has its end and every key is forgotten, but one that is brought back each time."""
        await self.clock.advance(1000)
        assert all(asked.done() for asked in self.asks)
        comes_back = isinstance(self.houses[-1], Reviving) and any(
            stop_s > 5 for _, stop_s in self.record.pace.values()
        )
        if self.system.cells() and not comes_back:
            assert [cell.name for cell in self.system.cells()] == ["house"]
            assert (self.houses[-1]._residents, self.houses[-1]._keys) == ({}, {})

    async def end(self) -> None:
        """Stop everything, and see what became of every word."""
        ending = asyncio.create_task(self.system.shutdown(60))
        await self.clock.advance(200)
        assert ending.done()
        outcomes = await asyncio.gather(*self.asks, return_exceptions=True)
        numbers = [word.number for word in self.record.handled]
        assert [number for number, outcome in enumerate(outcomes) if outcome == number] == sorted(numbers)
        assert all(isinstance(outcome, int | ActorError) for outcome in outcomes)
        assert not any(isinstance(outcome, AskTimeout) for outcome in outcomes)
        lost = [letter for letter in self.letters.letters if letter.message_type == "Word"]
        assert len(self.asks) == len(numbers) + len(lost)
        for key in KEYS:
            handled = [word.number for word in self.record.handled if word.key == key]
            assert handled == sorted(handled)
        assert self.record.doubles == []
        assert self.clock.pending == 0


WORDS = st.tuples(
    st.sampled_from(["plain", "plain", "fail", "pause", "leave", "offer", "busy"]),
    st.sampled_from(KEYS),
)
ACTIONS = st.one_of(
    WORDS,
    WORDS,
    st.tuples(st.just("restart"), st.sampled_from(["house", *KEYS])),
    st.tuples(st.just("advance"), st.sampled_from([0.0, 0.125, 0.5, 1.0, IDLE_S, 5.0])),
)
PACES = st.tuples(st.sampled_from([0.0, 0.0, 0.5]), st.sampled_from([0.0, 0.0, 0.5, 100.0]))


@settings(max_examples=100)
@given(
    st.lists(ACTIONS, min_size=5, max_size=40),
    st.fixed_dictionaries(dict.fromkeys(KEYS, PACES)),
    st.sampled_from([House, Reviving]),
    st.sampled_from([1.0, 30.0]),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_words_are_handled_once_in_order_or_lost_and_told(
    actions: list[tuple[str, str | float]],
    pace: dict[str, Pace],
    kind: type[House],
    shutdown_s: float,
    rests: bool,
    seed: int,
) -> None:
    """A key never has two actors, what is held is bounded, every asker learns of its word, nothing stays."""

    async def run() -> None:
        before = asyncio.all_tasks()
        program = Program(seed, pace)
        await program.begin(kind, shutdown_s)
        for action, value in actions:
            await program.do(action, value)
        if rests:
            await program.rest()
        await program.end()
        assert asyncio.all_tasks() == before

    asyncio.run(run())
