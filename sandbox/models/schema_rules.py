"""The JSON Schema subsets the providers accept; each function names what a real one would refuse, or returns None."""

from collections.abc import Iterator
from typing import Any

_REFUSED_BY_ANTHROPIC = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "discriminator",
    "not",
    "oneOf",
    "if",
)
_MOST_OPTIONAL = 24
_MOST_UNIONS = 16


def anthropic_problem(schema: object) -> str | None:
    """Why `output_config.format.schema` is outside Anthropic's structured-output subset."""
    if not isinstance(schema, dict):
        return "output_config.format.schema: Input should be an object"
    optional = unions = 0
    for path, node in nodes(schema):
        problem = _anthropic_node_problem(path, node)
        if problem:
            return problem
        required = node.get("required", [])
        optional += sum(name not in required for name in node.get("properties", {}))
        unions += sum(_is_union(each) for each in node.get("properties", {}).values())
    if optional > _MOST_OPTIONAL:
        return f"Schemas contains too many optional parameters ({optional}); the limit is {_MOST_OPTIONAL}"
    if unions > _MOST_UNIONS:
        return f"Schemas contains too many parameters with union types ({unions}); the limit is {_MOST_UNIONS}"
    return _reference_problem(schema)


def strict_problem(schema: object) -> str | None:
    """Why a `strict: true` schema is refused behind OpenRouter: every object closed, every property required."""
    if not isinstance(schema, dict):
        return "schema must be an object"
    if schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"' at its root"
    for path, node in nodes(schema):
        if not _is_object(node):
            continue
        if node.get("additionalProperties") is not False:
            return f"In context={path}, 'additionalProperties' is required to be supplied and to be false."
        missing = [name for name in node.get("properties", {}) if name not in node.get("required", [])]
        if missing:
            return f"In context={path}, 'required' must include every key in properties. Missing '{missing[0]}'."
    return _reference_problem(schema)


def nodes(schema: dict[str, Any], path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every sub-schema with its path, the root first."""
    yield path, schema
    for name, child in (schema.get("properties") or {}).items():
        yield from _inside(child, f"{path}.{name}")
    for name, child in (schema.get("$defs") or {}).items():
        yield from _inside(child, f"{path}.$defs.{name}")
    for word in ("anyOf", "allOf", "oneOf"):
        for number, child in enumerate(schema.get(word) or []):
            yield from _inside(child, f"{path}.{word}[{number}]")
    yield from _inside(schema.get("items"), f"{path}[]")


def _inside(child: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(child, dict):
        yield from nodes(child, path)


def _anthropic_node_problem(path: str, node: dict[str, Any]) -> str | None:
    for word in _REFUSED_BY_ANTHROPIC:
        if word in node:
            return f"output_config.format.schema: For '{path}', property '{word}' is not supported"
    if node.get("minItems", 0) not in (0, 1):
        return f"output_config.format.schema: For '{path}', 'minItems' values other than 0 or 1 are not supported"
    if _is_object(node) and node.get("additionalProperties") is not False:
        return f"output_config.format.schema: For '{path}', 'additionalProperties' must be explicitly set to false"
    return None


def _reference_problem(schema: dict[str, Any]) -> str | None:
    definitions = schema.get("$defs") or {}
    edges: dict[str, set[str]] = {}
    for path, node in nodes(schema):
        reference = node.get("$ref")
        if reference is None:
            continue
        name = str(reference).removeprefix("#/$defs/")
        if name not in definitions:
            return f"schema: For '{path}', '$ref' {reference!r} cannot be resolved"
        owner = path.split(".")[2].split("[")[0] if path.startswith("$.$defs.") else "$"
        edges.setdefault(owner, set()).add(name)
    if any(_reaches(name, name, edges, set()) for name in definitions):
        return "schema: Circular references are not supported"
    return None


def _reaches(start: str, target: str, edges: dict[str, set[str]], seen: set[str]) -> bool:
    for following in edges.get(start, set()):
        if following == target:
            return True
        if following not in seen and _reaches(following, target, edges, seen | {following}):
            return True
    return False


def _is_object(node: dict[str, Any]) -> bool:
    return node.get("type") == "object" or "properties" in node


def _is_union(node: object) -> bool:
    return isinstance(node, dict) and ("anyOf" in node or isinstance(node.get("type"), list))
