"""The strategist's answer laid out for reading: ordered sections of titled parts, as data without any wording.

Titles are ids for the message catalogue: `answer-<id>` for sections and lists, `field-<id>` for single facts.
"""

from enum import StrEnum

import msgspec

from coaching.strategist import Draft, StrategistOutput, prospect_name


class Layout(StrEnum):
    """How a part reads: one labelled line, a paragraph under its title, or a list."""

    FACT = "fact"
    PARAGRAPH = "paragraph"
    NUMBERED = "numbered"
    BULLETS = "bullets"


class Entry(msgspec.Struct, frozen=True):
    """One line or paragraph; `heading` leads it where it has one."""

    text: str
    heading: str | None = None


class Part(msgspec.Struct, frozen=True):
    """Entries under one title; `title` is None where the section's own title is enough."""

    layout: Layout
    entries: tuple[Entry, ...]
    title: str | None = None


class Section(msgspec.Struct, frozen=True):
    """One section; its id is the field of the answer it was made from."""

    id: str
    parts: tuple[Part, ...]


class Answer(msgspec.Struct, frozen=True):
    """The whole answer; the draft stands apart because it is sent as a message of its own."""

    sections: tuple[Section, ...]
    draft: Draft


def support_sections(output: StrategistOutput) -> Answer:
    """Lay out an answer; parts without content are left out."""
    return Answer((_analysis(output), _strategy(output), _tactics(output)), output.draft)


def _analysis(output: StrategistOutput) -> Section:
    analysis = output.analysis
    signal = f"{analysis.buying_signal}: {analysis.buying_signal_reason}"
    facts = (
        ("prospect", _who(output)),
        ("type", analysis.prospect_type),
        ("seniority", analysis.seniority),
        ("background", analysis.background_leverage),
        ("company", analysis.company_context),
        ("stage", analysis.stage),
        ("concern", analysis.key_concern),
        ("signal", signal),
    )
    return Section("analysis", tuple(_fact(title, text) for title, text in facts if text))


def _strategy(output: StrategistOutput) -> Section:
    strategy = output.strategy
    steps = tuple(Entry(step.detail, step.principle) for step in strategy.steps)
    parts = (
        Part(Layout.NUMBERED, steps),
        Part(Layout.PARAGRAPH, (Entry(strategy.anticipated_objection),), "objection"),
        Part(Layout.PARAGRAPH, (Entry(strategy.objection_response),), "response"),
    )
    return Section("strategy", parts)


def _tactics(output: StrategistOutput) -> Section:
    tactics = output.engagement_tactics
    parts = [_fact("timing", tactics.timing)]
    if tactics.linkedin_actions:
        parts.insert(0, Part(Layout.BULLETS, tuple(Entry(action) for action in tactics.linkedin_actions)))
    if tactics.comment_suggestion:
        parts.append(Part(Layout.PARAGRAPH, (Entry(tactics.comment_suggestion),), "comment"))
    return Section("engagement_tactics", tuple(parts))


def _fact(title: str, text: str) -> Part:
    return Part(Layout.FACT, (Entry(text),), title)


def _who(output: StrategistOutput) -> str:
    info = output.prospect_info
    return ", ".join(part for part in (prospect_name(output), info.company, info.geography) if part)
