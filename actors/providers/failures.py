"""What can go wrong with a model call, as a value the lane decides on.

ProviderError carries one Failure:

    fault     ours       the request or the operator's configuration is wrong; repeating it changes nothing
              key        the credential is not accepted
              quota      the account's allowance or money is spent
              provider   the provider is down, overloaded or broke off
              content    the model would not or could not answer this text
"""

from typing import Literal

import msgspec

from actors.providers.messages import FailureKind

Fault = Literal["ours", "key", "quota", "provider", "content"]
Scope = Literal["account", "model", "unclear"]
_ELSEWHERE = frozenset(
    {
        FailureKind.KEY_REJECTED,
        FailureKind.KEY_UNREADABLE,
        FailureKind.NO_CREDIT,
        FailureKind.QUOTA_SPENT,
        FailureKind.SPEND_LIMIT,
        FailureKind.RATE_LIMITED,
        FailureKind.UNDECODABLE,
        FailureKind.UNAVAILABLE,
    }
)
"""What says nothing against asking on another lane."""


_TEAMS_AFFAIR = frozenset(
    {FailureKind.KEY_REJECTED, FailureKind.NO_CREDIT, FailureKind.SPEND_LIMIT, FailureKind.MISCONFIGURED}
)


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why one attempt failed. `error_type` is the provider's own word for it; no text of the body is kept.

    `retry_after_s` is what the provider asked for, or when what is spent is renewed. `closes_s` says how long nobody
    else on this credential need try; it is the shorter of the two where its owner may mend the account before.
    `fallback` means that another model may succeed where this one did not. `sent` is False where the provider has
    seen nothing of the request, which then spent nothing of any allowance. `scope` says who rests: everything on this
    account, this model alone, or whichever of the two it turns out to be.
    """

    kind: FailureKind
    fault: Fault
    error_type: str
    status: int | None = None
    retryable: bool = False
    retry_after_s: float | None = None
    closes_s: float | None = None
    throttled: bool = False
    fallback: bool = False
    request_id: str | None = None
    sent: bool = True
    scope: Scope = "model"

    @property
    def elsewhere(self) -> bool:
        """Whether the next lane of a chain may succeed where this one gave up."""
        return self.fallback or self.kind in _ELSEWHERE

    def operators_fault(self, *, team: bool) -> bool:
        """Whether only an operator can mend it: the settings, or the team's own key and money."""
        return self.fault == "ours" or (team and self.kind in _TEAMS_AFFAIR)

    def told(self, *, team: bool) -> FailureKind:
        """The kind as the rep hears it: they can mend their own key, and the team's is the operator's affair."""
        return FailureKind.MISCONFIGURED if team and self.kind is FailureKind.KEY_REJECTED else self.kind

    @property
    def detail(self) -> str:
        """One line for operators."""
        status = f"HTTP {self.status}, " if self.status is not None else ""
        request = f", request {self.request_id}" if self.request_id else ""
        return f"{status}{self.error_type}{request}"


KEY_UNREADABLE = Failure(kind=FailureKind.KEY_UNREADABLE, fault="key", error_type="key_unreadable", closes_s=3600.0)


class ProviderError(Exception):
    """A model call failed; see the Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def unreachable(error_type: str) -> Failure:
    """The provider did not answer, or broke off; another model of its own may stand elsewhere and do better."""
    return Failure(kind=FailureKind.UNAVAILABLE, fault="provider", error_type=error_type, retryable=True, fallback=True)


def refused(error_type: str) -> Failure:
    """The model would not answer this text."""
    return Failure(kind=FailureKind.REFUSED, fault="content", error_type=error_type, fallback=True)


def empty(*, truncated: bool) -> Failure:
    """The model ended without a word of text; asked the same again it would do the same, and be paid for it."""
    error_type = "token_limit_before_text" if truncated else "empty_answer"
    return Failure(kind=FailureKind.UNDECODABLE, fault="content", error_type=error_type, fallback=True)


def word(text: object) -> str:
    """A provider's error code made safe to show: short and without anything that is not part of an identifier."""
    kept = "".join(char for char in str(text)[:64] if char.isalnum() or char in "_-.")
    return kept or "unknown"


def request_name(text: str | None) -> str | None:
    """A provider's request id made safe to show."""
    return word(text) if text else None
