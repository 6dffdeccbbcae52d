"""The casebook: drafts that were really used, without names, found again when a similar prospect comes.

A case is the team's: it says what was done with what kind of buyer, never who that was.
"""

from collections.abc import Iterable, Sequence

import msgspec

from coaching.names import anonymous, prospect_names
from coaching.orders import spoken
from coaching.prospect import cleaned
from coaching.retrieval import ranked, stems
from coaching.rows import Row, lead_texts, row_id
from coaching.strategist import Analysis, CasebookMatch, Draft, StrategistOutput, Strategy, known

SHOWN = 3
"""The most cases a model is shown."""
FEWEST_SHARED = 4
"""Different telling words that a case must share with a prospect to be shown."""
TWIN = 0.8
"""The share of words from which two cases are one."""


class Case(msgspec.Struct, frozen=True):
    """One case: what kind of buyer, what held them back, what was done, and the draft that was sent."""

    id: str
    persona: str
    situation: str
    industry: str | None
    analysis: Analysis
    strategy: Strategy
    draft: Draft
    section: str | None
    author: int | None
    at: str

    @property
    def words(self) -> str:
        """What a similar prospect would share with it."""
        about = self.analysis
        return " ".join(
            (
                self.persona,
                self.situation,
                self.industry or "",
                about.seniority,
                about.key_concern,
                about.company_context,
                about.buying_signal_reason,
                self.strategy.anticipated_objection,
            )
        )


def case_row(session_id: str, telegram_id: int, output: StrategistOutput, at: str) -> Row:
    """The row of a used draft: one per stored answer, the prospect's and the company's name struck out of it."""
    nameless = anonymous(output, prospect_names(output))
    analysis = nameless.analysis
    return {
        "id": row_id(session_id, "casebook"),
        "persona_type": cleaned(analysis.prospect_type)[:200],
        "scenario_type": cleaned(analysis.stage)[:200],
        "industry": cleaned(analysis.company_context)[:200] or None,
        "seniority": cleaned(analysis.seniority)[:200],
        **lead_texts(nameless),
        "playbook_references": known(output.draft.playbook_reference),
        "quality_score": None,
        "user_accepted_first_draft": True,
        "user_feedback": None,
        "created_from_user": telegram_id,
        "created_at": at,
    }


def case_of(row: Row) -> Case:
    """The case of a row."""
    section, industry, author = row["playbook_references"], row["industry"], row["created_from_user"]
    return Case(
        id=str(row["id"]),
        persona=str(row["persona_type"]),
        situation=str(row["scenario_type"]),
        industry=str(industry) if industry else None,
        analysis=msgspec.json.decode(str(row["prospect_analysis"]), type=Analysis),
        strategy=msgspec.json.decode(str(row["closing_strategy"]), type=Strategy),
        draft=msgspec.json.decode(str(row["draft_response"]), type=Draft),
        section=str(section) if section else None,
        author=int(str(author)) if author is not None else None,
        at=str(row["created_at"]),
    )


def similar(cases: Sequence[Case], prospect: str) -> tuple[Case, ...]:
    """The cases to show for a prospect, best first: those that share enough telling words with the pasted text."""
    hits = ranked([case.words for case in cases], prospect)
    return tuple(cases[hit.place] for hit in hits if hit.shared >= FEWEST_SHARED)[:SHOWN]


def search(cases: Sequence[Case], words: str) -> tuple[Case, ...]:
    """Every case in which a rep's words occur, best first; the draft is searched too."""
    texts = [f"{case.words} {case.draft.message}" for case in cases]
    return tuple(cases[hit.place] for hit in ranked(texts, words))


def twin(cases: Iterable[Case], new: Case) -> Case | None:
    """The case that says nearly the same as a new one, or None."""
    wanted = set(stems(f"{new.words} {new.draft.message}"))
    for case in cases:
        there = set(stems(f"{case.words} {case.draft.message}"))
        if case.id != new.id and len(wanted & there) >= TWIN * max(1, len(wanted | there)):
            return case
    return None


def shown(cases: Iterable[Case]) -> list[dict[str, object]]:
    """Cases as a model gets them: short, and each with the id by which it can be cited.

    A case quotes what was once pasted; sentences in it that give a model orders are left out.
    """
    return [
        {
            "case_id": case.id,
            "persona": case.persona,
            "situation": case.situation,
            "concern": spoken(case.analysis.key_concern).text,
            "what_was_done": [spoken(f"{step.principle}: {step.detail}").text for step in case.strategy.steps[:3]],
            "draft_that_was_used": spoken(case.draft.message).text,
        }
        for case in cases
    ]


def checked(output: StrategistOutput, case_ids: Iterable[str]) -> StrategistOutput:
    """The answer, its reference to a case kept only if that case was among those shown."""
    match = output.casebook_match
    if not match.found or match.case_id in set(case_ids):
        return output
    return msgspec.structs.replace(output, casebook_match=CasebookMatch(found=False))
