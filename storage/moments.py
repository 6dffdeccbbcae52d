"""Times as they are stored: UTC text of fixed width, so that the order of texts is the order of times."""

from datetime import UTC, datetime

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def to_text(epoch: float) -> str:
    """UTC epoch seconds as `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""
    return datetime.fromtimestamp(epoch, UTC).strftime(_FORM)


def from_text(text: str) -> float:
    """UTC epoch seconds of a stored time, in our form or as PostgreSQL writes it; raises ValueError."""
    return datetime.fromisoformat(text).timestamp()


def normalized(text: str) -> str:
    """A time as PostgreSQL writes it, in our form."""
    return to_text(from_text(text))
