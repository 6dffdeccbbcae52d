from collections.abc import Iterator
from typing import Any

import pytest

from coaching.agents import AGENTS
from coaching.outputs import OUTPUTS, request_schema
from tests.coaching.samples import ROOT

REFUSED = {"$ref", "$defs", "default", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"}


def nodes(node: object) -> Iterator[dict[str, Any]]:
    """Every schema object of a schema; names of properties are not taken for keywords."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            for inner in value.values() if key == "properties" else [value]:
                yield from nodes(inner)
    elif isinstance(node, list):
        for item in node:
            yield from nodes(item)


@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_schema_keeps_to_the_strict_subset(name: str) -> None:
    """No keyword that a provider's strict mode refuses; every object closed and wholly required."""
    schema = request_schema(name)
    assert schema["type"] == "object"
    for node in nodes(schema):
        assert not REFUSED & node.keys()
        if "properties" in node:
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_schema_stays_within_the_union_limit(name: str) -> None:
    """At most 16 properties of more than one type, the strictest provider's limit."""
    assert sum("anyOf" in node for node in nodes(request_schema(name))) <= 16


def test_schema_tells_the_model_what_fields_mean() -> None:
    """Descriptions reach the model."""
    draft = request_schema("strategist")["properties"]["draft"]["properties"]
    assert "heading" in str(draft["playbook_reference"])


def test_every_agent_has_its_prompt_and_output() -> None:
    """No agent points to a file or an output that is not there."""
    for agent in AGENTS.values():
        assert agent.output in OUTPUTS
        assert (ROOT / "prompts" / agent.prompt).is_file()
