"""FairQueue: reps take turns, weighed by what they ask for; one who floods waits behind himself."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from itertools import accumulate
from typing import Generic, NamedTuple, TypeVar

from actors.providers.messages import Priority

Item = TypeVar("Item")

BACKGROUND_EVERY = 5
"""Background work gets every fifth turn while interactive work waits, so that it never starves."""


class _Place(NamedTuple, Generic[Item]):
    item: Item
    cost: float


Ring = OrderedDict[int, deque[_Place[Item]]]


class FairQueue(Generic[Item]):
    """Deficit round robin over reps inside a priority, interactive before background.

    A rep's turn is worth 1; an item that costs more waits until its rep has passed that many turns. `per_rep` bounds
    what one rep may have under way, counted from `pop` until `release`.
    """

    def __init__(self, per_rep: dict[Priority, int]) -> None:
        self._per_rep = per_rep
        self._rings: dict[Priority, Ring[Item]] = {priority: OrderedDict() for priority in Priority}
        self._deficits: defaultdict[tuple[Priority, int], float] = defaultdict(float)
        self._under_way: Counter[tuple[Priority, int]] = Counter()
        self._turn = 0
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def push(self, priority: Priority, rep: int, item: Item, *, cost: float = 1.0, first: bool = False) -> None:
        """Line an item up behind the rep's others, or before everybody: its turn was paid for already."""
        line = self._rings[priority].setdefault(rep, deque())
        if first:
            line.appendleft(_Place(item, 0.0))
            self._rings[priority].move_to_end(rep, last=False)
        else:
            line.append(_Place(item, max(1.0, cost)))
        self._size += 1

    def pop(self) -> Item | None:
        """The next item whose rep may have one more under way, None when there is none."""
        order = (Priority.INTERACTIVE, Priority.BACKGROUND)
        if self._turn % BACKGROUND_EVERY == BACKGROUND_EVERY - 1:
            order = (Priority.BACKGROUND, Priority.INTERACTIVE)
        for priority in order:
            item = self._pop(priority)
            if item is not None:
                self._turn += 1
                return item
        return None

    def release(self, priority: Priority, rep: int) -> None:
        """What was popped for this rep is no longer under way."""
        self._under_way[priority, rep] -= 1
        if self._under_way[priority, rep] <= 0:
            del self._under_way[priority, rep]

    def remove(self, priority: Priority, rep: int, item: Item) -> bool:
        """Take a waiting item out; False when it does not wait."""
        ring = self._rings[priority]
        place = next((place for place in ring.get(rep, ()) if place.item == item), None)
        if place is None:
            return False
        ring[rep].remove(place)
        self._left(priority, rep)
        return True

    def turns(self) -> list[Item]:
        """Everything that waits, in the order in which it comes if nobody else does and nobody is held back."""
        return [item for priority in Priority for item in self._in_turn(self._rings[priority])]

    def _in_turn(self, ring: Ring[Item]) -> list[Item]:
        placed = [
            (round_, seat, place.item)
            for seat, line in enumerate(ring.values())
            for place, round_ in zip(line, self._rounds(line), strict=True)
        ]
        return [item for _, _, item in sorted(placed, key=lambda entry: entry[:2])]

    def position(self, priority: Priority, rep: int, item: Item) -> int:
        """Which turn the item gets, counted from 1, if nobody else comes and nobody is held back."""
        ring = self._rings[priority]
        for before, (place, round_) in enumerate(zip(ring[rep], self._rounds(ring[rep]), strict=True)):
            if place.item == item:
                others = sum(self._until(line, round_) for other, line in ring.items() if other != rep)
                return before + 1 + others + self._ahead(priority)
        raise ValueError("the item does not wait here")

    def _rounds(self, line: deque[_Place[Item]]) -> Iterator[float]:
        return accumulate(place.cost for place in line)

    def _until(self, line: deque[_Place[Item]], round_: float) -> int:
        if len(line) == 1:
            return int(line[0].cost <= round_)
        return sum(reached <= round_ for reached in self._rounds(line))

    def _ahead(self, priority: Priority) -> int:
        if priority is Priority.INTERACTIVE:
            return 0
        return sum(len(line) for line in self._rings[Priority.INTERACTIVE].values())

    def _pop(self, priority: Priority) -> Item | None:
        ring = self._rings[priority]
        free = [rep for rep in ring if self._under_way[priority, rep] < self._per_rep[priority]]
        while free:
            for rep in free:
                deficit = self._deficits[priority, rep] + 1.0
                place = ring[rep][0]
                ring.move_to_end(rep)
                if deficit >= place.cost:
                    self._deficits[priority, rep] = deficit - max(place.cost, 1.0)
                    return self._taken(priority, rep)
                self._deficits[priority, rep] = deficit
        return None

    def _taken(self, priority: Priority, rep: int) -> Item:
        item = self._rings[priority][rep].popleft().item
        self._under_way[priority, rep] += 1
        self._left(priority, rep)
        return item

    def _left(self, priority: Priority, rep: int) -> None:
        self._size -= 1
        if not self._rings[priority][rep]:
            del self._rings[priority][rep]
            self._deficits.pop((priority, rep), None)
