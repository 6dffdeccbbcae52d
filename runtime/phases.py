"""Where an actor stands in its life, and the steps between."""

from enum import StrEnum


class Phase(StrEnum):
    """Messages are accepted in all phases but ENDED and handled in UP only."""

    AWAITED = "awaited"
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    DOWN = "down"
    ENDED = "ended"


class Step(StrEnum):
    """What a signal asks for; LEAVE is an end the actor chose itself, CRASH a failure from outside its handler."""

    START = "start"
    DISPOSE = "dispose"
    END = "end"
    LEAVE = "leave"
    CRASH = "crash"
