"""What Anthropic's headers say of the allowance that is left: on every answer, for requests and for input tokens."""

from actors.providers.http import Headers
from actors.providers.limits import Window
from actors.providers.retry_after import epoch_hint

_NAMES = {"requests": "requests", "input-tokens": "tokens"}


def windows(headers: Headers, now: float) -> tuple[Window, ...]:
    """The windows stated in full; `now` is the UTC epoch second at which the headers came."""
    return tuple(window for name, unit in _NAMES.items() if (window := _window(headers, name, unit, now)) is not None)


def _window(headers: Headers, name: str, unit: str, now: float) -> Window | None:
    prefix = f"anthropic-ratelimit-{name}"
    limit, left = _count(headers.get(f"{prefix}-limit")), _count(headers.get(f"{prefix}-remaining"))
    reset = epoch_hint(headers.get(f"{prefix}-reset"), now)
    if limit is None or left is None or reset is None:
        return None
    return Window(unit=unit, limit=limit, left=left, reset_s=reset)


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
