"""What OpenRouter's errors mean: by the stable `error_type` first, then by the status.

Source: OpenRouter's error reference and the table of limits, November 2026.
"""

import msgspec

from actors.providers.failures import Failure, refused, request_name, word
from actors.providers.http import Headers
from actors.providers.limits import FREE_DAY_SPENT, until_midnight
from actors.providers.messages import FailureKind
from actors.providers.retry_after import epoch_hint, retry_after

UPSTREAM_REST_S = 30.0
"""How long a model rests when its provider limits us and gives no hint."""
ACCOUNT_CLOSED_S = 60.0
"""How long an account without credit, at a budget that may be raised, or with a refused key is left alone before it is
tried again."""
_MASKED_STATUS = 500


class Metadata(msgspec.Struct):
    """The part of an error's metadata that decides; moderation's excerpts of user text are left unread."""

    error_type: str | None = None
    provider_code: int | str | None = None
    provider_name: str | None = None
    limit_source: str | None = None
    resets_at: int | float | str | None = None
    headers: dict[str, str | int | float] | None = None


class Availability(msgspec.Struct):
    """Why no endpoint can serve the request."""

    code: str = ""
    retryable: bool = False
    retry_after: float | None = None


class ErrorBody(msgspec.Struct):
    """An `error` object; the message is read only for the name of the window that is spent."""

    code: int | str | None = None
    message: str | None = None
    metadata: Metadata | None = None
    availability: Availability | None = None


class _Envelope(msgspec.Struct):
    error: ErrorBody


_TOO_LONG = frozenset(
    {"context_length_exceeded", "string_too_long", "token_limit_exceeded", "payload_too_large", "max_tokens_exceeded"}
)
_CONTENT = frozenset({"content_policy_violation", "refusal"})
_TRANSIENT = frozenset({"provider_unavailable", "provider_overloaded", "timeout", "server", "unmapped", "server_error"})
_STATUS_OF = {
    "authentication": 401,
    "payment_required": 402,
    "weight_exceeds_budget": 402,
    "permission_denied": 403,
    "not_found": 404,
    "rate_limit_exceeded": 429,
}


def classify(status: int, headers: Headers, body: bytes, now: float) -> Failure:
    """The failure that an answer with this status and body stands for."""
    try:
        error = msgspec.json.decode(body, type=_Envelope).error
    except msgspec.MsgspecError:
        error = ErrorBody()
    return failure_of(status, error, headers, now)


def failure_of(status: int, error: ErrorBody, headers: Headers | None = None, now: float = 0.0) -> Failure:
    """Classify an `error` object wherever it stood: in a refusal, in a 200, or in the middle of a stream."""
    metadata = error.metadata or Metadata()
    name = metadata.error_type or ""
    if error.availability is not None and error.availability.code:
        return _unservable(status, error.availability)
    failure = _by_meaning(_meant_status(status, name, error), name, error, metadata, headers or {}, now)
    return msgspec.structs.replace(
        failure, status=status, request_id=request_name((headers or {}).get("x-generation-id"))
    )


def _meant_status(status: int, name: str, error: ErrorBody) -> int:
    """An error in a 200 says its status inside."""
    if name in _STATUS_OF:
        return _STATUS_OF[name]
    if status >= 400:
        return status
    code = str(error.code or "")
    return int(code) if code.isdigit() and 400 <= int(code) < 600 else _MASKED_STATUS


