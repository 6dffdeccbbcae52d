"""Trouble on order: what a test wants to go wrong with which calls."""

import math
from typing import Any

from sandbox.telegram.clock import Clock

KINDS = ("error", "latency", "drop_before", "drop_after", "html")
_DEFAULTS: dict[str, Any] = {
    "method": "*",
    "kind": "error",
    "status": 500,
    "times": 1,
    "after": 0,
    "latency_s": 0,
    "lasts_s": math.inf,
}


class Fault:
    """One order, used up by the calls it strikes or over after `lasts_s`; ValueError for an unknown kind."""

    def __init__(self, given: dict[str, Any], now: float) -> None:
        order = _DEFAULTS | given
        if order["kind"] not in KINDS:
            raise ValueError(f"a fault's kind is one of {', '.join(KINDS)}")
        self.kind = str(order["kind"])
        self.status = int(order["status"])
        self.latency_s = float(order["latency_s"])
        self.retry_after: int | None = order.get("retry_after")
        self.description = str(order.get("description") or "Internal Server Error: restart")
        self._method = str(order["method"]).lower()
        self._chat_id = str(order.get("chat_id", ""))
        self._contains = str(order.get("contains", ""))
        self._left = int(order["times"]) or -1
        self._passed = int(order["after"])
        self._ends_at = now + float(order["lasts_s"])

    def is_over(self, now: float) -> bool:
        """Whether it has struck often enough or lasted long enough."""
        return self._left == 0 or now >= self._ends_at

    def strikes(self, method: str, chat_id: str, text: str) -> bool:
        """Whether this call is struck, which uses the fault up by one; `method` in lower case."""
        if self._method not in (method, "*") or self._chat_id not in ("", chat_id) or self._contains not in text:
            return False
        if self._passed > 0:
            self._passed -= 1
            return False
        self._left -= 1
        return True


class Faults:
    """The orders that are not over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._orders: list[Fault] = []

    def add(self, given: dict[str, Any]) -> None:
        """Order a fault; ValueError where it makes no sense."""
        self._orders.append(Fault(given, self._clock.now()))

    def forget(self) -> None:
        """Drop every order."""
        self._orders.clear()

    def for_call(self, method: str, chat_id: str, text: str) -> Fault | None:
        """The fault that strikes this call."""
        now = self._clock.now()
        self._orders = [one for one in self._orders if not one.is_over(now)]
        return next((one for one in self._orders if one.strikes(method, chat_id, text)), None)
