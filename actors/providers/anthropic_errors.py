"""What Anthropic's errors mean: by `error.type` and the status. Source: Claude's error reference, November 2026."""

import re
from datetime import UTC, datetime

import msgspec

from actors.providers.failures import Failure, request_name, unreachable, word
from actors.providers.http import Headers
from actors.providers.messages import FailureKind
from actors.providers.retry_after import retry_after

KEY_CLOSED_S = 60.0
"""How long a key is left alone that is refused, unpaid or at a limit, which its owner may change any moment."""
_SPEND_LIMIT = "enforced_spend_limit_reached"
_RAMP_LIMIT = "ramp_limit_exceeded"
"""The account's use grows too fast; any other limit of a minute is one class of models'."""
_USAGE_LIMIT = "specified API usage limits"
_REGAINED = re.compile(r"regain access on (\d{4}-\d\d-\d\d)(?: at (\d\d:\d\d))?", re.ASCII)
_OVERLOADED = 529


class Details(msgspec.Struct):
    """The finer code of an error."""

    error_code: str | None = None


class ErrorBody(msgspec.Struct):
    """An `error` object; the message is read only to tell a spent limit from a bad request, and until when it holds."""

    type: str = ""
    message: str | None = None
    details: Details | None = None


class _Envelope(msgspec.Struct):
    error: ErrorBody
    request_id: str | None = None


_STATUS_OF = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": _OVERLOADED,
}


def classify(status: int, headers: Headers, body: bytes, now: float) -> Failure:
    """The failure that an answer with this status and body stands for."""
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except msgspec.MsgspecError:
        envelope = _Envelope(ErrorBody())
    return failure_of(status, envelope.error, headers, now, request_id=envelope.request_id)


def failure_of(
    status: int,
    error: ErrorBody,
    headers: Headers | None = None,
    now: float = 0.0,
    request_id: str | None = None,
) -> Failure:
    """Classify an `error` object; `x-should-retry` overrides what the type says, for failures that may be retried."""
    headers = headers or {}
    failure = _by_meaning(_STATUS_OF.get(error.type, status), error, headers, now)
    named = msgspec.structs.replace(
        failure, status=status, request_id=request_name(headers.get("request-id") or request_id)
    )
    match headers.get("x-should-retry"):
        case "false":
            return msgspec.structs.replace(named, retryable=False)
        case "true":
            return msgspec.structs.replace(named, retryable=True)
    return named


def _by_meaning(status: int, error: ErrorBody, headers: Headers, now: float) -> Failure:
    label = word(error.type or f"http_{status}")
    if status == 400:
        return _bad_request(label, error, now)
    if status in (401, 402):
        kind = FailureKind.KEY_REJECTED if status == 401 else FailureKind.NO_CREDIT
        return Failure(kind=kind, fault="key" if status == 401 else "quota", error_type=label, closes_s=KEY_CLOSED_S)
    if status == 403:
        return Failure(kind=FailureKind.MISCONFIGURED, fault="key", error_type=label)
    if status == 413:
        return Failure(kind=FailureKind.TOO_LONG, fault="content", error_type=label)
    if status == 429:
        return _limited(label, error, headers, now)
    if status in (408, 409) or status >= 500 or status < 400:
        return msgspec.structs.replace(
            unreachable(label),
            retry_after_s=retry_after(headers, now),
            throttled=status in (503, _OVERLOADED),
        )
    return Failure(kind=FailureKind.MISCONFIGURED, fault="ours", error_type=label, fallback=status == 404)


def _bad_request(label: str, error: ErrorBody, now: float) -> Failure:
    """Most are our own mistakes, but a spent limit of the customer's and a too long prompt are told by this one too."""
    text = error.message or ""
    if _USAGE_LIMIT in text:
        return _spent("usage_limit_reached", now, _stated(text))
    if "prompt is too long" in text or "exceed context" in text:
        return Failure(kind=FailureKind.TOO_LONG, fault="content", error_type="prompt_too_long")
    return Failure(kind=FailureKind.MISCONFIGURED, fault="ours", error_type=label)


def _limited(label: str, error: ErrorBody, headers: Headers, now: float) -> Failure:
    code = error.details.error_code if error.details else None
    wait = retry_after(headers, now)
    if code == _SPEND_LIMIT:
        return _spent(_SPEND_LIMIT, now)
    return Failure(
        kind=FailureKind.RATE_LIMITED,
        fault="quota",
        error_type=word(code) if code else label,
        retryable=True,
        retry_after_s=wait,
        throttled=True,
        fallback=code != _RAMP_LIMIT,
        scope="account" if code == _RAMP_LIMIT else "model",
    )


def _stated(text: str) -> float | None:
    """The moment at which a spent limit is renewed, where the message says it."""
    found = _REGAINED.search(text)
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}+00:00").timestamp() if found else None
    except ValueError:
        return None


def _spent(label: str, now: float, renewed_at: float | None = None) -> Failure:
    """The month's limit is spent; unless more is stated it is renewed on the first of the next month, UTC."""
    moment = datetime.fromtimestamp(now, UTC)
    year, month = (moment.year + 1, 1) if moment.month == 12 else (moment.year, moment.month + 1)
    wait = max(0.0, (renewed_at or datetime(year, month, 1, tzinfo=UTC).timestamp()) - now)
    return Failure(
        kind=FailureKind.SPEND_LIMIT,
        fault="quota",
        error_type=label,
        retry_after_s=wait,
        closes_s=min(wait, KEY_CLOSED_S),
    )
