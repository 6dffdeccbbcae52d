"""The offline practice model: answers from the request alone, the same request always alike, following nobody's orders.

It reads the last data a user turn holds, the playbook and company in the system text and the JSON Schema of the
answer. What was pasted is only ever searched for facts; lines that try to instruct a model are dropped first.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.models.judging import judge
from sandbox.models.knowledge import read_knowledge
from sandbox.models.pasted import find_data, find_sources, find_text, without_orders
from sandbox.models.prose import talk
from sandbox.models.reading import read_prospect
from sandbox.models.remembering import remember
from sandbox.models.revising import revise
from sandbox.models.shaping import shaped
from sandbox.models.strategy import advise


class Turn(msgspec.Struct, frozen=True):
    """One message of the conversation, its text parts joined."""

    role: str
    text: str


class Question(msgspec.Struct, frozen=True):
    """What a request asks, whichever provider it came to; `schema` None asks for prose."""

    system: str
    turns: tuple[Turn, ...]
    schema: dict[str, Any] | None
    seed: int = 0


def answer(question: Question) -> str:
    """The whole answer: JSON valid under the schema, or prose."""
    said = [turn.text for turn in question.turns if turn.role == "user"]
    text = without_orders(find_text(said))
    knowledge = read_knowledge(question.system)
    prospect = read_prospect(text, question.seed)
    if question.schema is None:
        return talk(prospect, knowledge)
    fields = set(question.schema.get("properties") or {})
    wanted: Mapping[str, Any] = advise(prospect, knowledge)
    if {"patterns", "weak_areas"} & fields:
        wanted = remember(text, find_data(said))
    elif "sightings" in fields:
        wanted = judge(text, question.system, knowledge)
    elif {"platform", "message"} <= fields:
        wanted = revise(find_sources(said), prospect.main.ask)
    return json.dumps(shaped(question.schema, wanted, prospect.facts()), ensure_ascii=False)
