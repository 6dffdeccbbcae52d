"""Whether a wait has become another than the one that was told."""

_NOTICEABLE = 1.5
"""A wait that is longer or shorter by this factor than the one that was told is told again."""


def is_as_told(wait_s: float, told_s: float) -> bool:
    """Whether the wait is about what was told last; what was told is 0 where nothing was."""
    return told_s / _NOTICEABLE < wait_s < told_s * _NOTICEABLE
