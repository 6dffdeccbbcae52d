"""LaneJob: one request in a lane, from acceptance to its one answer."""

import msgspec

from actors.providers.messages import ChatMessage, Complete, Priority
from runtime import Address, Timer


class LaneJob(msgspec.Struct, eq=False, kw_only=True):
    """The state of a request. `models` shrinks from the left as the lane falls back; `attempts` counts HTTP calls."""

    number: int
    request: Complete
    reply_to: Address
    models: tuple[str, ...]
    messages: tuple[ChatMessage, ...]
    accepted_at: float
    deadline: Timer
    started_at: float = 0.0
    started_time: float = 0.0
    attempts: int = 0
    retries: int = 0
    repaired: bool = False
    queued: bool = False
    call: Address | None = None
    backoff: Timer | None = None

    @property
    def deadline_at(self) -> float:
        """The clock's reading at which the request must be over."""
        return self.accepted_at + self.request.deadline_s

    @property
    def place(self) -> tuple[Priority, int]:
        """Where the request waits: its class and its rep."""
        return self.request.priority, self.request.telegram_id
