"""The rows that wait for a table or column the storage does not have yet, while those of other tables go on."""

import msgspec

from actors.providers.record_batches import Batch
from storage import with_referring


class HeldRows:
    """What one walk through the record lane leaves for the next one.

    With a table wait the tables whose rows need one of its own, and every later row of a rep of whom a row waits: none
    of them may come before it.
    """

    def __init__(self) -> None:
        self._tables: set[str] = set()
        self._keys: set[str] = set()
        self.problem: str | None = None

    def hold(self, batch: Batch, problem: str) -> None:
        """Leave this batch and what must not overtake it; the first problem is the one that is told."""
        self._tables |= with_referring(batch.items[0].write.table)
        self._keys.update(item.key for item in batch.items)
        self.problem = self.problem or problem

    def rest(self, batch: Batch) -> Batch | None:
        """What of the batch may be written, in its order; None where all of it waits."""
        if self.problem is None:
            return batch
        free = []
        for item in batch.items:
            if item.key in self._keys or item.write.table in self._tables:
                self._keys.add(item.key)
            else:
                free.append(item)
        return msgspec.structs.replace(batch, items=tuple(free)) if free else None
