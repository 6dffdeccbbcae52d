"""aiogram builds hundreds of models when it is imported: seconds of work that must hold up neither start nor loop."""


def load_aiogram() -> None:
    """Import all of aiogram that we use; run in a thread by each actor that needs it, before it needs it."""
    import aiogram
    import aiogram.methods
    import aiogram.types  # noqa: F401
