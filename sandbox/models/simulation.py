"""What both emulated providers share: options, faults, accounts, the prefix cache, the request log and the dice."""

import hashlib
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

import msgspec

from sandbox.models.accounts import Accounts
from sandbox.models.faults import Fault, Faults

_LOG_LENGTH = 20_000
_CACHE_MINIMUM = 1_024
_CACHE_LIFETIME_S = 300.0


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How the emulators behave; see `sandbox.models.start` for the meaning of each."""

    seed: int
    latency_s: tuple[float, float]
    pace: float
    keep_alive_s: float
    keys: tuple[str, ...] | None
    extra_models: tuple[str, ...]


@dataclass
class LogEntry:
    """One request as `GET /sim/requests` tells it; `at` is epoch seconds, `key` its last four characters."""

    number: int
    provider: str
    method: str
    path: str
    route: str
    key: str
    at: float
    model: str = ""
    stream: bool = False
    status: int = 0
    outcome: str = "open"


class Simulation:
    """The one state behind both emulators."""

    def __init__(self, options: Options, accounts: Accounts, clock: Callable[[], float]) -> None:
        self.options = options
        self.accounts = accounts
        self.faults = Faults(clock)
        self.clock = clock
        self.latency_s = options.latency_s
        self.pace = options.pace
        self._log: deque[LogEntry] = deque(maxlen=_LOG_LENGTH)
        self._cached_until: dict[str, float] = {}
        self._number = 0
        self._dice = random.Random(options.seed)  # noqa: S311 - latencies, not secrets

    def reset(self) -> None:
        """Forget requests, faults, accounts and caches, and return to the options of the start."""
        self.faults.clear()
        self.accounts.clear()
        self._log.clear()
        self._cached_until.clear()
        self._number = 0
        self._dice.seed(self.options.seed)
        self.latency_s, self.pace = self.options.latency_s, self.options.pace

    def accepts(self, key: str, prefix: str) -> bool:
        """Whether a provider whose keys begin with `prefix` knows this key."""
        if self.options.keys is not None:
            return key in self.options.keys
        return key.startswith(prefix) and len(key) > len(prefix) and "invalid" not in key

    def log(self, provider: str, method: str, path: str, route: str, key: str) -> LogEntry:
        """Enter a request into the log; the caller fills in how it ended."""
        self._number += 1
        hidden = f"…{key[-4:]}" if len(key) > 8 else ("…" if key else "")
        entry = LogEntry(self._number, provider, method, path, route, hidden, self.clock())
        self._log.append(entry)
        return entry

    def requests(self) -> list[dict[str, object]]:
        """Every request in order of arrival."""
        return [asdict(entry) for entry in self._log]

    def first_token_s(self) -> float:
        """Roll the time to the first token, in seconds."""
        return self._dice.uniform(*self.latency_s)

    def gap_s(self) -> float:
        """Roll the pause between two pieces of text, in seconds."""
        return self._dice.uniform(0.02, 0.06) * self.pace

    def new_id(self, prefix: str) -> str:
        """An id no other answer of this run has."""
        digest = hashlib.sha256(f"{self.options.seed}:{self._number}:{self._dice.random()}".encode()).hexdigest()
        return f"{prefix}{digest[:20]}"

    def strike(self, provider: str, route: str, text: str) -> Fault | None:
        """The fault ordered for this request, if any."""
        return self.faults.strike(provider, route, text)

    def cached_tokens(self, key: str, prefix: str, lifetime_s: float = _CACHE_LIFETIME_S) -> int:
        """Tokens of `prefix` read from this key's cache; a miss writes the prefix for the next call and counts 0."""
        tokens = count_tokens(prefix)
        if tokens < _CACHE_MINIMUM:
            return 0
        name = hashlib.sha256(f"{key}\0{prefix}".encode()).hexdigest()
        now = self.clock()
        hit = self._cached_until.get(name, 0.0) > now
        self._cached_until[name] = now + lifetime_s
        return tokens if hit else 0


def count_tokens(text: str) -> int:
    """An estimate of a text's tokens: one for every four characters."""
    return math.ceil(len(text) / 4)
