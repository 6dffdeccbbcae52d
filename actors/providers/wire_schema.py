"""The JSON Schema of an answer in the subset that a provider's strict mode takes.

msgspec's own schema is refused or weakened by both providers. Ours is closed, requires every property, says limits in
words, and names no default, title or discriminator. Decoding still holds the limits.
"""

from enum import StrEnum
from typing import Any

import msgspec

Schema = dict[str, Any]


class Dialect(StrEnum):
    """Whose subset: OpenRouter's many providers take no references, Anthropic takes them and caps unions."""

    OPENROUTER = "openrouter"
    ANTHROPIC = "anthropic"


class SchemaUnfit(TypeError):
    """The Struct cannot be asked of this provider; found at the start, never in a request."""


MAX_UNIONS = 16
_DROPPED = frozenset({"default", "title", "discriminator", "examples", "format"})
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matching {}",
}
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def wire_schema(struct: type[msgspec.Struct], dialect: Dialect) -> Schema:
    """Normalise the Struct's schema; raises SchemaUnfit for open maps, recursion and too many unions."""
    (root,), definitions = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    walk = _Walk(definitions, inline=dialect is Dialect.OPENROUTER)
    schema = walk.resolved(root, ())
    if dialect is Dialect.ANTHROPIC and walk.unions > MAX_UNIONS:
        raise SchemaUnfit(f"{struct.__name__} has {walk.unions} properties of several types, at most {MAX_UNIONS} fit")
    if walk.used:
        schema["$defs"] = {name: walk.used[name] for name in sorted(walk.used)}
    return schema


class _Walk:
    def __init__(self, definitions: Schema, *, inline: bool) -> None:
        self._definitions = definitions
        self._inline = inline
        self.used: dict[str, Schema] = {}
        self.unions = 0

    def resolved(self, node: Schema, above: tuple[str, ...]) -> Schema:
        """The node with its reference, if it is one, replaced by what it names."""
        if "$ref" not in node:
            return self._plain(node, above)
        name = str(node["$ref"]).rpartition("/")[2]
        if name in above:
            raise SchemaUnfit(f"{name} contains itself, which no provider takes")
        return self._plain({**self._definitions[name], **_without(node, "$ref")}, (*above, name))

    def _child(self, node: Schema, above: tuple[str, ...]) -> Schema:
        if "$ref" not in node or self._inline:
            return self.resolved(node, above)
        name = str(node["$ref"]).rpartition("/")[2]
        if name not in self.used or name in above:
            self.used[name] = self.resolved({"$ref": node["$ref"]}, above)
        return {"$ref": f"#/$defs/{name}"}  # strict modes allow nothing beside a reference

    def _plain(self, node: Schema, above: tuple[str, ...]) -> Schema:
        plain = {key: value for key, value in node.items() if key not in _DROPPED and key not in _LIMITS}
        description = _described(node)
        if description:
            plain["description"] = description
        if "anyOf" in node:
            self.unions += 1
            plain["anyOf"] = [self._child(branch, above) for branch in node["anyOf"]]
        if "enum" in node and "type" not in node:
            plain["type"] = _type_of(node["enum"])
        if "items" in node and isinstance(node["items"], dict):
            plain["items"] = self._child(node["items"], above)
        if "prefixItems" in node:
            raise SchemaUnfit("a tuple of fixed length cannot be asked of a provider; use a Struct")
        return self._closed(plain, node, above) if node.get("type") == "object" else plain

    def _closed(self, plain: Schema, node: Schema, above: tuple[str, ...]) -> Schema:
        if "properties" not in node:
            raise SchemaUnfit("an open map cannot be asked of a provider; use a tuple of Structs")
        plain["properties"] = {name: self._child(value, above) for name, value in node["properties"].items()}
        plain["required"] = list(node["properties"])
        plain["additionalProperties"] = False
        return plain


def _without(node: Schema, name: str) -> Schema:
    return {key: value for key, value in node.items() if key != name}


def _described(node: Schema) -> str:
    limits = ", ".join(phrase.format(node[key]) for key, phrase in _LIMITS.items() if key in node)
    parts = [str(node["description"]).rstrip(".")] if node.get("description") else []
    if limits:
        parts.append(limits[0].upper() + limits[1:])
    return ". ".join(parts) + "." if parts else ""


def _type_of(values: list[object]) -> str | list[str]:
    names = sorted({_TYPES[type(value)] for value in values})
    return names[0] if len(names) == 1 else names
