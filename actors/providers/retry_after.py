"""How long a provider asks to be left alone, in each way that headers say it."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from actors.providers.http import Headers

LONGEST_S = 31 * 86_400.0
_MILLISECONDS_FROM = 1e11
"""An epoch number above this counts milliseconds: as seconds it would lie beyond the year 5000."""


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds to wait by `retry-after-ms`, `Retry-After` (seconds or date) or `X-RateLimit-Reset`, else None."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    stated = headers.get("retry-after")
    if stated is not None:
        seconds = _number(stated)
        return _bounded(seconds) if seconds is not None else _until_date(stated, now)
    return epoch_hint(headers.get("x-ratelimit-reset"), now)


def epoch_hint(value: object, now: float) -> float | None:
    """Seconds until a moment given as epoch seconds, epoch milliseconds or RFC 3339 text."""
    if value is None:
        return None
    number = _number(str(value))
    if number is not None:
        return _bounded((number / 1000 if number > _MILLISECONDS_FROM else number) - now)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return _bounded((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)


def _until_date(text: str, now: float) -> float | None:
    try:
        return _bounded(parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_S)
