"""The trainer's part of the practice model: which signs of a rubric an answer shows, each with its own words.

It reads words, not meaning: a sign shows where a sentence shares telling words or an idea with it.
"""

import json
import re
from typing import Any

from sandbox.models.concepts import FAULTS, IDEAS, QUESTION
from sandbox.models.knowledge import Knowledge, best_sections, stems

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_GENERIC_TEXT = """
ask asks asked quest offer offers names name says say calls call gives give uses use single senten words word
thing things reason answer plain plainl concre small clear short leaves leave takes their other others own long
"""
_GENERIC = frozenset(_GENERIC_TEXT.split())
_LONGEST = 25
_ENGLISH = re.compile(r"(?i)\b(the|and|you|your|we|is|are|it|of|to|what|that|have|thank|thanks)\b")
_THEIRS = re.compile(r"(?i)\b(his|her|their) (own|figure|count|number|hours|days|two)|\bnine hours")
_COUNTED = re.compile(r"(?i)\d|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen)\b")
_NUMBER = re.compile(r"\d+")
_FEW_WORDS = 2


def judge(answer: str, system: str, knowledge: Knowledge) -> dict[str, Any]:
    """The evidence in an answer to the scenario that the system text holds; nothing where it holds none."""
    scenario = _scenario(system)
    criteria = scenario.get("criteria") or []
    sentences = [part.strip() for part in _SENTENCE.split(answer) if part.strip()]
    sightings: list[dict[str, str]] = []
    remarks: list[dict[str, str]] = []
    strong: list[str] = []
    weak: list[str] = []
    for criterion in criteria:
        seen = [(sign, quote) for sign in criterion["signs"] if (quote := _shows(sign, sentences))]
        sightings += [{"sign": sign["id"], "quote": quote} for sign, quote in seen]
        remark, good = _remark(criterion, seen, str(scenario.get("model_answer", "")))
        remarks.append(remark)
        (strong if good else weak).append(criterion["description"])
    model = [part for part in _SENTENCE.split(str(scenario.get("model_answer", ""))) if part]
    missing = [part for part in model if not set(stems(part)) & set(stems(answer))]
    sections = best_sections(knowledge, f"{scenario.get('situation', '')} {' '.join(weak)}", " ".join(weak), 1)
    return {
        "sightings": sightings,
        "remarks": remarks,
        "strengths": strong[:3],
        "improvements": [f"Not yet: {text[0].lower()}{text[1:]}" for text in weak[:3]],
        "ideal_differs": [f"It says: “{part}”" for part in missing[:3]],
        "playbook_reference": sections[0].heading if sections else None,
    }


def _scenario(system: str) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    at = system.rfind('{"common_mistakes"') if '{"common_mistakes"' in system else system.rfind('{"id"')
    while at >= 0:
        try:
            value, _ = decoder.raw_decode(system, at)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and "criteria" in value:
            return value
        at = system.rfind("{", 0, at)
    return {}


def _shows(sign: dict[str, Any], sentences: list[str]) -> str | None:
    found = _good(str(sign["sign"]), sentences) if sign["good"] else _bad(str(sign["sign"]), sentences)
    return " ".join(found.split()[:_LONGEST]) if found else None


def _good(sign: str, sentences: list[str]) -> str | None:
    asked = QUESTION.search(sign)
    candidates = [part for part in sentences if "?" in part] if asked else sentences
    wanted = set(stems(sign)) - _GENERIC
    ideas = [said for said, named in IDEAS.values() if re.search(named, sign, re.IGNORECASE)]

    enough = 1 if asked else 2 if ideas or len(wanted) > 3 else 1

    def nearness(part: str) -> int:
        shared = len(wanted & set(stems(part)))
        said = sum(bool(re.search(idea, part, re.IGNORECASE)) for idea in ideas)
        if not shared and not asked and _vague(sign, wanted, part):
            return 0
        return shared + 2 * said

    best = max(candidates, key=nearness, default=None)
    return best if best is not None and nearness(best) >= enough else None


def _vague(sign: str, wanted: set[str], part: str) -> bool:
    """Whether an idea alone says too little: the sign names a number or something of the customer's own, or says much.

    Of other languages than English only the ideas are known, so there they have to do beside the numbers.
    """
    if named := set(_NUMBER.findall(sign)):
        return named.isdisjoint(_NUMBER.findall(part))
    if not _ENGLISH.search(part):
        return False
    return len(wanted) > _FEW_WORDS or (bool(_THEIRS.search(sign)) and not _COUNTED.search(part))


def _bad(sign: str, sentences: list[str]) -> str | None:
    if re.search(r"(?i)(several|more than one|three|ten) questions?|questionnaire", sign):
        asking = [part for part in sentences if "?" in part]
        return asking[-1] if len(asking) > 3 else None
    for said, named in FAULTS:
        if re.search(named, sign, re.IGNORECASE):
            found = next((part for part in sentences if _admits(said, part)), None)
            if found:
                return found
    return None


def _admits(said: str, part: str) -> bool:
    return bool(re.search(said, part, re.IGNORECASE)) and not re.search(
        r"(?i)\b(no|not|never|without|instead of|rather than|cannot|kein\w*|nicht|sin|sans|без|не)\b", part
    )


def _remark(
    criterion: dict[str, Any], seen: list[tuple[dict[str, Any], str]], model: str
) -> tuple[dict[str, str], bool]:
    good = [(sign, quote) for sign, quote in seen if sign["good"]]
    bad = [(sign, quote) for sign, quote in seen if not sign["good"]]
    told = [f"“{quote}” shows it: {sign['sign']}." for sign, quote in good[:1]]
    told += [f"“{quote}” costs you: {sign['sign']}." for sign, quote in bad[:1]]
    signs = " ".join(str(sign["sign"]) for sign in criterion["signs"] if sign["good"])
    lines = [part for part in _SENTENCE.split(model) if part]
    wanted = set(stems(f"{signs} {criterion['description']}"))
    best = max(lines, key=lambda part: len(wanted & set(stems(part))), default=str(criterion["description"]))
    feedback = " ".join(told) or f"Nothing in your words shows it: {criterion['description']}"
    return {"criterion": criterion["criterion"], "feedback": feedback, "suggestion": best}, bool(good) and not bad
