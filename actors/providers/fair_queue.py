"""FairQueue: reps take turns, weighed by what they ask for; one who floods waits behind himself."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from itertools import accumulate
from math import ceil
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
        self._sizes: Counter[Priority] = Counter()
        self._dear: Counter[Priority] = Counter()
        self._turn = 0

    def __len__(self) -> int:
        return self._sizes.total()

    def push(self, priority: Priority, rep: int, item: Item, *, cost: float = 1.0, first: bool = False) -> None:
        """Line an item up behind the rep's others, or before everybody: its turn was paid for already."""
        line = self._rings[priority].setdefault(rep, deque())
        place = _Place(item, 0.0 if first else max(1.0, cost))
        if first:
            line.appendleft(place)
            self._rings[priority].move_to_end(rep, last=False)
        else:
            line.append(place)
        self._sizes[priority] += 1
        self._dear[priority] += place.cost > 1.0

    def pop(self, ready: Callable[[Item], bool] = lambda _item: True) -> Item | None:
        """The next item that is ready and whose rep may have one more under way, None when there is none.

        Reps whose first item is not ready keep their place.
        """
        order = (Priority.INTERACTIVE, Priority.BACKGROUND)
        if self._turn % BACKGROUND_EVERY == BACKGROUND_EVERY - 1:
            order = (Priority.BACKGROUND, Priority.INTERACTIVE)
        for priority in order:
            item = self._pop(priority, ready)
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
        self._left(priority, rep, place)
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
        if self._all_alike(priority) and next(reversed(ring)) == rep:
            return len(ring) + self._ahead(priority)
        before, round_ = self._reached(ring[rep], item)
        seated = False
        for other, line in ring.items():
            if other == rep:
                seated = True
            else:
                before += self._until(line, round_ - 1 if seated else round_)
        return before + 1 + self._ahead(priority)

    def own_rounds(self, priority: Priority, rep: int, item: Item) -> int:
        """How many of the rep's own must end one after the other before the item may go, whoever else waits."""
        before = next(place for place, one in enumerate(self._rings[priority][rep]) if one.item == item)
        return (self._under_way[priority, rep] + before) // self._per_rep[priority]

    def _reached(self, line: deque[_Place[Item]], item: Item) -> tuple[int, int]:
        """How many of its own rep's items come before the item, and the round in which its turn comes."""
        for before, (place, round_) in enumerate(zip(line, self._rounds(line), strict=True)):
            if place.item == item:
                return before, round_
        raise ValueError("the item does not wait here")

    def _rounds(self, line: deque[_Place[Item]]) -> Iterator[int]:
        return map(ceil, accumulate(place.cost for place in line))

    def _until(self, line: deque[_Place[Item]], round_: int) -> int:
        if len(line) == 1:
            return int(line[0].cost <= round_)
        return sum(reached <= round_ for reached in self._rounds(line))

    def _all_alike(self, priority: Priority) -> bool:
        """Every rep waits for one thing of the usual price: the common case, in which thousands may wait."""
        return self._sizes[priority] == len(self._rings[priority]) and not self._dear[priority]

    def _ahead(self, priority: Priority) -> int:
        return 0 if priority is Priority.INTERACTIVE else self._sizes[Priority.INTERACTIVE]

    def _pop(self, priority: Priority, ready: Callable[[Item], bool]) -> Item | None:
        ring = self._rings[priority]
        if not ring:
            return None
        head = next(iter(ring))
        if self._is_free(priority, head, ready) and (item := self._served(priority, head)) is not None:
            return item
        free = [rep for rep in ring if self._is_free(priority, rep, ready)]
        while free:
            for rep in free:
                item = self._served(priority, rep)
                if item is not None:
                    return item
        return None

    def _is_free(self, priority: Priority, rep: int, ready: Callable[[Item], bool]) -> bool:
        may = self._under_way[priority, rep] < self._per_rep[priority]
        return may and ready(self._rings[priority][rep][0].item)

    def _served(self, priority: Priority, rep: int) -> Item | None:
        """Give a rep its turn: the next item if it can be paid for now, else None and a turn more to pay with."""
        ring = self._rings[priority]
        deficit, place = self._deficits[priority, rep] + 1.0, ring[rep][0]
        ring.move_to_end(rep)
        if deficit < place.cost:
            self._deficits[priority, rep] = deficit
            return None
        self._deficits[priority, rep] = deficit - max(place.cost, 1.0)
        ring[rep].popleft()
        self._under_way[priority, rep] += 1
        self._left(priority, rep, place)
        return place.item

    def _left(self, priority: Priority, rep: int, place: _Place[Item]) -> None:
        self._sizes[priority] -= 1
        self._dear[priority] -= place.cost > 1.0
        if not self._rings[priority][rep]:
            del self._rings[priority][rep]
            self._deficits.pop((priority, rep), None)
