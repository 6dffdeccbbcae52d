"""What a run of chaos does and when, all of it from one seed."""

import random
from collections.abc import Iterator
from itertools import product

import msgspec

_HEADS = ("Ba", "Do", "Fe", "Ga", "Ki", "Lu", "Mo", "Ne", "Ra", "So", "Ta", "Vi")
_MIDDLES = ("ka", "lo", "mi", "ne", "ro", "su", "ta", "vo", "la", "di", "ge", "po")
_ENDS = ("ra", "lin", "mo", "ska", "to", "ven", "na", "rik", "sa", "dor", "mel", "ku")
_TELEGRAM: tuple[dict[str, object], ...] = (
    {"method": "sendMessage", "kind": "error", "status": 429, "retry_after": 1, "times": 3},
    {"method": "sendMessage", "kind": "error", "status": 502, "times": 2},
    {"method": "sendMessage", "kind": "html", "times": 2},
    {"method": "sendMessage", "kind": "drop_before", "times": 2},
    {"method": "sendMessage", "kind": "drop_after", "times": 1},
    {"method": "sendMessage", "kind": "latency", "latency_s": 3, "times": 2},
    {"method": "getUpdates", "kind": "error", "status": 500, "times": 2},
    {"method": "getUpdates", "kind": "drop_after", "times": 1},
    {"method": "*", "kind": "drop_before", "times": 3},
)
TROUBLE_LASTS_S = 10
"""A trouble of Telegram or a model passes, called upon or not: those of a process that is down would pile up."""

_MODELS: tuple[dict[str, object], ...] = (
    {"kind": "rate_limit", "retry_after": 1, "times": 2},
    {"kind": "server_error", "times": 2},
    {"kind": "bad_gateway", "times": 2},
    {"kind": "overloaded", "times": 2},
    {"kind": "disconnect", "times": 2},
    {"kind": "hang", "times": 1},
    {"kind": "mid_stream_error", "times": 2},
    {"kind": "cut", "times": 2},
    {"kind": "stall", "times": 1},
    {"kind": "invalid_json", "times": 2},
    {"kind": "empty_choices", "times": 2},
    {"kind": "wrong_shape", "times": 2},
)
_STORAGE = (
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "proxy_page",
    "unavailable",
    "rate_limit",
    "hang",
)
_MALFORMED: tuple[dict[str, object], ...] = (
    {"update": {"message": 5}},
    {"update": {"message": {"message_id": 1, "from": {"id": "nobody"}, "text": ["a", {}]}}},
    {"update": {"callback_query": {"id": None}}},
    {"update": {"unheard_of": {"from": {"id": 1}}}},
    {"text": '{"update_id": "no number"}'},
    {"text": "[]"},
)


class Prospect(msgspec.Struct, frozen=True):
    """One message of one rep; the prospect's name occurs nowhere else in the run."""

    at: float
    rep: int
    name: str


class Trouble(msgspec.Struct, frozen=True):
    """Something that goes wrong with one of the three services, or an update that is wrong itself."""

    at: float
    where: str
    order: dict[str, object]


class Plan(msgspec.Struct, frozen=True):
    """Moments in seconds since the start, each list in order."""

    prospects: tuple[Prospect, ...]
    troubles: tuple[Trouble, ...]
    kills: tuple[float, ...]


def make_plan(seed: int, *, reps: int, messages: int, kills: int, duration_s: float) -> Plan:
    """Spread everything over the duration; the same numbers make the same plan."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable schedule, not a secret
    names = _names(chance)
    prospects = []
    for rep in range(reps):
        moments = sorted(chance.uniform(0, duration_s) for _ in range(messages))
        prospects += [Prospect(at, rep, next(names)) for at in moments]
    troubles = [_trouble(chance, at) for at in _moments(chance, int(duration_s * 1.5), duration_s)]
    return Plan(
        tuple(sorted(prospects, key=lambda one: (one.at, one.rep))),
        tuple(troubles),
        tuple(_moments(chance, kills, duration_s)),
    )


def _names(chance: random.Random) -> Iterator[str]:
    names = ["".join(parts) for parts in product(_HEADS, _MIDDLES, _ENDS)]
    chance.shuffle(names)
    return iter(names)


def _moments(chance: random.Random, count: int, duration_s: float) -> list[float]:
    return sorted(chance.uniform(0, duration_s) for _ in range(count))


def _trouble(chance: random.Random, at: float) -> Trouble:
    match chance.choices(("telegram", "models", "storage", "malformed", "duplicate"), (4, 4, 4, 1, 2))[0]:
        case "telegram":
            return Trouble(at, "telegram", chance.choice(_TELEGRAM) | {"lasts_s": TROUBLE_LASTS_S})
        case "models":
            return Trouble(at, "models", chance.choice(_MODELS) | {"lasts_s": TROUBLE_LASTS_S})
        case "storage":
            return Trouble(at, "storage", {"fault": chance.choice(_STORAGE)})
        case "malformed":
            return Trouble(at, "malformed", chance.choice(_MALFORMED))
        case _:
            return Trouble(at, "duplicate", {})
