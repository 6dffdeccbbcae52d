"""The memory agent's part of the practice model: what a rep's own words show of how the rep sells."""

import re
from typing import Any

from sandbox.models.reading import sentences

_OWN = re.compile(r"(?i)\b(I|I've|I'm|I'd|my|me|we|our)\b")
_PATTERNS = (
    (
        r"(?i)\b(follow(ed)? up|reminder|wrote again|second (mail|email|message)|chas(e|ed|ing))\b",
        "Follows up on contacts that went quiet.",
    ),
    (
        r"(?i)\b(sent|send|gave|emailed)\b.{0,40}\b(deck|brochure|offer|proposal|pricing|quote|price list)\b",
        "Sends material early, before the need is agreed.",
    ),
    (
        r"(?i)\b(asked|found out|learned|told me)\b",
        "Asks prospects about their situation and brings the answers along.",
    ),
    (r"(?i)\b(demo|show(ed)? (him|her|them)|present(ed)?)\b", "Moves quickly towards showing the product."),
    (r"(?i)\b(met|spoke|talked|called|call with)\b", "Works from personal conversations and reports them."),
)
_WEAK = (
    (
        r"(?i)\b(discount|lower(ed)? the price|cheaper|price cut)\b",
        "Reaches for a discount before the cost of the problem is known.",
    ),
    (
        r"(?i)\b(don'?t|do not|didn'?t|no idea|not sure|how (do|should|can) I|what (do|should|can) I|stuck|help me)\b",
        "Is unsure how to take the next step when a prospect holds back.",
    ),
    (
        r"(?i)\b(too (long|pushy|fast)|talked too much|forgot to ask|should have)\b",
        "Talks before asking and notices it afterwards.",
    ),
)
_LENGTH = re.compile(r"(?i)\b(keep it short|shorter|be brief|briefly|in detail|more detail|longer)\b")
_TONE = re.compile(r"(?i)\b(more (formal|casual|friendly|direct)|(formal|casual|friendly|direct) tone)\b")
_LANGUAGE = re.compile(r"\b[Ii]n (German|English|French|Spanish|Italian|Russian|Dutch|Polish|Portuguese)\b")


def remember(text: str, data: list[dict[str, Any]]) -> dict[str, Any]:
    """What one conversation teaches about the rep; empty lists where the rep wrote nothing of their own."""
    names = _names(data)
    own = [
        part
        for part in sentences(text)
        if _OWN.search(part) and not _mentions(part, names) and not re.search(r"\d|@", part)
    ]
    return {
        "patterns": _observed(_PATTERNS, own),
        "weak_areas": _observed(_WEAK, own),
        "preferences": {
            "response_length": _said(_LENGTH, own),
            "preferred_tone": _said(_TONE, own),
            "language": _said(_LANGUAGE, own),
        },
    }


def _observed(rules: tuple[tuple[str, str], ...], own: list[str]) -> list[dict[str, str]]:
    found = []
    for pattern, observation in rules:
        evidence = next((part for part in own if re.search(pattern, part)), None)
        if evidence:
            found.append({"observation": observation, "evidence": " ".join(evidence.split()[:20])})
    return found[:2]


def _said(pattern: re.Pattern[str], own: list[str]) -> str | None:
    found = next((match for part in own if (match := pattern.search(part))), None)
    return found[1] if found else None


def _names(data: list[dict[str, Any]]) -> list[str]:
    people = [item.get("prospect_info") for item in data]
    fields = [
        person[key]
        for person in people
        if isinstance(person, dict)
        for key in ("first_name", "last_name", "company")
        if person.get(key)
    ]
    return [str(field) for field in fields]


def _mentions(part: str, names: list[str]) -> bool:
    return any(re.search(rf"(?i)\b{re.escape(name)}\b", part) for name in names)
