"""aiogram builds hundreds of models when it is imported: seconds of work that must hold up neither start nor loop."""

from threading import Event

_LOADED = Event()


def load_aiogram() -> None:
    """Import all of aiogram that we use; run in a thread by each actor that needs it, before it needs it."""
    import aiogram
    import aiogram.methods
    import aiogram.types  # noqa: F401

    _LOADED.set()


def aiogram_is_loaded() -> bool:
    """Whether `load_aiogram` has finished once, so that an import of aiogram costs nothing any more."""
    return _LOADED.is_set()
