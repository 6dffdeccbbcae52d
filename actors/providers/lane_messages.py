"""What LlmRouter and its lanes say to each other, and the settings of a lane."""

from typing import Literal

import msgspec

from actors.providers.failures import Failure
from actors.providers.messages import (
    Complete,
    Credential,
    FailureKind,
    Priority,
    Provider,
    ProviderStatus,
    TeamKey,
    Usage,
)
from runtime import Address

Outcome = FailureKind | Literal["completed", "cancelled"]


class LaneSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers a lane works by; times in seconds.

    The free allowance is the provider's, per account: so many requests in any `free_period_s`, and so many in a UTC
    day until the provider says otherwise. `free_period_s` is a minute and the spread of what the network adds to a
    request on its way.
    """

    free_requests_per_minute: int = 20
    free_requests_per_day: int = 50
    free_period_s: float = 60.5
    allowance_asked_s: float = 300.0
    concurrency_start: int = 4
    concurrency_cap: int = 16
    per_rep_interactive: int = 2
    per_rep_background: int = 1
    first_token_free_s: float = 60.0
    first_token_paid_s: float = 30.0
    idle_s: float = 20.0
    coalesce_s: float = 0.05
    queued_notice_s: float = 5.0
    queue_looked_s: float = 5.0
    retries_free: int = 1
    retries_paid: int = 2
    backoff_base_s: float = 0.5
    backoff_cap_s: float = 20.0
    leaves_after_s: float = 600.0
    trace_content: bool = False

    @property
    def per_rep(self) -> dict[Priority, int]:
        """Calls of one rep that may be under way, by class."""
        return {Priority.INTERACTIVE: self.per_rep_interactive, Priority.BACKGROUND: self.per_rep_background}


class LaneName(msgspec.Struct, frozen=True):
    """Which lane: a credential, and whether its calls count against a free allowance. `name` holds no identity."""

    name: str
    credential: Credential
    free: bool

    @property
    def provider(self) -> Provider:
        """The provider the credential belongs to."""
        return self.credential.provider

    @property
    def paid_by(self) -> str:
        """Whose account pays."""
        return "team" if isinstance(self.credential, TeamKey) else "rep"


class RunCompletion(msgspec.Struct, frozen=True):
    """Answer this request and send what comes of it to `reply_to`; `number` is the router's name for it.

    `accepted_at` is the clock's reading from which its deadline counts. With `last` False the router has another
    lane to ask, and is told where this one cannot answer.
    """

    number: int
    request: Complete
    models: tuple[str, ...]
    reply_to: Address
    accepted_at: float
    last: bool = True


class PauseLane(msgspec.Struct, frozen=True):
    """Send nothing for so many seconds; zero ends a pause."""

    for_s: float


class CompletionPassed(msgspec.Struct, frozen=True):
    """This lane cannot answer, and another may; the sender has been told nothing of it."""

    number: int
    request_id: str
    failure: Failure


class CallBegan(msgspec.Struct, frozen=True):
    """A call that counts against a limit by the minute is being sent, at this epoch second."""

    lane: str
    at: float


class CallAccounted(msgspec.Struct, frozen=True):
    """One call reached the provider and is over: `usage` is what the provider said that it has used by then.

    It is None where the provider refused and so used nothing, and has no price where the call ended before a word of
    what it used. `answered` says whether an answer came of it, and `free` that it counts against the free allowance
    of its lane.
    """

    lane: str
    free: bool
    telegram_id: int
    agent: str
    provider: Provider
    model: str
    paid_by: str
    usage: Usage | None
    answered: bool = True


class CallEnded(msgspec.Struct, frozen=True):
    """One attempt is over after so many seconds: "completed", "cancelled", or what kind of failure it was."""

    provider: Provider
    model: str
    outcome: Outcome
    seconds: float
    usage: Usage | None


class StopCompletion(msgspec.Struct, frozen=True):
    """Nobody waits for this request any more."""

    number: int


class CompletionSettled(msgspec.Struct, frozen=True):
    """The request is over and its sender has been told."""

    number: int
    request_id: str


class LaneReported(msgspec.Struct, frozen=True):
    """The lane's state changed; `until` is the clock's reading at which its rest ends.

    `account_rests_until` is the same for the part of it that the provider asked for and that concerns every model.
    """

    status: ProviderStatus
    until: float
    account_rests_until: float = 0.0


class LaneIdle(msgspec.Struct, frozen=True):
    """The lane has had nothing to do for long; `accepted` requests came in all."""

    name: str
    accepted: int
