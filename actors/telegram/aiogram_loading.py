"""aiogram builds hundreds of models when it is imported: seconds of work that must hold up neither start nor loop."""

import gc
from threading import Event, Lock

_LOADED = Event()
_TURN = Lock()


def load_aiogram() -> None:
    """Import all of aiogram that we use; run in a thread by each actor that needs it, before it needs it.

    What it builds lives as long as the process: the garbage collector neither runs meanwhile nor ever visits it again,
    which would hold the loop for a tenth of a second each time.
    """
    with _TURN:
        if not _LOADED.is_set():
            gc.disable()
            try:
                _import_aiogram()
            finally:
                gc.enable()
            gc.freeze()
            _LOADED.set()


def _import_aiogram() -> None:
    import aiogram
    import aiogram.methods
    import aiogram.types  # noqa: F401


def aiogram_is_loaded() -> bool:
    """Whether `load_aiogram` has finished once, so that an import of aiogram costs nothing any more."""
    return _LOADED.is_set()
