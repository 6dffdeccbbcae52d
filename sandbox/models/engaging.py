"""The planner's, advisor's and comment writer's parts of the practice model: by rules, from the lead's own words."""

import re
from typing import Any

from sandbox.models.knowledge import Knowledge
from sandbox.models.reading import Prospect
from sandbox.models.revising import reworded
from sandbox.models.strategy import advise

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 160


def plan(prospect: Prospect, knowledge: Knowledge) -> dict[str, Any]:
    """Six steps from the first message to a decision or a kind end."""
    name, draft = prospect.called, advise(prospect, knowledge)["draft"]["message"]
    ask = prospect.main.ask
    return {
        "goal": f"A first small commitment by {name}",
        "steps": [
            _step("message", f"Send {name} the draft", "As it is, or with one sentence of your own.", 0, draft),
            _step("research", "Find out who else decides", "One look at the company page, ten minutes.", 1, None),
            _step("call", f"Call {name}", f"One question only: {ask}", 3, ask),
            _step("email", "Send one page", "Their figures, their words.", 2, "Here is the page, in your words."),
            _step("meeting", "Suggest twenty minutes", "Name two times.", 4, "Would Tuesday or Thursday suit you?"),
            _step("message", "Ask for a decision, kindly", "Yes, no, or later.", 7, "Shall I close the file?"),
        ],
    }


def counsel(prospect: Prospect, knowledge: Knowledge) -> dict[str, Any]:
    """What the news means, two moves and a message."""
    answer = advise(prospect, knowledge)
    return {
        "assessment": f"{answer['analysis']['key_concern']} That is what to work on before anything else.",
        "moves": [f"{step['principle']}: {step['detail']}"[:500] for step in answer["strategy"]["steps"][:2]],
        "message": answer["draft"]["message"],
    }


def comments(text: str, sources: dict[str, Any]) -> dict[str, Any]:
    """Three comments that take up the post's first sentence, or the former ones under the rep's `wish`."""
    former, wish = sources.get("former_comments"), str(sources.get("wish") or "")
    if wish and isinstance(former, list):
        ask = "What would you do first?"
        options = [one | {"text": reworded(str(one.get("text")), wish, ask)} for one in former if isinstance(one, dict)]
        return comments(text, {}) | {"options": options}
    first = next((part.strip() for part in _SENTENCE.split(text) if len(part.split()) > 2), "the post")
    topic = first.rstrip(".!?")[:_LONGEST]
    return {
        "post": topic,
        "options": [
            {"tone": "professional", "text": f'"{topic}": a point worth more attention than it gets. Thank you.'},
            {"tone": "casual", "text": f'"{topic}" - I have seen that on many a shop floor. Well put!'},
            {"tone": "question", "text": f'"{topic}" - what was the first thing you changed because of it?'},
        ],
    }


def _step(action: str, title: str, detail: str, after_days: int, draft: str | None) -> dict[str, Any]:
    return {"action": action, "title": title, "detail": detail, "after_days": after_days, "draft": draft}
