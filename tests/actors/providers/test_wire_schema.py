"""Promises of wire_schema: golden schemas for both providers."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from actors.providers.wire_schema import Dialect, SchemaUnfit, wire_schema
from coaching.outputs import OUTPUTS


class Step(msgspec.Struct, frozen=True):
    """One step."""

    what: Annotated[str, Meta(min_length=1, max_length=80, description="What to do.")]
    mood: Literal["calm", "Urgent"] = "calm"


class Plan(msgspec.Struct, frozen=True):
    """A plan."""

    score: Annotated[int, Meta(ge=0, le=100, title="Score")]
    steps: Annotated[tuple[Step, ...], Meta(max_length=3)]
    first: Step
    note: str | None = None


class OpenMap(msgspec.Struct):
    values: dict[str, int]


class Node(msgspec.Struct):
    children: "tuple[Node, ...]"


class Pair(msgspec.Struct):
    both: tuple[int, str]


Many = msgspec.defstruct("Many", [(f"f{n}", str | None, None) for n in range(17)])

STEP: dict[str, Any] = {
    "description": "One step.",
    "type": "object",
    "properties": {
        "what": {"type": "string", "description": "What to do. At least 1 characters, at most 80 characters."},
        "mood": {"type": "string", "enum": ["Urgent", "calm"]},
    },
    "required": ["what", "mood"],
    "additionalProperties": False,
}


def plan(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "A plan.",
        "type": "object",
        "properties": {
            "score": {"type": "integer", "description": "At least 0, at most 100."},
            "steps": {"type": "array", "items": step, "description": "At most 3 items."},
            "first": step,
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["score", "steps", "first", "note"],
        "additionalProperties": False,
    }


def test_openrouter_gets_one_plain_object() -> None:
    """Golden: references inlined, closed, all required, limits in words."""
    assert wire_schema(Plan, Dialect.OPENROUTER) == plan(STEP)


def test_anthropic_gets_references() -> None:
    """Golden: the same with shared definitions kept once."""
    golden = plan({"$ref": "#/$defs/Step"}) | {"$defs": {"Step": STEP}}
    assert wire_schema(Plan, Dialect.ANTHROPIC) == golden


@pytest.mark.parametrize("unfit", [OpenMap, Node, Pair])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_what_no_provider_takes_is_refused_at_the_start(unfit: type[msgspec.Struct], dialect: Dialect) -> None:
    """Open maps, recursion and tuples of fixed length never reach a request."""
    with pytest.raises(SchemaUnfit):
        wire_schema(unfit, dialect)


def test_anthropic_takes_sixteen_unions() -> None:
    """The seventeenth is refused here instead of there."""
    with pytest.raises(SchemaUnfit, match="17 properties"):
        wire_schema(Many, Dialect.ANTHROPIC)
    assert wire_schema(Many, Dialect.OPENROUTER)["type"] == "object"


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_every_answer_of_the_product_fits(name: str, dialect: Dialect) -> None:
    """Each output has a schema without a forbidden word in it."""
    forbidden = {"default", "title", "discriminator", "minLength", "maxLength", "minimum", "maximum", "maxItems"}
    assert not forbidden & set(_schema_words(wire_schema(OUTPUTS[name], dialect)))


def _schema_words(node: object) -> list[str]:
    if isinstance(node, list):
        return [word for item in node for word in _schema_words(item)]
    if not isinstance(node, dict):
        return []
    words = [key for key in node if key not in ("properties", "$defs")]
    named = [value for key in ("properties", "$defs") for value in node.get(key, {}).values()]
    rest = [value for key, value in node.items() if key not in ("properties", "$defs")]
    return words + _schema_words(named) + _schema_words(rest)
