"""The shelf: the library as its files stand now. A change on disk is taken up; a broken one is told and left out."""

import time
from collections.abc import Callable
from pathlib import Path

import structlog

from actors.library import Library, LibraryError, load_library

_LOG = structlog.get_logger(__name__)
LOOK_EVERY_S = 5.0
_FOLDERS = ("prompts", "pipelines", "data")
_Stamps = frozenset[tuple[str, int, int]]


class Shelf:
    """Holds the library of a folder; `problems` name what is wrong with the files since they were changed."""

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Read everything; raises LibraryError with every problem found."""
        self._home = home
        self._clock = clock
        self._stamps = self._looked()
        self._library = load_library(home)
        self._looked_at = clock()
        self.problems: tuple[str, ...] = ()

    @property
    def library(self) -> Library:
        """The library; files are looked at again every few seconds, and read again when one of them changed."""
        now = self._clock()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            stamps = self._looked()
            if stamps != self._stamps:
                self._stamps = stamps
                self._read()
        return self._library

    def _read(self) -> None:
        try:
            self._library = load_library(self._home)
        except LibraryError as error:
            self.problems = tuple(error.problems)
            _LOG.error("library_broken", problems=error.problems)
        else:
            self.problems = ()
            _LOG.info("library_reloaded", sections=len(self._library.playbook.sections))

    def _looked(self) -> _Stamps:
        files = (path for folder in _FOLDERS for path in (self._home / folder).glob("*") if path.is_file())
        stats = ((str(path), path.stat()) for path in files)
        return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
