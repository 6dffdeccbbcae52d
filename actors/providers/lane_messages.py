"""What LlmRouter and its lanes say to each other, and the settings of a lane."""

import msgspec

from actors.providers.messages import Complete, Credential, Provider, ProviderStatus
from runtime import Address


class LaneSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers a lane works by; times in seconds. The free allowance is the provider's, per account."""

    free_requests_per_minute: int = 20
    concurrency_start: int = 4
    concurrency_cap: int = 16
    per_rep_interactive: int = 2
    per_rep_background: int = 1
    first_token_free_s: float = 60.0
    first_token_paid_s: float = 30.0
    idle_s: float = 20.0
    coalesce_s: float = 0.05
    queued_notice_s: float = 5.0
    retries_free: int = 1
    retries_paid: int = 2
    backoff_base_s: float = 0.5
    backoff_cap_s: float = 20.0
    leaves_after_s: float = 600.0


class LaneName(msgspec.Struct, frozen=True):
    """Which lane: a credential, and whether its calls count against a free allowance. `name` holds no identity."""

    name: str
    credential: Credential
    free: bool

    @property
    def provider(self) -> Provider:
        """The provider the credential belongs to."""
        return self.credential.provider


class RunCompletion(msgspec.Struct, frozen=True):
    """Answer this request and send what comes of it to `reply_to`; `number` is the router's name for it."""

    number: int
    request: Complete
    models: tuple[str, ...]
    reply_to: Address


class StopCompletion(msgspec.Struct, frozen=True):
    """Nobody waits for this request any more."""

    number: int


class CompletionSettled(msgspec.Struct, frozen=True):
    """The request is over and its sender has been told."""

    number: int
    request_id: str


class LaneReported(msgspec.Struct, frozen=True):
    """The lane's state changed; `until` is the clock's reading at which its rest ends."""

    status: ProviderStatus
    until: float


class LaneIdle(msgspec.Struct, frozen=True):
    """The lane has had nothing to do for long; `accepted` requests came in all."""

    name: str
    accepted: int
