"""What the operating system and the interpreter tell of this process."""

import asyncio
import gc
import os
import resource
import threading
import time
from collections import deque
from pathlib import Path

import msgspec

from runtime import Sketch

_MINUTE_S = 60.0


class Process(msgspec.Struct, frozen=True):
    """What the operating system knows of us; `rss_bytes` is the memory in use, None where the system does not say.

    `cpu_ratio_1m` is 1 for one whole core; `gc_pause_p99_s` is of all collections since the first look. `open_fds` is
    what `open_files` is; `tasks` are asyncio's, of which an actor has one only while its turn waits.
    """

    rss_bytes: int | None
    rss_peak_bytes: int
    cpu_s: float
    threads: int
    open_files: int | None
    open_fds: int | None
    cpu_ratio_1m: float
    gc_pause_p99_s: float
    tasks: int


class _Pauses:
    """How long the collector held the interpreter; one for the process, hooked in once."""

    def __init__(self) -> None:
        self.sketch = Sketch()
        self._began: float | None = None

    def __call__(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        elif self._began is not None:
            self.sketch.add(time.perf_counter() - self._began)
            self._began = None


_PAUSES = _Pauses()


class ProcessWatch:
    """Reads the process, and remembers the processor time of the last minute."""

    def __init__(self) -> None:
        if _PAUSES not in gc.callbacks:
            gc.callbacks.append(_PAUSES)
        self._used: deque[tuple[float, float]] = deque()

    def read(self, now: float) -> Process:
        """The process at this reading of the clock."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu_s = usage.ru_utime + usage.ru_stime
        here = Path("/proc/self")
        on_linux = here.exists()
        pages = int((here / "statm").read_text(encoding="ascii").split()[1]) if on_linux else 0
        files = len(os.listdir(here / "fd")) if on_linux else None  # noqa: PTH208  # a Path for each of thousands stops the loop
        return Process(
            rss_bytes=pages * resource.getpagesize() if on_linux else None,
            rss_peak_bytes=usage.ru_maxrss * 1024,
            cpu_s=round(cpu_s, 3),
            threads=threading.active_count(),
            open_files=files,
            open_fds=files,
            cpu_ratio_1m=self._ratio(now, cpu_s),
            gc_pause_p99_s=_PAUSES.sketch.times().p99,
            tasks=len(asyncio.all_tasks()),
        )

    def _ratio(self, now: float, cpu_s: float) -> float:
        """Of the last minute, or of what is known of it."""
        self._used.append((now, cpu_s))
        while len(self._used) > 2 and now - self._used[1][0] >= _MINUTE_S:
            self._used.popleft()
        began, used = self._used[0]
        return round((cpu_s - used) / (now - began), 4) if now > began else 0.0
