"""Schemas as an honest client sends them: closed objects, everything required, null for what may be missing."""

from typing import Any


def closed(**properties: Any) -> dict[str, Any]:
    """A closed object with every property required."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
MAYBE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
ANALYSIS = ("prospect_type", "seniority", "background_leverage", "company_context", "stage", "key_concern")
STRATEGIST = closed(
    prospect_info=closed(first_name=MAYBE, last_name=MAYBE, company=MAYBE, geography=MAYBE),
    analysis=closed(**dict.fromkeys(ANALYSIS, TEXT), buying_signal=TEXT, buying_signal_reason=TEXT),
    strategy=closed(
        steps=listed(closed(principle=TEXT, detail=TEXT)), anticipated_objection=TEXT, objection_response=TEXT
    ),
    engagement_tactics=closed(linkedin_actions=listed(TEXT), timing=TEXT, comment_suggestion=MAYBE),
    draft=closed(platform=TEXT, message=TEXT, word_count={"type": "integer"}, playbook_reference=MAYBE),
    casebook_match=closed(
        found={"type": "boolean"}, similarity={"anyOf": [{"type": "number"}, {"type": "null"}]}, case_id=MAYBE
    ),
)
OBSERVATIONS = listed(closed(observation=TEXT, evidence=TEXT))
MEMORY = closed(
    patterns=OBSERVATIONS,
    weak_areas=OBSERVATIONS,
    preferences=closed(response_length=MAYBE, preferred_tone=MAYBE, language=MAYBE),
)
