"""Bends what the practice model wants to say into the JSON Schema it was sent, whatever that schema is."""

import re
from collections.abc import Mapping
from typing import Any

_WORDS = re.compile(r"\w+")
_DEPTH = 12


def shaped(schema: Mapping[str, Any], wanted: object, facts: Mapping[str, object]) -> Any:
    """A value valid under `schema`, as near to `wanted` as it can be; fields it lacks come from `facts` by name."""
    return _Shaper(schema, facts).shape(schema, wanted, "answer", 0)


class _Shaper:
    def __init__(self, root: Mapping[str, Any], facts: Mapping[str, object]) -> None:
        self._definitions: Mapping[str, Any] = root.get("$defs") or {}
        self._facts = facts

    def shape(self, schema: Mapping[str, Any], wanted: object, name: str, depth: int) -> Any:
        node = self._resolved(schema, wanted)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return _chosen(node["enum"], wanted)
        match _type(node, wanted):
            case "object":
                return self._object(node, wanted, depth)
            case "array":
                return self._array(node, wanted, name, depth)
            case "string":
                return self._string(node, wanted, name)
            case "integer":
                return round(_bounded(node, wanted))
            case "number":
                return _bounded(node, wanted)
            case "boolean":
                return wanted is True
        return None

    def _resolved(self, schema: Mapping[str, Any], wanted: object) -> Mapping[str, Any]:
        node = schema
        while True:
            branches = node.get("anyOf") or node.get("oneOf")
            if "$ref" in node:
                node = self._definitions.get(str(node["$ref"]).rpartition("/")[2], {})
            elif branches:
                node = self._branch(branches, wanted)
            elif node.get("allOf"):
                node = {key: value for part in node["allOf"] for key, value in part.items()}
            else:
                return node

    def _branch(self, branches: list[dict[str, Any]], wanted: object) -> Mapping[str, Any]:
        fitting = [branch for branch in branches if self._fits(branch, wanted)]
        return fitting[0] if fitting else branches[0]

    def _fits(self, branch: Mapping[str, Any], wanted: object) -> bool:
        if "$ref" in branch:
            branch = self._definitions.get(str(branch["$ref"]).rpartition("/")[2], {})
        kinds = branch.get("type", "object" if "properties" in branch else "string")
        return _kind(wanted) in (kinds if isinstance(kinds, list) else [kinds])

    def _object(self, node: Mapping[str, Any], wanted: object, depth: int) -> dict[str, Any]:
        given = wanted if isinstance(wanted, Mapping) else {}
        required = node.get("required", [])
        names = node.get("properties") or {}
        made = {}
        for name, child in names.items():
            if name not in required and (name not in given or depth >= _DEPTH):
                continue
            value = given[name] if name in given else self._facts.get(name)
            made[name] = self.shape(child, value, name, depth + 1)
        if not names and node.get("additionalProperties") is not False:
            return {**given} if given else dict(self._facts)
        return made

    def _array(self, node: Mapping[str, Any], wanted: object, name: str, depth: int) -> list[Any]:
        items = node.get("items") or {"type": "string"}
        least, most = int(node.get("minItems", 0)), int(node.get("maxItems", 20))
        given = list(wanted) if isinstance(wanted, list | tuple) else []
        if wanted is None and depth < _DEPTH:
            given = [None]
        given += [None] * max(0, least - len(given))
        return [self.shape(items, value, name, depth + 1) for value in given[:most]]

    def _string(self, node: Mapping[str, Any], wanted: object, name: str) -> str:
        text = str(wanted) if isinstance(wanted, str | int | float) and not isinstance(wanted, bool) else ""
        if not text:
            text = f"{name.replace('_', ' ').capitalize()}: {self._facts.get('quote') or 'not stated in the text'}"
        text = text.ljust(int(node.get("minLength", 0)), ".")
        return text[: int(node.get("maxLength", len(text)))]


def _type(node: Mapping[str, Any], wanted: object) -> str:
    kinds = node.get("type")
    if isinstance(kinds, list):
        kind = _kind(wanted)
        return kind if kind in kinds else str(kinds[0])
    if kinds is None:
        return "object" if "properties" in node else "string"
    return str(kinds)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
    return "object"


def _chosen(choices: list[Any], wanted: object) -> Any:
    if wanted in choices:
        return wanted
    words = {word.lower() for word in _WORDS.findall(str(wanted or ""))}
    for choice in choices:
        if isinstance(choice, str) and words & {word.lower() for word in _WORDS.findall(choice.replace("_", " "))}:
            return choice
    return choices[0]


def _bounded(node: Mapping[str, Any], wanted: object) -> float:
    low, high = node.get("minimum", 0), node.get("maximum")
    value = wanted if isinstance(wanted, int | float) and not isinstance(wanted, bool) else low
    if high is not None:
        value = min(value, high)
    return float(max(value, low))
