"""The offline practice model: answers from the request alone, the same request always alike, following nobody's orders.

It reads the last data a user turn holds, the playbook and company in the system text and the JSON Schema of the
answer. What was pasted is only ever searched for facts; lines that try to instruct a model are dropped first.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.models.cases import nearest_case
from sandbox.models.engaging import comments, counsel, plan
from sandbox.models.inventing import invent
from sandbox.models.judging import judge
from sandbox.models.knowledge import read_knowledge
from sandbox.models.pasted import find_data, find_sources, find_text, without_orders
from sandbox.models.pictures import Picture
from sandbox.models.prose import talk
from sandbox.models.reading import read_prospect
from sandbox.models.remembering import remember
from sandbox.models.revising import revise
from sandbox.models.searching import Page, pages_about, report
from sandbox.models.shaping import shaped
from sandbox.models.strategy import advise

_SCHEMA_SAID = "JSON Schema:"


class Turn(msgspec.Struct, frozen=True):
    """One message of the conversation, its text parts joined, and the pictures beside it."""

    role: str
    text: str
    pictures: tuple[Picture, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """What a request asks, whichever provider it came to; `schema` None asks for prose, `searches` for the web."""

    system: str
    turns: tuple[Turn, ...]
    schema: dict[str, Any] | None
    seed: int = 0
    searches: bool = False


def answer(question: Question) -> str:
    """The whole answer: JSON valid under the schema, or prose."""
    said = [turn.text for turn in question.turns if turn.role == "user"]
    pictures = [picture for turn in question.turns for picture in turn.pictures]
    text = _read(said, pictures)
    knowledge = read_knowledge(question.system)
    prospect = read_prospect(text, question.seed)
    if question.searches:
        return report(prospect, pages_about(prospect))
    schema = _stated_schema(question.system) or question.schema
    if schema is None:
        return _looked(pictures) + talk(prospect, knowledge)
    fields = set(schema.get("properties") or {})
    wanted: Mapping[str, Any] = {**advise(prospect, knowledge), "casebook_match": nearest_case(question.system, text)}
    if {"patterns", "weak_areas"} & fields:
        wanted = remember(text, find_data(said))
    elif "scenarios" in fields:
        wanted = invent(question.system)
    elif "sightings" in fields:
        wanted = judge(text, question.system, knowledge)
    elif {"goal", "steps"} <= fields:
        wanted = plan(prospect, knowledge)
    elif {"assessment", "moves"} <= fields:
        wanted = counsel(prospect, knowledge)
    elif {"post", "options"} <= fields:
        wanted = comments(text, find_sources(said))
    elif {"platform", "message"} <= fields:
        wanted = revise(find_sources(said), prospect.main.ask)
    return json.dumps(shaped(schema, wanted, prospect.facts() | _facts(pictures)), ensure_ascii=False)


def cited(question: Question) -> tuple[Page, ...]:
    """The pages that the answer to a search refers to."""
    if not question.searches:
        return ()
    said = [turn.text for turn in question.turns if turn.role == "user"]
    return pages_about(read_prospect(_read(said, []), question.seed))


def _stated_schema(system: str) -> dict[str, Any] | None:
    """The JSON Schema that the system text asks for in words, as models without a strict mode are asked."""
    _, said, rest = system.rpartition(_SCHEMA_SAID)
    if not said:
        return None
    try:
        schema, _ = json.JSONDecoder().raw_decode(rest[rest.find("{") :])
    except ValueError:
        return None
    return schema if isinstance(schema, dict) else None


def _read(said: list[str], pictures: list[Picture]) -> str:
    words = [picture.words for picture in pictures if picture.words]
    return without_orders("\n".join([find_text(said), *words]).strip())


def _looked(pictures: list[Picture]) -> str:
    """What the model owes to the truth: it has no eyes."""
    if not pictures:
        return ""
    seen = " and ".join(picture.seen for picture in pictures)
    words = "\n".join(picture.words for picture in pictures if picture.words)
    told = f"Its file says: {words}" if words else "Nothing in its file says what it shows."
    return f"I got {seen}. The offline practice model cannot see pictures. {told}\n\n"


def _facts(pictures: list[Picture]) -> dict[str, object]:
    """What is known of the pictures, by the field names schemas use."""
    if not pictures:
        return {}
    words = "\n".join(picture.words for picture in pictures if picture.words)
    seen = "; ".join(picture.seen for picture in pictures)
    shown = words or f"not readable: the offline practice model got {seen} and cannot see"
    names = ("text", "visible_text", "extracted_text", "image_text", "raw_text", "transcript")
    return {**dict.fromkeys(names, shown), "image_description": f"{seen}. {words}".strip()}
