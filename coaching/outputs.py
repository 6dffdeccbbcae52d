"""The answers agents may give, by name, and the JSON Schema that is sent to a model for each."""

from typing import Any

import msgspec

from coaching.memory import MemoryOutput
from coaching.strategist import StrategistOutput

OUTPUTS: dict[str, type[msgspec.Struct]] = {"memory": MemoryOutput, "strategist": StrategistOutput}

_BOUNDS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"})
_LEFT_OUT = _BOUNDS | {"default", "title", "properties", "$defs", "$ref"}


def request_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of an answer in the subset that every provider's strict mode takes.

    One plain object without references; all properties are required and closed; bounds are left out, strict modes
    refuse them. Decoding still holds the bounds, and forgives an absent nullable field. Raises KeyError for a name
    that is not in `OUTPUTS`.
    """
    schema = msgspec.json.schema(OUTPUTS[name])
    plain = _plain(schema, schema["$defs"])
    assert isinstance(plain, dict)  # noqa: S101 - told to the type checker; a Struct's schema is an object
    return plain


def _plain(node: object, definitions: dict[str, object]) -> object:
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        named = _plain(definitions[node["$ref"].rpartition("/")[2]], definitions)
        return named | {key: node[key] for key in node if key not in _LEFT_OUT} if isinstance(named, dict) else named
    kept = {key: _plain(value, definitions) for key, value in node.items() if key not in _LEFT_OUT}
    if "properties" in node:
        kept["properties"] = {key: _plain(value, definitions) for key, value in node["properties"].items()}
        kept |= {"required": list(node["properties"]), "additionalProperties": False}
    return kept
