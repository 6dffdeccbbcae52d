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

    __hash__ = str.__hash__  # Enum's own is written in Python, and every step of a life counts phases


class Step(StrEnum):
    """What a signal asks for; LEAVE is an end the actor chose itself, CRASH a failure from outside its handler."""

    START = "start"
    DISPOSE = "dispose"
    END = "end"
    LEAVE = "leave"
    CRASH = "crash"

    __hash__ = str.__hash__


# An enum's attribute is slow to get in Python 3.11, and every step of every life asks for several.
AWAITED, STARTING, UP, STOPPING, DOWN, ENDED = Phase
START, DISPOSE, END, LEAVE, CRASH = Step
