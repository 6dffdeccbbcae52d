"""Supervision as values: what may be said about a child and about those who watch over it."""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import StrEnum
from typing import Literal

import msgspec
from thespian.actors import Actor as AnyActor

from runtime.address import Address

EndReason = Literal["normal", "failed", "killed", "escalated"]


class Restart(StrEnum):
    """When a child is started again: always, after a failure only, never. A child its parent stops never is."""

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    TEMPORARY = "temporary"


class Strategy(StrEnum):
    """Who is restarted with a failed child: itself, all its siblings, or those started after it."""

    ONE_FOR_ONE = "one_for_one"
    ONE_FOR_ALL = "one_for_all"
    REST_FOR_ONE = "rest_for_one"


class Backoff(msgspec.Struct, frozen=True):
    """The pause before a restart: full jitter under a ceiling that doubles per restart, in seconds.

    A child that has run `reset_after` seconds begins at `minimum` again.
    """

    minimum: float = 0.5
    maximum: float = 30.0
    reset_after: float = 60.0

    def ceiling(self, failures: int) -> float:
        """The longest pause after this many failures in a row (1 and up)."""
        return min(self.maximum, self.minimum * 2.0 ** min(failures - 1, 60))

    def pause(self, failures: int, chance: random.Random) -> float:
        """A random pause under the ceiling."""
        return chance.uniform(0.0, self.ceiling(failures))


class ChildSpec(msgspec.Struct, frozen=True):
    """How to make a child and how to treat it.

    `name` is unique among siblings; `well_known` registers it for `find`. `shutdown_s` is the time a stop may take
    before the child is killed. With a `backoff` restarts wait; without, they are immediate.
    """

    name: str
    factory: Callable[[], AnyActor]
    restart: Restart = Restart.PERMANENT
    shutdown_s: float = 5.0
    backoff: Backoff | None = None
    well_known: bool = False


class Supervision(msgspec.Struct, frozen=True):
    """How an actor class treats its children: more than `intensity` restarts within `period_s` escalate."""

    strategy: Strategy = Strategy.ONE_FOR_ONE
    intensity: int = 3
    period_s: float = 5.0


class Terminated(msgspec.Struct, frozen=True):
    """An actor has ended for good."""

    address: Address
    name: str
    reason: EndReason
