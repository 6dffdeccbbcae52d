"""The strategist's part of the practice model: analysis, steps, objection, tactics and draft for one prospect."""

from typing import Any

from sandbox.models.drafting import write_draft
from sandbox.models.knowledge import Knowledge, Section, best_sections, nearest_sentence
from sandbox.models.reading import Prospect

_STAGES = (
    (("silence",), "gone quiet after first contact"),
    (("no_need",), "declined for now"),
    (("terms",), "negotiation"),
    (("price", "budget"), "evaluation, talking about money"),
    (("authority",), "internal decision"),
    (("competitor", "security", "trust"), "evaluation"),
    (("interest",), "interested, next step open"),
    (("timing", "adoption", "pain"), "discovery"),
)
_SIGNAL_STRENGTH = (
    (("no_need",), "none"),
    (("silence",), "weak"),
    (("interest", "terms"), "strong"),
    (("price", "authority", "pain", "trust", "competitor", "security"), "moderate"),
    (("timing", "budget", "adoption"), "weak"),
)
_PERSON_MOVES = {
    "economic": "Speak about outcome, risk and the way out, in few words; leave features for someone else",
    "technical": "Answer precisely and in writing, offer documents before they are asked for",
    "likely": "Make them look good inside: give them a page and a number they can show",
    "user": "Show it beside their work in ten minutes and let them judge",
    "buyer,": "Give terms and comparisons in a form that can be filed",
    "gatekeeper": "Ask for advice instead of access, and say plainly why you are calling",
    "investor": "Come with three figures and one open question",
    "role": "Find out their part in the decision: ask who else loses sleep over it",
}
_WAITS = {
    "timing": "Send it today, then stay quiet until the date they named; if they named none, three weeks",
    "silence": (
        "Send it on a Tuesday or Wednesday morning; if nothing comes in eight working days, close the file kindly"
    ),
    "no_need": "Send it within a day of their message, then nothing for half a year",
    "interest": "Answer within two hours while it is warm; propose a date inside this week",
    "terms": "Answer the same day with all points in one message; follow up on the date you agree",
    "budget": "Send it this week, and again four weeks before their budget round closes",
}


def advise(prospect: Prospect, knowledge: Knowledge) -> dict[str, Any]:
    """The whole advice, under the strategist's field names."""
    others = " ".join(signal.words for signal in prospect.signals[1:2])
    emphasis = f"{prospect.main.words} {prospect.main.words} {prospect.main.id} {others}"
    sections = best_sections(knowledge, prospect.text, emphasis, 3)
    draft = write_draft(prospect, knowledge)
    return {
        "prospect_info": {
            "first_name": prospect.first_name,
            "last_name": prospect.last_name,
            "company": prospect.company,
            "geography": prospect.geography,
        },
        "analysis": _analysis(prospect),
        "strategy": {
            "steps": _steps(prospect, knowledge, sections),
            "anticipated_objection": prospect.main.objection,
            "objection_response": prospect.main.response,
        },
        "engagement_tactics": {
            "linkedin_actions": _actions(prospect),
            "comment_suggestion": None,
            "timing": _WAITS.get(
                prospect.main.id, "Send it tomorrow morning; follow up once after five working days with one new fact"
            ),
        },
        "draft": {
            "platform": prospect.channel,
            "message": draft,
            "word_count": len(draft.split()),
            "playbook_reference": sections[0].heading if sections else None,
        },
        "casebook_match": {"found": False, "similarity": None, "case_id": None},
    }


def _analysis(prospect: Prospect) -> dict[str, Any]:
    concern = prospect.main.concern
    quoted = f"{concern}. In their words: “{prospect.quote}”." if prospect.quote else f"{concern}."
    return {
        "prospect_type": "champion, needs others to say yes" if prospect.has("authority") else prospect.kind,
        "seniority": prospect.title or prospect.level,
        "background_leverage": _leverage(prospect),
        "company_context": _context(prospect),
        "stage": next(
            (stage for ids, stage in _STAGES if prospect.has(*ids[:]) and prospect.main.id in ids), "first contact"
        ),
        "key_concern": quoted,
        "buying_signal": _strength(prospect),
        "buying_signal_reason": _reason(prospect),
    }


def _leverage(prospect: Prospect) -> str:
    if prospect.title is None:
        return f"The text does not state a title. Build on what {prospect.called} said: “{prospect.quote}”."
    deciding = {
        "economic": "can say yes alone or block it alone, so the talk is about outcome and risk",
        "technical": "is listened to on whether it works, so exact answers count for more than benefits",
        "likely": "feels the problem and can carry it upwards, but needs help to be heard there",
        "user": "knows how the work is really done, so an invitation to judge is worth more than a claim",
    }.get(prospect.kind.split()[0], "has a say that is worth mapping before anything is offered")
    if prospect.has("authority"):
        deciding = "likes to move but does not sign alone, so everything you send must survive being forwarded"
    return f"As {prospect.title}, {prospect.called} {deciding}."


