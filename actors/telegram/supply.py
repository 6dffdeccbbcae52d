"""What MessageSender takes of the journal's two lanes, and how much of each it has in hand: pure.

Answers have a bound of their own, so that they never wait behind what nobody asked for, however much of that there is.
Nor does that overtake an answer that was there before it: it is read first and handed on only with all answers up to
then, which the second reading brings.
"""

import msgspec

from actors.journal import OutboxEntry, TakeOutbox
from actors.telegram.messages import BULK_LANE, MESSAGE_LANE

MOST_IN_HAND = 5_000
"""Answers taken from the journal and not yet settled; more wait there."""
MOST_BULK_IN_HAND = 1_000
"""The same of what nobody asked for: half a minute of its pace."""
_BATCH = 500


class _Lane(msgspec.Struct):
    name: str
    most: int
    after: int = 0
    grown: bool = False
    asked: int = 0
    in_hand: set[int] = msgspec.field(default_factory=set)

    def ask(self) -> TakeOutbox:
        self.asked, self.grown = min(_BATCH, self.most - len(self.in_hand)), False
        return TakeOutbox(self.name, self.after, self.asked)

    @property
    def wanted(self) -> bool:
        return self.grown and len(self.in_hand) < self.most

    def take(self, entries: tuple[OutboxEntry, ...]) -> bool:
        """Have these in hand; whether they are all there was."""
        self.in_hand.update(entry.sequence for entry in entries)
        self.after = entries[-1].sequence if entries else self.after
        return len(entries) < self.asked


class Supply:
    """One reading at a time: `requests`, and then `taken` or `failed`."""

    def __init__(self) -> None:
        self._answers = _Lane(MESSAGE_LANE, MOST_IN_HAND)
        self._bulk = _Lane(BULK_LANE, MOST_BULK_IN_HAND)
        self._behind = False
        self._reading = False

    @property
    def in_hand(self) -> int:
        """Entries that were taken and are not settled."""
        return len(self._answers.in_hand) + len(self._bulk.in_hand)

    def grew(self, lane: str) -> None:
        """There may be something new in the lane."""
        (self._bulk if lane == BULK_LANE else self._answers).grown = True

    def requests(self) -> tuple[TakeOutbox, ...]:
        """What to ask the journal now, in this order; nothing while a reading is under way or there is no room."""
        if self._reading or len(self._answers.in_hand) >= MOST_IN_HAND:
            return ()
        with_bulk = self._bulk.wanted and not self._behind
        if not with_bulk and not self._answers.wanted:
            return ()
        self._reading = True
        return (self._bulk.ask(), self._answers.ask()) if with_bulk else (self._answers.ask(),)

    def taken(self, batches: tuple[tuple[OutboxEntry, ...], ...]) -> tuple[OutboxEntry, ...]:
        """The entries of those requests' answers that are to go out now, in their order."""
        self._reading = False
        *bulk, answers = batches
        self._behind = not self._answers.take(answers)
        self._answers.grown |= self._behind
        if not bulk:
            return answers
        if self._behind:  # more answers wait, perhaps such as were there before these
            self._bulk.grown = True
            return answers
        self._bulk.grown |= not self._bulk.take(bulk[0])
        return tuple(sorted((*answers, *bulk[0]), key=lambda entry: entry.sequence))

    def failed(self) -> None:
        """The journal did not answer: the same is asked again."""
        self._reading = False
        self._answers.grown = self._bulk.grown = True

    def settled(self, sequence: int) -> None:
        """One of the entries has its end."""
        self._answers.in_hand.discard(sequence)
        self._bulk.in_hand.discard(sequence)
