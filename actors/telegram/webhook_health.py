"""WebhookHealth: what Telegram's account of its last failed delivery says about now."""

import msgspec

_SHOWN = 120


class WebhookInfo(msgspec.Struct):
    """The part of getWebhookInfo that matters here; the date in seconds, 0 where nothing ever failed."""

    url: str = ""
    pending_update_count: int = 0
    last_error_message: str = ""
    last_error_date: int = 0


class WebhookHealth:
    """Tells a failure that lasts from one that is over: Telegram repeats its last error long after it has been cured.

    A failure from before the process listened, or before the last update that came through, is over.
    """

    def __init__(self) -> None:
        self._came_through = True
        self._over_until = 0

    def came_through(self) -> None:
        """Note that deliveries work from here on."""
        self._came_through = True

    def trouble(self, info: WebhookInfo) -> str | None:
        """One sentence for the operator while updates wait and cannot be brought."""
        if self._came_through:
            self._came_through, self._over_until = False, info.last_error_date
        if info.pending_update_count == 0 or info.last_error_date <= self._over_until:
            return None
        return f"Telegram cannot bring updates to the webhook ({info.last_error_message[:_SHOWN]})."
