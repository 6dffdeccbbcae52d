"""Children: the supervision of one actor's children, outside the actor, so that a stuck parent still supervises."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

from runtime import life
from runtime.phases import DISPOSE, DOWN, ENDED, START, STOPPING, UP
from runtime.supervision import ChildSpec, Restart, Strategy, Supervision

if TYPE_CHECKING:
    from runtime.cell import Cell

_log = structlog.get_logger(__name__)


class Children:
    """One generation's children in order of their start."""

    __slots__ = ("_restarting", "_restarts", "by_name", "closing", "parent", "policy")

    def __init__(self, parent: "Cell", policy: Supervision) -> None:
        self.parent = parent
        self.policy = policy
        self.by_name: dict[str, Cell] = {}
        self._restarts: deque[float] = deque()
        self._restarting: set[asyncio.Task[None]] = set()
        self.closing = False

    def __len__(self) -> int:
        return len(self.by_name)

    def oldest_first(self) -> "list[Cell]":
        """The children in order of start."""
        return list(self.by_name.values())

    def newest_first(self) -> "list[Cell]":
        """The children in reverse order of start."""
        return list(reversed(self.by_name.values()))

    def add(self, cell: "Cell", spec: ChildSpec) -> None:
        """Take the cell as the newest child and start it."""
        self.by_name[spec.name] = cell
        cell.adopt(self.parent, spec)
        life.begin(cell, spec)

    def remove(self, cell: "Cell") -> None:
        """Forget a child that has ended."""
        if self.by_name.get(cell.name) is cell:
            del self.by_name[cell.name]

    def orphan(self) -> None:
        """Give the children to the root: they outlive a parent that exits alone."""
        root = self.parent.kernel.root
        for child in self.oldest_first():
            child.name = child.path  # the text of its address stays, and is a key in many a program
            child.parent = root
            root.offspring().by_name[child.name] = child
        self.by_name.clear()
        self._restarting.clear()  # these go on too

    def failed(self, child: "Cell") -> None:
        """Decide about a child that crashed."""
        if self.closing or child.ending or DISPOSE in (child.signals or ()):
            return
        if child.spec is None or child.spec.restart is Restart.TEMPORARY:
            life.request_end(child, "failed")
        else:
            self._restart(child)

    def restarts_after_leaving(self, child: "Cell") -> bool:
        """Whether a permanent child that ended itself normally, and is DOWN, starts again."""
        if self.closing:
            return False
        self._restart(child)
        return True

    async def close(self, *, for_good: bool) -> None:
        """Stop all in reverse order of start; well-known ones keep mailbox and address unless it is for good."""
        self.closing = True
        self.stop_restarting()
        for child in self.newest_first():
            if not for_good and child.spec is not None and child.spec.well_known:
                life.request_disposal(child)
                await child.reached(DOWN, ENDED)
                child.await_successor()
                self.remove(child)
            else:
                child.request_close()
                await child.reached(ENDED)

    def stop_restarting(self) -> None:
        """Begin no child anew that is not begun yet."""
        for task in self._restarting:
            task.cancel()

    def restarts_lately(self) -> int:
        """How many restarts the present period has seen."""
        while self._restarts and self.parent.kernel.now() - self._restarts[0] >= self.policy.period_s:
            self._restarts.popleft()
        return len(self._restarts)

    def _give_up(self, child: "Cell") -> None:
        child.end_reason = "escalated"
        _log.error("supervision_escalated", actor=self.parent.type_name, child=child.type_name, error=child.last_error)
        self.parent.escalate(child)

    def _restart(self, child: "Cell") -> None:
        if self.restarts_lately() >= self.policy.intensity:
            self._give_up(child)
            return
        self._restarts.append(self.parent.kernel.now())
        if self.policy.strategy is not Strategy.ONE_FOR_ONE:
            # One restart of the group at a time; a newer one covers what an older one has not finished.
            self.stop_restarting()
        group = self._group_of(child)
        task = self.parent.kernel.task(self._restart_group(child, group), f"restart in {self.parent.type_name}")
        self._restarting.add(task)
        task.add_done_callback(self._restarting.discard)

    def _group_of(self, child: "Cell") -> "list[Cell]":
        everyone = self.oldest_first()
        match self.policy.strategy:
            case Strategy.ONE_FOR_ONE:
                return [child]
            case Strategy.ONE_FOR_ALL:
                return everyone
            case Strategy.REST_FOR_ONE:
                down = (cell for cell in everyone if cell.phase in (STOPPING, DOWN) and not cell.ending)
                return everyone[everyone.index(next(down, child)) :]

    async def _restart_group(self, failed: "Cell", group: "list[Cell]") -> None:
        for cell in reversed(group):
            if cell is not failed and cell.spec is not None and cell.spec.restart is Restart.TEMPORARY:
                life.request_end(cell, "killed")
                await cell.reached(ENDED)
            else:
                life.request_disposal(cell)
                await cell.reached(DOWN, ENDED)
        pause = _next_pause(failed)
        if pause > 0:
            await self.parent.kernel.clock.sleep(pause)
        for cell in group:
            if cell.ending or cell.phase is not DOWN:
                continue
            cell.restarts += 1
            cell.stats.restarts += 1
            cell.signal(START)
            await cell.changed()  # it is DOWN until its turn comes
            await cell.reached(UP, STOPPING, DOWN, ENDED)


def _next_pause(child: "Cell") -> float:
    backoff = child.spec.backoff if child.spec is not None else None
    if backoff is None:
        return 0.0
    if child.failures_in_row and child.kernel.now() - child.started_at >= backoff.reset_after:
        child.failures_in_row = 0
    child.failures_in_row += 1
    return backoff.pause(child.failures_in_row, child.kernel.chance)