def _by_meaning(status: int, name: str, error: ErrorBody, metadata: Metadata, headers: Headers, now: float) -> Failure:
    label = word(name or f"http_{status}")
    if name in _TOO_LONG or status == 413:
        return Failure(kind=FailureKind.TOO_LONG, fault="content", error_type=label)
    if name in _CONTENT:
        return refused(label)
    if name in _TRANSIENT or status in (408, 409) or status >= 500:
        return Failure(
            kind=FailureKind.UNAVAILABLE,
            fault="provider",
            error_type=label,
            retryable=True,
            retry_after_s=retry_after(headers, now),
            throttled=status in (503, 529),
            fallback=True,
        )
    if status == 429:
        return _limited(label, error, metadata, headers, now)
    if status == 402:
        return _unpaid(label, headers, now)
    if status == 401:
        return Failure(kind=FailureKind.KEY_REJECTED, fault="key", error_type=label, closes_s=ACCOUNT_CLOSED_S)
    if status == 403:
        return _denied(label, metadata, now)
    return Failure(kind=FailureKind.MISCONFIGURED, fault="ours", error_type=label, fallback=status == 404)


def _limited(label: str, error: ErrorBody, metadata: Metadata, headers: Headers, now: float) -> Failure:
    """Who limits: the account (its headers are there), the model's own provider, or nobody says.

    The account's allowance carries `X-RateLimit-*`, either as headers or inside the metadata.
    """
    limits = {name.lower(): str(value) for name, value in (metadata.headers or {}).items()}
    limits |= {name.lower(): value for name, value in headers.items()}
    if "x-ratelimit-reset" in limits or "x-ratelimit-limit" in limits:
        return _allowance_spent(label, error, limits, now)
    upstream = bool(metadata.provider_code or metadata.provider_name)
    return Failure(
        kind=FailureKind.RATE_LIMITED,
        fault="provider" if upstream else "quota",
        error_type=label,
        retryable=True,
        retry_after_s=_or_else(retry_after(limits, now), UPSTREAM_REST_S),
        throttled=True,
        fallback=True,
        scope="model" if upstream else "unclear",
    )


def _allowance_spent(label: str, error: ErrorBody, limits: Headers, now: float) -> Failure:
    wait = retry_after(limits, now)
    if "per-day" in (error.message or ""):
        wait = _or_else(wait, until_midnight(now))
        return Failure(
            kind=FailureKind.QUOTA_SPENT,
            fault="quota",
            error_type=FREE_DAY_SPENT,
            retry_after_s=wait,
            closes_s=wait,
            scope="account",
        )
    return Failure(
        kind=FailureKind.RATE_LIMITED,
        fault="quota",
        error_type=label,
        retryable=True,
        retry_after_s=_or_else(wait, 60.0),
        throttled=True,
        scope="account",
    )


def _unpaid(label: str, headers: Headers, now: float) -> Failure:
    wait = retry_after(headers, now)
    return Failure(
        kind=FailureKind.NO_CREDIT,
        fault="quota",
        error_type=label,
        retryable=wait is not None,
        retry_after_s=wait,
        closes_s=None if wait is not None else ACCOUNT_CLOSED_S,
        scope="account",
    )


def _denied(label: str, metadata: Metadata, now: float) -> Failure:
    """A 403 is a spent budget where it says when it resets, and otherwise a guardrail on this content."""
    reset = epoch_hint(metadata.resets_at, now)
    if reset is not None or metadata.limit_source:
        return Failure(
            kind=FailureKind.SPEND_LIMIT,
            fault="quota",
            error_type=label,
            retry_after_s=reset,
            closes_s=min(_or_else(reset, ACCOUNT_CLOSED_S), ACCOUNT_CLOSED_S),
        )
    return refused(label)


def _unservable(status: int, availability: Availability) -> Failure:
    label = word(availability.code)
    if availability.retryable or availability.code in ("capacity_exhausted", "temporarily_unavailable"):
        return Failure(
            kind=FailureKind.UNAVAILABLE,
            fault="provider",
            error_type=label,
            status=status,
            retryable=True,
            retry_after_s=_or_else(availability.retry_after, UPSTREAM_REST_S),
            throttled=True,
            fallback=True,
        )
    return Failure(kind=FailureKind.MISCONFIGURED, fault="ours", error_type=label, status=status, fallback=True)


def _or_else(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
