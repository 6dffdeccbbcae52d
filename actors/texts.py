"""The message catalogue: every text a rep reads, in Project Fluent's format; a folder per language, a file per flow."""

from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

_FOLDER = Path(__file__).parent / "locales"
_LONG = 1_000
"""The library refuses values of more than 2,500 characters; longer ones than this are put in behind its back."""


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, by their codes."""
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))


class MissingText(Exception):
    """The catalogue has no such text, or the text names a value that was not given: our own mistake."""


@cache
def _bundle(language: str) -> FluentBundle:
    """The language's texts, read once: parsing them takes a good part of a second."""
    # Isolation marks are for mixed scripts in markup; in a chat they show as stray characters when copied.
    bundle = FluentBundle([language], use_isolating=False)
    for file in sorted((_FOLDER / language).glob("*.ftl")):
        bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle


class Texts:
    """The texts of one language; call it with a text's name and the values the text mentions."""

    def __init__(self, language: str = "en") -> None:
        self._bundle = _bundle(language)

    def __call__(self, name: str, /, **values: str | int | float) -> str:
        """Return the text; raises MissingText when the name or a value it mentions is unknown."""
        if not self._bundle.has_message(name):
            raise MissingText(name)
        message = self._bundle.get_message(name)
        if message.value is None:
            raise MissingText(name)
        long = {key: value for key, value in values.items() if isinstance(value, str) and len(value) > _LONG}
        marks = {key: f"\ue000{place}\ue001" for place, key in enumerate(long)}
        text, errors = self._bundle.format_pattern(message.value, {**values, **marks})
        if errors:
            raise MissingText(f"{name}: {errors[0]}")
        for key, mark in marks.items():
            text = str(text).replace(mark, long[key], 1)
        return str(text)
