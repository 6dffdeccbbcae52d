"""How long to wait before the next try."""

import random

LONGEST_PAUSE_S = 30.0
_FIRST_PAUSE_S = 0.5
_SHORTEST_PAUSE_S = 0.1


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row: full jitter, so that many who wait do not return together."""
    ceiling = min(LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(failures, 10))
    return random.uniform(_SHORTEST_PAUSE_S, ceiling)  # noqa: S311  # a pause is no secret
