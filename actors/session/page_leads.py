"""The rep's leads as the page shows them: a list with search and filter, a board by status, and one lead whole."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from actors.session.flow import Flow
from actors.session.lead_rows import activities_of, find_lead, leads_of
from actors.session.leads import FILTERS, LONGEST_SEARCH
from actors.session.page import KeptFile, NotThere, Parameters, View
from actors.session.plan import PROOF, step_name
from actors.session.state import SessionState
from actors.session.turn import World
from coaching.changes import Change, changes
from coaching.leads import Lead, LeadStatus, found
from coaching.plans import ActionType, Plan, StepStatus
from coaching.strategist import Analysis, Draft, EngagementTactics, Strategy
from storage import from_text

PAGE = 20
COLUMN = 10
"""How many leads of a status the board shows; the list has them all."""
_ACTIVITIES = 30
_CONTENT = 500


class LeadLine(msgspec.Struct, frozen=True):
    """One lead in a list; times are UTC epoch seconds, `next_step` is the plan's, null without one."""

    id: str
    name: str | None
    title: str | None
    company: str | None
    status: LeadStatus
    next_step: str | None
    remind_at: float | None
    overdue: bool
    updated_at: float


class Leads(msgspec.Struct, frozen=True):
    """A page of leads, newest first, from 0; `count` are those that fit, `total` all there are."""

    leads: tuple[LeadLine, ...]
    page: int
    pages: int
    count: int
    total: int


class Column(msgspec.Struct, frozen=True):
    """The newest leads of one status, and how many it has."""

    status: LeadStatus
    count: int
    leads: tuple[LeadLine, ...]


class Board(msgspec.Struct, frozen=True):
    """Every status with its leads."""

    columns: tuple[Column, ...]


class Proof(msgspec.Struct, frozen=True):
    """A picture that shows a step done; `leads/{lead_id}/proofs/{proof_id}` answers with the picture itself."""

    id: str
    at: float


class StepView(msgspec.Struct, frozen=True):
    """A step of a plan; `due` is UTC epoch seconds."""

    number: int
    action: ActionType
    title: str
    detail: str
    draft: str | None
    status: StepStatus
    due: float
    proofs: tuple[Proof, ...]


class PlanView(msgspec.Struct, frozen=True):
    """A plan; `next` is the number of the step that is due next, null when it is through."""

    id: str
    goal: str
    next: int | None
    steps: tuple[StepView, ...]


class Happened(msgspec.Struct, frozen=True):
    """Something that happened with a lead."""

    kind: str
    content: str
    answer: str | None
    at: float


class Revision(msgspec.Struct, frozen=True):
    """A former reading of a lead, and what the next one changed in it."""

    at: float
    changes: tuple[Change, ...]


class FormerResearch(msgspec.Struct, frozen=True):
    """What an earlier research found."""

    at: float
    text: str


class LeadDetail(msgspec.Struct, frozen=True):
    """Everything known of a lead; `working` names the kinds of work on it that are under way."""

    line: LeadLine
    location: str | None
    context: str
    notes: str
    outcome: str | None
    analysis: Analysis | None
    strategy: Strategy | None
    tactics: EngagementTactics | None
    draft: Draft | None
    plan: PlanView | None
    research: str | None
    former_research: tuple[FormerResearch, ...]
    history: tuple[Happened, ...]
    revisions: tuple[Revision, ...]
    working: tuple[str, ...]
    created_at: float


class _Reading(msgspec.Struct, frozen=True):
    analysis: Analysis | None = None
    strategy: Strategy | None = None


