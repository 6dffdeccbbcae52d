"""RecordGate over a journal that says how much waits."""

from actors.journal import DescribeJournal, JournalDescribed
from actors.providers.messages import RECORD_LANE, TRACE_LANE
from actors.record_gate import RecordGate
from actors.telegram.intake import MOST_UNWRITTEN
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock


class Full(Actor):
    """A journal in which so many writes wait in the lanes named; counts how often it is asked."""

    def __init__(self, waiting: dict[str, int], asked: list[object]) -> None:
        super().__init__()
        self._waiting = waiting
        self._asked = asked

    async def receive(self, message: object, sender: Address) -> None:
        assert isinstance(message, DescribeJournal)
        self._asked.append(message)
        self.reply(JournalDescribed(0, dict(self._waiting), 0, 0, {}, None))


async def test_it_shuts_at_the_intakes_bound_and_opens_again(system: ActorSystem, clock: ManualClock) -> None:
    """However many pages act, the journal is asked every five seconds; traces do not count."""
    waiting, asked = {RECORD_LANE: MOST_UNWRITTEN - 1, TRACE_LANE: MOST_UNWRITTEN}, list[object]()
    await system.start(ChildSpec("journal", lambda: Full(waiting, asked), well_known=True))
    gate = RecordGate(system)
    assert await gate.refusal() is None
    waiting[RECORD_LANE] = MOST_UNWRITTEN
    assert await gate.refusal() is None
    await clock.advance(5)
    assert all([await gate.refusal() for _ in range(3)])
    waiting[RECORD_LANE] = 0
    await clock.advance(5)
    assert await gate.refusal() is None
    assert len(asked) == 3