def _context(prospect: Prospect) -> str:
    parts = [prospect.company or "The company is not named in the text"]
    if prospect.geography:
        parts.append(f"in {prospect.geography}" if prospect.company else f"place: {prospect.geography}")
    if prospect.figure:
        parts.append(f"the text names a figure worth using: {prospect.figure}")
    others = [signal.id.replace("_", " ") for signal in prospect.signals[1:4]]
    if others:
        parts.append(f"also in play: {', '.join(others)}")
    return ", ".join(parts) + "."


def _strength(prospect: Prospect) -> str:
    return next((strength for ids, strength in _SIGNAL_STRENGTH if prospect.has(*ids)), "none")


def _reason(prospect: Prospect) -> str:
    strength = _strength(prospect)
    if strength == "none":
        return f"Nothing in the text asks about a next step; what stands there is “{prospect.quote}”."
    shown = (
        "asks about what comes next"
        if prospect.has("interest", "terms")
        else "spends words on it, which an uninterested person does not"
    )
    if strength == "weak":
        shown = "leaves a door open without a date"
    return f"“{prospect.quote}”: {prospect.called} {shown}."


def _steps(prospect: Prospect, knowledge: Knowledge, sections: list[Section]) -> list[dict[str, str]]:
    main = prospect.main
    steps = [
        {
            "principle": sections[0].heading if sections else "Answer the worry first",
            "detail": _with_playbook(f"{main.move}. Begin from “{prospect.quote}”", sections[:1], prospect),
        },
        {
            "principle": f"Speak to {prospect.called} as {_article(prospect.title)}",
            "detail": f"{_PERSON_MOVES.get(prospect.kind.split()[0], _PERSON_MOVES['role'])}.",
        },
    ]
    for signal, section in zip(prospect.signals[1:2], sections[1:2], strict=False):
        steps.append(
            {
                "principle": section.heading,
                "detail": _with_playbook(
                    f"Second, {signal.id.replace('_', ' ')} is in play. {signal.move}", [section], prospect
                ),
            }
        )
    proof = _proof(prospect, knowledge)
    if proof:
        steps.append(
            {
                "principle": "One fitting example, not three",
                "detail": f"Mention only this one, if asked for proof: {proof}",
            }
        )
    agreed = f" Use their figure ({prospect.figure}) and not ours." if prospect.figure else ""
    steps.append(
        {
            "principle": "One next step with a date",
            "detail": f"Ask: “{main.ask}” Then agree on one next step and its date, or take an honest no.{agreed}",
        }
    )
    return steps


def _with_playbook(move: str, sections: list[Section], prospect: Prospect) -> str:
    sentence = nearest_sentence(sections[0], f"{prospect.text} {prospect.main.words}") if sections else ""
    return f"{move}. The playbook: “{sentence.rstrip('.')}.”" if sentence else f"{move}."


def _proof(prospect: Prospect, knowledge: Knowledge) -> str:
    if not knowledge.proofs or not prospect.has("trust", "adoption", "competitor", "price", "pain"):
        return ""
    best = best_sections(
        Knowledge(playbook=tuple(Section("", proof) for proof in knowledge.proofs)),
        prospect.text,
        prospect.main.words,
        1,
    )
    return best[0].body if best else knowledge.proofs[prospect.dice % len(knowledge.proofs)]


def _actions(prospect: Prospect) -> list[str]:
    if prospect.main.id == "no_need":
        return []
    whom = " ".join(part for part in (prospect.first_name, prospect.last_name) if part) or "the prospect"
    actions = [f"Read {whom}'s profile for how long they have been in the role before you write"]
    if prospect.channel != "LinkedIn":
        actions.append(f"Connect with {whom} without a pitch, one line on why")
    if prospect.has("authority", "competitor", "security"):
        actions.append(
            f"Look up who else at {prospect.company or 'the company'} has a say, and note the names "
            f"before the next call"
        )
    return actions


def _article(title: str | None) -> str:
    if title is None:
        return "someone whose role is still open"
    if title.startswith(("Head", "head", "CEO", "CFO", "CTO", "COO", "CIO", "VP", "Chief", "chief")):
        return title
    return f"{'an' if title[:1].lower() in 'aeiou' else 'a'} {title}"