def listed(state: SessionState, parameters: Parameters, world: World) -> Leads:
    """A page of the leads that fit the words and the filter; all of them without either."""
    everyone = leads_of(world)
    name, words = parameters.get("status") or "all", parameters.get("search", "")[:LONGEST_SEARCH].strip()
    if name not in FILTERS:
        raise NotThere
    kept = [lead for lead in (found(everyone, words) if words else everyone) if _fits(lead, name)]
    pages = max(1, -(-len(kept) // PAGE))
    page = min(page_number(parameters.get("page", "0")), pages - 1)
    lines = tuple(line(lead, world) for lead in kept[page * PAGE : (page + 1) * PAGE])
    return Leads(lines, page, pages, len(kept), len(everyone))


def board(state: SessionState, parameters: Parameters, world: World) -> Board:
    """The leads by status."""
    everyone = leads_of(world)
    counts = Counter(lead.status for lead in everyone)
    return Board(tuple(Column(status, counts[status], _column(everyone, status, world)) for status in LeadStatus))


def one(state: SessionState, parameters: Parameters, world: World) -> LeadDetail:
    """One lead whole."""
    lead = mine(parameters, world)
    return LeadDetail(
        line=line(lead, world),
        location=lead.geography,
        context=lead.context,
        notes=lead.notes,
        outcome=lead.outcome,
        analysis=lead.analysis,
        strategy=lead.strategy,
        tactics=lead.tactics,
        draft=lead.draft,
        plan=_plan(lead, lead.plan, world) if lead.plan else None,
        research=lead.research,
        former_research=_former_research(lead, world),
        history=_history(lead, world),
        revisions=_revisions(lead, world),
        working=tuple(sorted({job.kind for job in state.jobs if job.subject == lead.id and not job.answered})),
        created_at=lead.created_at,
    )


def proof(state: SessionState, parameters: Parameters, world: World) -> KeptFile:
    """Where the picture of a proof is kept."""
    rows = activities_of(mine(parameters, world).id, world, PROOF)
    row = next((one for one in rows if one["id"] == parameters["proof_id"] and one.get("upload")), None)
    if row is None:
        raise NotThere
    return KeptFile(str(row["upload"]))


def mine(parameters: Parameters, world: World) -> Lead:
    """The rep's lead that a path names; raises NotThere."""
    lead = find_lead(parameters["lead_id"], world)
    if lead is None:
        raise NotThere
    return lead


def line(lead: Lead, world: World) -> LeadLine:
    """A lead as lists show it."""
    number = lead.plan.next if lead.plan else None
    return LeadLine(
        id=lead.id,
        name=lead.name,
        title=lead.title,
        company=lead.company,
        status=lead.status,
        next_step=lead.plan.steps[number].title if lead.plan and number is not None else None,
        remind_at=lead.remind_at,
        overdue=lead.remind_at is not None and lead.remind_at < world.now,
        updated_at=lead.updated_at,
    )


def page_number(text: str) -> int:
    """The number of a page, from 0; raises NotThere for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise NotThere
    return int(text)


def _fits(lead: Lead, name: str) -> bool:
    return name == "all" or lead.status == name or (name == "open" and not lead.status.closed)


def _column(leads: Iterable[Lead], status: LeadStatus, world: World) -> tuple[LeadLine, ...]:
    return tuple(line(lead, world) for lead in leads if lead.status is status)[:COLUMN]


def _plan(lead: Lead, plan: Plan, world: World) -> PlanView:
    kept = [row for row in activities_of(lead.id, world, PROOF) if row.get("upload")]
    steps = tuple(
        StepView(n, step.action, step.title, step.detail, step.draft, step.status, plan.due(n), _proofs(plan, n, kept))
        for n, step in enumerate(plan.steps)
    )
    return PlanView(plan.id, plan.goal, plan.next, steps)


def _proofs(plan: Plan, number: int, kept: list[dict[str, object]]) -> tuple[Proof, ...]:
    name = step_name(plan, number)
    return tuple(Proof(str(row["id"]), from_text(str(row["created_at"]))) for row in kept if row.get("step") == name)


def _history(lead: Lead, world: World) -> tuple[Happened, ...]:
    return tuple(
        Happened(
            kind=str(row["activity_type"]),
            content=str(row["content"] or "")[:_CONTENT],
            answer=str(row["ai_response"]) if row.get("ai_response") else None,
            at=from_text(str(row["created_at"])),
        )
        for row in activities_of(lead.id, world)[:_ACTIVITIES]
    )


def _versions(lead: Lead, kind: str, world: World) -> list[tuple[float, object]]:
    """The versions of a kind, oldest first."""
    rows = world.book.rows("lead_versions").values()
    kept = [row for row in rows if row["lead_id"] == lead.id and row["kind"] == kind]
    return sorted(((from_text(str(row["created_at"])), row["content"]) for row in kept), key=lambda pair: pair[0])


def _former_research(lead: Lead, world: World) -> tuple[FormerResearch, ...]:
    versions = reversed(_versions(lead, "research", world))
    return tuple(FormerResearch(at, msgspec.convert(content, dict[str, str])["text"]) for at, content in versions)


def _revisions(lead: Lead, world: World) -> tuple[Revision, ...]:
    """The former readings, newest first."""
    versions = _versions(lead, "analysis", world)
    readings = [msgspec.convert(content, _Reading) for _, content in versions]
    later = [*readings[1:], _Reading(lead.analysis, lead.strategy)]
    pairs = zip(versions, readings, later, strict=False)
    return tuple(Revision(at, _changes(was, now)) for (at, _), was, now in pairs)[::-1]


def _changes(was: _Reading, now: _Reading) -> tuple[Change, ...]:
    if now.analysis is None or now.strategy is None:
        return ()
    return changes(was.analysis, was.strategy, now.analysis, now.strategy)


FLOW = Flow(
    views={
        "leads": View(listed, Leads, query=("search", "status", "page")),
        "leads/board": View(board, Board),
        "leads/{lead_id}": View(one, LeadDetail),
        "leads/{lead_id}/proofs/{proof_id}": View(proof, KeptFile),
    }
)
