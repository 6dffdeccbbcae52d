"""Faults ordered through the control API: what goes wrong, for which requests, how often."""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import msgspec


class Kind(StrEnum):
    """Every way an emulated provider can fail."""

    RATE_LIMIT = "rate_limit"
    SPEND_LIMIT = "spend_limit"
    UNAUTHORIZED = "unauthorized"
    PAYMENT_REQUIRED = "payment_required"
    FORBIDDEN = "forbidden"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    OVERLOADED = "overloaded"
    DISCONNECT = "disconnect"
    HANG = "hang"
    KEEP_ALIVE = "keep_alive"
    ERROR_IN_200 = "error_in_200"
    EMPTY_CHOICES = "empty_choices"
    MID_STREAM_ERROR = "mid_stream_error"
    CUT = "cut"
    STALL = "stall"
    PROSE = "prose"
    INVALID_JSON = "invalid_json"
    WRONG_SHAPE = "wrong_shape"
    TRUNCATED = "truncated"
    REFUSAL = "refusal"
    SLOW_DRIP = "slow_drip"


STATUS = {
    Kind.RATE_LIMIT: 429,
    Kind.SPEND_LIMIT: 429,
    Kind.UNAUTHORIZED: 401,
    Kind.PAYMENT_REQUIRED: 402,
    Kind.FORBIDDEN: 403,
    Kind.SERVER_ERROR: 500,
    Kind.BAD_GATEWAY: 502,
    Kind.UNAVAILABLE: 503,
    Kind.GATEWAY_TIMEOUT: 504,
    Kind.OVERLOADED: 529,
}
"""Kinds answered with this status and an error body, before anything is streamed."""

SILENT = frozenset({Kind.DISCONNECT, Kind.HANG})
"""Kinds that answer nothing at all."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One order of faults.

    It strikes `times` matching requests (0 = for ever) after letting `after_n` of them pass. `match` is a part of
    the model id or of the request's text. `route` is completion, models, key or count_tokens. `retry_after` is in
    seconds; `limit_headers` adds X-RateLimit-* to OpenRouter's 429 (an account limit), `upstream` names a provider
    in it instead. `share` strikes only that part of the matching requests, evenly spread. `after_pieces` is how many
    pieces of text go out before a mid-stream fault; `gap_s` the pause of a slow drip. After `lasts_s` it is over.
    """

    kind: Kind
    provider: str | None = None
    times: int = 1
    after_n: int = 0
    match: str = ""
    route: str = "completion"
    retry_after: float | None = None
    limit_headers: bool = False
    upstream: bool = False
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    after_pieces: int = 5
    gap_s: float = 1.0
    lasts_s: float | None = None

    def concerns(self, provider: str, route: str, text: str) -> bool:
        """Whether this order is about such a request."""
        return self.provider in (None, provider) and self.route == route and self.match in text


class Faults:
    """The orders in force, oldest first; each request is struck by at most one. `clock` gives epoch seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._orders: list[Fault] = []
        self._shares: list[float] = []
        self._ends: list[float] = []

    def add(self, fault: Fault) -> None:
        """Put an order in force."""
        self._orders.append(fault)
        self._shares.append(0.0)
        self._ends.append(math.inf if fault.lasts_s is None else self._clock() + fault.lasts_s)

    def clear(self) -> None:
        """Drop every order."""
        self._orders.clear()
        self._shares.clear()
        self._ends.clear()

    def pending(self) -> list[Fault]:
        """The orders that can still strike."""
        self._end_old()
        return list(self._orders)

    def _end_old(self) -> None:
        now = self._clock()
        for at in [at for at, end in enumerate(self._ends) if end <= now][::-1]:
            self._drop(at)

    def _drop(self, at: int) -> None:
        del self._orders[at], self._shares[at], self._ends[at]

    def strike(self, provider: str, route: str, text: str) -> Fault | None:
        """The fault that strikes this request, if any; counts it down."""
        self._end_old()
        for at, fault in enumerate(self._orders):
            if not fault.concerns(provider, route, text):
                continue
            if fault.after_n > 0:
                self._orders[at] = msgspec.structs.replace(fault, after_n=fault.after_n - 1)
                continue
            self._shares[at] += fault.share
            if self._shares[at] < 1.0:
                continue
            self._shares[at] -= 1.0
            if fault.times == 1:
                self._drop(at)
            elif fault.times > 1:
                self._orders[at] = msgspec.structs.replace(fault, times=fault.times - 1)
            return fault
        return None
