"""What waits for one chat, in two lanes: what the rep waits for, and behind it what nobody asked for."""

from collections import deque

import msgspec

from actors.journal import OutboxEntry
from actors.telegram.messages import TelegramCall
from actors.telegram.pacing import is_paced

_EDIT = "editMessageText"


class WaitingCall(msgspec.Struct, frozen=True):
    """An entry of the journal and the call in it, None where it cannot be read."""

    entry: OutboxEntry
    call: TelegramCall | None

    @property
    def bulk(self) -> bool:
        """Whether nobody asked for it."""
        return self.call is not None and self.call.bulk

    @property
    def paced(self) -> bool:
        """Whether it counts as a message."""
        return self.call is not None and is_paced(self.call)


def waiting_call(entry: OutboxEntry) -> WaitingCall:
    """The entry with its call."""
    try:
        return WaitingCall(entry, msgspec.json.decode(entry.payload, type=TelegramCall))
    except msgspec.MsgspecError:
        return WaitingCall(entry, None)


class Lanes:
    """Each lane in its order; bulk calls go when nothing else waits."""

    def __init__(self) -> None:
        self._answers: deque[WaitingCall] = deque()
        self._bulk: deque[WaitingCall] = deque()

    @property
    def first(self) -> WaitingCall | None:
        """What goes next; None if nothing waits."""
        lane = self._answers or self._bulk
        return lane[0] if lane else None

    def add(self, waiting: WaitingCall) -> None:
        """Put it at the end of its lane."""
        (self._bulk if waiting.bulk else self._answers).append(waiting)

    def take(self) -> None:
        """Let go of the first."""
        (self._answers or self._bulk).popleft()

    def overtakes(self, waiting: WaitingCall) -> bool:
        """Whether a later edit that waits here makes this one needless."""
        message = _edited(waiting)
        return message is not None and any(
            later.entry.sequence > waiting.entry.sequence and _edited(later) == message
            for lane in (self._answers, self._bulk)
            for later in lane
        )


def first_of_each_lane(entries: tuple[OutboxEntry, ...]) -> frozenset[int]:
    """The sequence numbers of those of a chat's entries one of which may be under way."""
    firsts: dict[bool, int] = {}
    for entry in entries:
        firsts.setdefault(waiting_call(entry).bulk, entry.sequence)
    return frozenset(firsts.values())


def _edited(waiting: WaitingCall) -> object:
    """The message whose text it replaces, None if it replaces none."""
    call = waiting.call
    return call.parameters.get("message_id") if call is not None and call.method == _EDIT else None
