"""What a lane tells itself when a time has come."""

import msgspec


class DeadlinePassed(msgspec.Struct, frozen=True):
    """The request's time is over."""

    number: int


class BackoffOver(msgspec.Struct, frozen=True):
    """The request may be tried again."""

    number: int


class Wake(msgspec.Struct, frozen=True):
    """More may be sent than before, or the lane's state has ended."""


class LookAgain(msgspec.Struct, frozen=True):
    """The waits that were told may have changed."""


class LookIdle(msgspec.Struct, frozen=True):
    """The lane may have nothing to do any more: it had accepted so many requests when the timer was set."""

    accepted: int
