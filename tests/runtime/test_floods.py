"""Floods of every mailbox policy, held against a model that is small enough to be seen to be right."""

import asyncio
from collections import deque

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import Actor, ActorDead, ActorSystem, Address, ChildSpec, Mailbox, MailboxFull, Overflow
from runtime.testing import DeadLetterRecorder, ManualClock, settle
from tests.runtime.test_conservation import balance


class Item(msgspec.Struct, frozen=True):
    """A message; `is_own` is the actor's own, by a timer."""

    number: int
    key: int = 0
    is_own: bool = False


class Gate(Actor):
    """Holds each message until its gate is opened for it; an item of key 0 orders one by timer, of the same number."""

    def __init__(self, mailbox: Mailbox, seen: list[Item], gate: asyncio.Semaphore) -> None:
        super().__init__()
        self.mailbox = mailbox  # type: ignore[misc]  # drawn by the test
        self._seen, self._gate = seen, gate

    async def receive(self, message: object, sender: Address) -> None:
        await self._gate.acquire()
        if isinstance(message, Item):
            self._seen.append(message)
            if not message.is_own:
                self.reply(message.number)
            if message.key == 0 and not message.is_own:
                self.timer(1.0, Item(message.number, is_own=True))


class Model:
    """One message in hand, those that wait, and what became of the others."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.hand: Item | None = None
        self.waiting: list[Item] = []
        self.seen: list[Item] = []
        self.lost: list[tuple[Item, str]] = []
        self.timers: deque[tuple[float, Item]] = deque()

    def put(self, item: Item) -> None:
        """Accept the item or lose one."""
        droppable = [at for at, waiting in enumerate(self.waiting) if not waiting.is_own]
        same = [at for at in droppable if self.waiting[at].key == item.key]
        policy = self.mailbox.overflow
        if policy is Overflow.COALESCE and same and not item.is_own:
            self.lost.append((self.waiting[same[0]], "coalesced"))
            self.waiting[same[0]] = item
        elif item.is_own or len(self.waiting) < self.mailbox.capacity:
            self.waiting.append(item)
        elif policy is Overflow.DROP_OLDEST and droppable:
            self.lost.append((self.waiting.pop(droppable[0]), "dropped"))
            self.waiting.append(item)
        else:
            reason = "dropped" if policy in (Overflow.DROP_OLDEST, Overflow.DROP_NEWEST) else "refused"
            self.lost.append((item, reason))

    def take(self) -> None:
        """The actor has had a turn: one that was idle has the next message in hand."""
        if self.hand is None and self.waiting:
            self.hand = self.waiting.pop(0)

    def open(self, now: float) -> None:
        """What is in hand is handled, the next is taken."""
        if self.hand is not None:
            self.seen.append(self.hand)
            if self.hand.key == 0 and not self.hand.is_own:
                self.timers.append((now + 1.0, Item(self.hand.number, is_own=True)))
            self.hand = None
        self.take()

    def pass_to(self, now: float) -> None:
        """The timers that are due arrive."""
        while self.timers and self.timers[0][0] <= now:
            self.put(self.timers.popleft()[1])
            self.take()


ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["send", "send", "ask"]), st.integers(0, 2)),
    st.tuples(st.sampled_from(["settle", "open", "advance"]), st.just(0)),
)


@settings(max_examples=150)
@given(st.lists(ACTIONS, max_size=50), st.integers(1, 4), st.sampled_from(list(Overflow)))
def test_a_flood_ends_as_its_policy_says(actions: list[tuple[str, int]], capacity: int, overflow: Overflow) -> None:
    """What is handled in which order, what is lost for which reason, what waits, and what askers learn of it."""

    async def run() -> None:
        clock, seen, gate = ManualClock(), list[Item](), asyncio.Semaphore(0)
        system = ActorSystem(clock=clock)
        letters = DeadLetterRecorder(system)
        mailbox = Mailbox(capacity, overflow, key=lambda item: getattr(item, "key", None))
        model = Model(mailbox)
        target = await system.start(ChildSpec("gate", lambda: Gate(mailbox, seen, gate)))
        asks: dict[int, asyncio.Task[object]] = {}
        for number, (action, key) in enumerate(actions):
            if action != "send":
                await settle()
                model.take()
            match action:
                case "send":
                    system.send(target, Item(number, key))
                    model.put(Item(number, key))
                case "ask":
                    asks[number] = asyncio.create_task(system.ask(target, Item(number, key), deadline_s=1000))
                    await settle()
                    model.put(Item(number, key))
                    model.take()
                case "open" if model.hand is not None:
                    gate.release()
                    await settle()
                    model.open(clock.now())
                case "advance":
                    await clock.advance(0.5)
                    model.pass_to(clock.now())
            balance(system)
        await settle()
        model.take()
        assert seen == model.seen
        reasons = [letter.reason for letter in letters.letters if letter.target_type == "Gate"]
        assert reasons == [reason for _, reason in model.lost]
        assert [cell.depth for cell in system.cells()] == [len(model.waiting)]
        await system.shutdown()
        lost = {item.number for item, _ in model.lost}
        handled = {item.number for item in seen if not item.is_own}
        for number, asked in asks.items():
            [outcome] = await asyncio.gather(asked, return_exceptions=True)
            expected = MailboxFull if number in lost else int if number in handled else ActorDead
            assert isinstance(outcome, expected)

    asyncio.run(run())
