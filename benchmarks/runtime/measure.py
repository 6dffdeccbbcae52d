"""One measurement, printed as JSON: `python -m benchmarks.runtime.measure SUBJECT CASE COUNT RUN`, RUN any new word."""

import json
import sys
from collections.abc import Callable
from functools import partial

Case = Callable[[int], dict[str, float]]


def cases(subject: str) -> dict[str, Case]:
    """What can be measured of a subject; a peer's libraries are imported only where it is measured."""
    if subject == "ours":
        from benchmarks.runtime import ours

        names = ("plain", "coroutines", "ask", "create", "memory", "residents", "timers")
        return {name: partial(ours.run, getattr(ours, name)) for name in names}
    from benchmarks.runtime import peers

    match subject:
        case "pykka":
            return peers.PYKKA
        case "xoscar":
            return peers.XOSCAR
        case _:
            return peers.thespian(subject)


if __name__ == "__main__":
    subject, case, count, _run = sys.argv[1:]
    print(json.dumps(cases(subject)[case](int(count))), flush=True)
