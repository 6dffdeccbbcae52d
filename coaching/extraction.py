"""What a picture of a prospect shows, read once by a model with eyes, and how it reads for the agents after it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from coaching.strategist import known

Fact = Annotated[str, Meta(max_length=600)]


class ExtractionOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the pictures, about the prospect alone; null for what is not to be seen."""

    visible_text: Annotated[str, Meta(max_length=20_000, description="All readable words, in their order, unchanged")]
    first_name: Fact | None = None
    last_name: Fact | None = None
    title: Fact | None = None
    company: Fact | None = None
    geography: Fact | None = None
    context: Annotated[str, Meta(max_length=3000, description="What the picture shows beside its words")] | None = None


def material(words: str, seen: ExtractionOutput) -> str:
    """The rep's words and what the pictures show, as one text about the prospect."""
    name = " ".join(part for part in (known(seen.first_name), known(seen.last_name)) if part)
    facts = (
        ("Name", name),
        ("Title", known(seen.title)),
        ("Company", known(seen.company)),
        ("Location", known(seen.geography)),
    )
    lines = [f"{label}: {value}" for label, value in facts if value]
    shown = [part for part in (seen.visible_text.strip(), known(seen.context)) if part]
    return "\n\n".join(part for part in (words.strip(), "\n".join(lines), *shown) if part)
