"""Times as they are stored: UTC text of fixed width, so that the order of texts is the order of times."""

from datetime import UTC, datetime

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def to_text(epoch: float) -> str:
    """UTC epoch seconds as `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""
    return datetime.fromtimestamp(epoch, UTC).strftime(_FORM)


def from_text(text: str) -> float:
    """UTC epoch seconds of a stored time, in our form or as PostgreSQL writes it; raises ValueError."""
    return _moment(text).timestamp()


def normalized(text: str) -> str:
    """A time with its zone, in our form, to the microsecond; raises ValueError, OverflowError."""
    return _moment(text).astimezone(UTC).strftime(_FORM)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    if moment.year < 1000:
        raise ValueError("a year of fewer than four digits has no fixed width")
    return moment
