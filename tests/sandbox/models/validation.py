"""A strict check of the JSON Schema words the schemas in these tests use."""

from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def problems(schema: dict[str, Any], value: Any, root: dict[str, Any] | None = None, path: str = "$") -> list[str]:
    """Every way in which a value breaks its schema, with its path."""
    root = root or schema
    if "$ref" in schema:
        return problems(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root, path)
    if "anyOf" in schema:
        found = [problems(branch, value, root, path) for branch in schema["anyOf"]]
        return [] if any(not each for each in found) else [f"{path}: fits no branch: {found}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path}: {value!r} is not one of {schema['enum']}"]
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if kinds and not any(_is(kind, value) for kind in kinds):
        return [f"{path}: {value!r} is not {kinds}"]
    return _inside(schema, value, root, path)


def _is(kind: str, value: Any) -> bool:
    if kind in ("integer", "number"):
        return isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, _TYPES[kind])


def _inside(schema: dict[str, Any], value: Any, root: dict[str, Any], path: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{path}: lacks {name}" for name in schema.get("required", []) if name not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{path}: unknown {name}" for name in value if name not in known]
        for name, child in known.items():
            found += problems(child, value[name], root, f"{path}.{name}") if name in value else []
    if isinstance(value, list):
        found += [f"{path}: {len(value)} items"] * (
            not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 99)
        )
        for number, item in enumerate(value):
            found += problems(schema.get("items", {}), item, root, f"{path}[{number}]")
    if isinstance(value, str):
        found += [f"{path}: length"] * (not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6))
    if isinstance(value, int | float):
        found += [f"{path}: range"] * (not schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return found
