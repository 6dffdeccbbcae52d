"""Reads a model's answer into the Struct it was asked for: leniently about syntax, strictly about content."""

import re
from typing import Any

import json_repair
import msgspec

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_PATH = re.compile(r"at `(\$[^`]*)`")
_KEPT_CHARACTERS = 40_000


class Undecodable(Exception):
    """The answer does not fit; the message quotes the decoder and may hold words of the answer."""

    @property
    def path(self) -> str:
        """Where it does not fit, without any word of the answer."""
        found = _PATH.search(str(self))
        return found.group(1) if found else "$"


def read_answer(text: str, output: type[msgspec.Struct], *, truncated: bool = False) -> str:
    """JSON that decodes into `output`; raises Undecodable.

    A truncated answer must be whole as it is: closing its brackets would pass a part off as the whole.
    """
    try:
        return msgspec.json.encode(msgspec.json.decode(text, type=output)).decode()
    except msgspec.MsgspecError:
        if truncated:
            raise Undecodable("the object does not end") from None
        repaired = _repaired(text)
    try:
        return msgspec.json.encode(msgspec.convert(_cased(repaired, output), type=output)).decode()
    except msgspec.ValidationError as error:
        raise Undecodable(str(error)) from None


def repair_turn(error: Undecodable, *, truncated: bool) -> str:
    """What to say to the model so that its second answer fits."""
    cut = " Your answer was cut off at the length limit: be much shorter." if truncated else ""
    return (
        f"Your answer could not be read: {error}.{cut} Answer again with one JSON object that follows the schema "
        "exactly, and nothing before or after it."
    )


def _repaired(text: str) -> object:
    """The object in a text with fences, thoughts, remarks around it, or small mistakes in it."""
    plain = _THOUGHT.sub("", text)[:_KEPT_CHARACTERS]
    start = plain.find("{")
    if start < 0:
        raise Undecodable("the answer holds no JSON object")
    found: object = json_repair.loads(plain[start:])
    if isinstance(found, list):
        found = next((item for item in found if isinstance(item, dict)), found)
    if not isinstance(found, dict):
        raise Undecodable("the answer holds no JSON object")
    return found


def _cased(value: object, output: type[msgspec.Struct]) -> object:
    """The value with enum texts written as the schema writes them; models capitalise them at will."""
    (root,), definitions = msgspec.json.schema_components([output])
    return _match(value, root, definitions)


def _match(value: object, schema: dict[str, Any], definitions: dict[str, Any]) -> object:
    if "$ref" in schema:
        schema = definitions[str(schema["$ref"]).rpartition("/")[2]]
    if isinstance(value, str):
        names = [name for branch in (schema, *schema.get("anyOf", ())) for name in branch.get("enum", ())]
        return next((name for name in names if str(name).casefold() == value.casefold()), value)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [_match(item, schema["items"], definitions) for item in value]
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        return {key: _match(item, known.get(key, {}), definitions) for key, item in value.items()}
    return value
