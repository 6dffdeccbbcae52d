"""FairQueue: reps take turns; one who floods waits behind himself."""

from collections import Counter, OrderedDict, deque
from typing import Generic, TypeVar

from actors.providers.messages import Priority

Item = TypeVar("Item")
Ring = OrderedDict[int, deque[Item]]

BACKGROUND_EVERY = 5
"""Background work gets every fifth turn while interactive work waits, so that it never starves."""


class FairQueue(Generic[Item]):
    """Round robin over reps inside a priority, interactive before background.

    `per_rep` bounds what one rep may have under way, counted from `pop` until `release`.
    """

    def __init__(self, per_rep: dict[Priority, int]) -> None:
        self._per_rep = per_rep
        self._rings: dict[Priority, Ring[Item]] = {priority: OrderedDict() for priority in Priority}
        self._under_way: Counter[tuple[Priority, int]] = Counter()
        self._turn = 0
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def push(self, priority: Priority, rep: int, item: Item, *, first: bool = False) -> None:
        """Line an item up behind the rep's others, or before them."""
        line = self._rings[priority].setdefault(rep, deque())
        if first:
            line.appendleft(item)
            self._rings[priority].move_to_end(rep, last=False)
        else:
            line.append(item)
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
        if rep not in ring or item not in ring[rep]:
            return False
        ring[rep].remove(item)
        if not ring[rep]:
            del ring[rep]
        self._size -= 1
        return True

    def waiting(self) -> list[Item]:
        """Everything that waits, in no order to rely on."""
        return [item for ring in self._rings.values() for line in ring.values() for item in line]

    def position(self, priority: Priority, rep: int, item: Item) -> int:
        """Which turn the item gets, counted from 1, if nobody else comes."""
        ring = self._rings[priority]
        place = ring[rep].index(item) + 1
        others = sum(min(len(line), place) for other, line in ring.items() if other != rep)
        before = self._count(Priority.INTERACTIVE) if priority is Priority.BACKGROUND else 0
        return place + others + before

    def _count(self, priority: Priority) -> int:
        return sum(len(line) for line in self._rings[priority].values())

    def _pop(self, priority: Priority) -> Item | None:
        ring = self._rings[priority]
        rep = next((rep for rep in ring if self._under_way[priority, rep] < self._per_rep[priority]), None)
        if rep is None:
            return None
        item = ring[rep].popleft()
        if ring[rep]:
            ring.move_to_end(rep)
        else:
            del ring[rep]
        self._under_way[priority, rep] += 1
        self._size -= 1
        return item
