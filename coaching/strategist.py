"""What the strategist answers: who the prospect is, how to win them, and a draft to send.

A key nobody asked for makes an answer undecodable; bounds are wide, because each breach costs a repair.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

Line = Annotated[str, Meta(min_length=1, max_length=600)]
Passage = Annotated[str, Meta(min_length=1, max_length=3000)]


class ProspectInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the prospect is, as far as the pasted text says so itself."""

    first_name: Annotated[str, Meta(max_length=200)] | None = None
    last_name: Annotated[str, Meta(max_length=200)] | None = None
    company: (
        Annotated[str, Meta(max_length=200, description="The company's name only, null when not stated")] | None
    ) = None
    geography: (
        Annotated[str, Meta(max_length=200, description="City, country or region, null when not stated")] | None
    ) = None


class Analysis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the prospect is to be read."""

    prospect_type: Annotated[
        Line, Meta(description="Their role in a purchase, without any name, e.g. 'economic buyer'")
    ]
    seniority: Annotated[Line, Meta(description="Their title or level in a few words")]
    background_leverage: Annotated[Passage, Meta(description="What in their background the rep can build on")]
    company_context: Annotated[Passage, Meta(description="What is known of their company that matters for the deal")]
    stage: Annotated[Line, Meta(description="Where the deal stands, in a few words")]
    key_concern: Annotated[Passage, Meta(description="What holds them back most, in one or two sentences")]
    buying_signal: Annotated[Line, Meta(description="strong, moderate, weak or none")]
    buying_signal_reason: Annotated[Passage, Meta(description="Their own words or behaviour that show it")]


class StrategyStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step towards the close."""

    principle: Annotated[Line, Meta(description="The playbook idea in a few words")]
    detail: Annotated[Passage, Meta(description="What exactly to do or say with this prospect")]


class Strategy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to win the deal."""

    steps: Annotated[
        tuple[StrategyStep, ...], Meta(min_length=1, max_length=10, description="Three to five steps, in order")
    ]
    anticipated_objection: Annotated[
        Passage, Meta(description="What they will most likely say against it, in their voice")
    ]
    objection_response: Annotated[Passage, Meta(description="What the rep answers, in words ready to use")]


class EngagementTactics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do around the message."""

    linkedin_actions: Annotated[
        tuple[Line, ...],
        Meta(max_length=12, description="Zero to four small actions; never about posts nobody showed you"),
    ]
    timing: Annotated[Passage, Meta(description="When to send, and when to follow up")]
    comment_suggestion: (
        Annotated[str, Meta(max_length=3000, description="A comment for a post quoted in the text, otherwise null")]
        | None
    ) = None


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The message the rep can send."""

    platform: Annotated[Line, Meta(description="Where to send it: Email, LinkedIn, WhatsApp, Telegram, Phone")]
    message: Annotated[str, Meta(min_length=1, max_length=12000, description="The whole message, ready to send")]
    word_count: Annotated[int, Meta(ge=0, le=100000, description="Words in the message")]
    playbook_reference: (
        Annotated[str, Meta(max_length=600, description="One playbook heading, copied exactly, or null")] | None
    ) = None


class CasebookMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The earlier case this one resembles, if one was shown to the model."""

    found: bool
    similarity: Annotated[float, Meta(ge=0, le=100, description="0 to 1, null when none was found")] | None = None
    case_id: (
        Annotated[str, Meta(max_length=100, description="The id of a case shown to you, otherwise null")] | None
    ) = None


class StrategistOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The strategist's whole answer; the fields stand in the order in which they are written and shown."""

    prospect_info: ProspectInfo
    analysis: Analysis
    strategy: Strategy
    engagement_tactics: EngagementTactics
    draft: Draft
    casebook_match: CasebookMatch


_UNKNOWN = frozenset(
    {
        "",
        "-",
        "?",
        "n/a",
        "na",
        "none",
        "null",
        "unknown",
        "not specified",
        "not mentioned",
        "not stated",
        "not provided",
    }
)


def known(value: str | None) -> str | None:
    """The value trimmed, or None where a model wrote a word for "I do not know"."""
    text = " ".join((value or "").split())
    return None if text.strip(" .()").casefold() in _UNKNOWN else text


def tidied(output: StrategistOutput) -> StrategistOutput:
    """The answer with its countable facts made true: words counted, unknowns null, no match without a case.

    Models count badly and write "N/A" for null; neither is worth a second call.
    """
    info, match = output.prospect_info, output.casebook_match
    comment = output.engagement_tactics.comment_suggestion
    found = match.found and known(match.case_id) is not None
    return msgspec.structs.replace(
        output,
        prospect_info=ProspectInfo(
            known(info.first_name), known(info.last_name), known(info.company), known(info.geography)
        ),
        engagement_tactics=msgspec.structs.replace(
            output.engagement_tactics, comment_suggestion=comment if known(comment) else None
        ),
        draft=msgspec.structs.replace(
            output.draft,
            word_count=len(output.draft.message.split()),
            playbook_reference=known(output.draft.playbook_reference),
        ),
        casebook_match=match if found else CasebookMatch(found=False),
    )


def prospect_name(output: StrategistOutput) -> str | None:
    """First and last name as far as they are known, or None."""
    parts = (known(output.prospect_info.first_name), known(output.prospect_info.last_name))
    return " ".join(part for part in parts if part) or None
