"""The team's casebook on the page: browsed, searched, one case whole, saved from a worked prospect and taken back."""

import msgspec

from actors.session import casebook
from actors.session.case_rows import by_id
from actors.session.flow import Flow
from actors.session.page import Action, NoBody, NotThere, Parameters, View
from actors.session.page_leads import page_number
from actors.session.pressing import press
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from coaching.casebook import Case, search
from coaching.strategist import Analysis, Draft, Strategy
from storage import from_text

PAGE = 20


class CasebookLine(msgspec.Struct, frozen=True):
    """A case in a list; `mine` says that the rep saved it and may take it back."""

    id: str
    persona: str
    situation: str
    industry: str | None
    section: str | None
    mine: bool
    at: float


class CasebookPage(msgspec.Struct, frozen=True):
    """A page of cases from 0, newest first, or best first for a search; `count` fit, `total` are all there are."""

    cases: tuple[CasebookLine, ...]
    page: int
    pages: int
    count: int
    total: int


class CasebookCase(msgspec.Struct, frozen=True):
    """A case whole; it names nobody."""

    line: CasebookLine
    analysis: Analysis
    strategy: Strategy
    draft: Draft


def listed(state: SessionState, parameters: Parameters, world: World) -> CasebookPage:
    """A page of the cases in which the words occur; of all without any."""
    everything = casebook.readable_cases(world)
    words = parameters.get("search", "")[: casebook.LONGEST_SEARCH].strip()
    kept = search(everything, words) if words else everything
    pages = max(1, -(-len(kept) // PAGE))
    page = min(page_number(parameters.get("page") or "0"), pages - 1)
    lines = tuple(_line(case, state) for case in kept[page * PAGE : (page + 1) * PAGE])
    return CasebookPage(lines, page, pages, len(kept), len(everything))


def one(state: SessionState, parameters: Parameters, world: World) -> CasebookCase:
    """One case."""
    case = _named(parameters, world)
    return CasebookCase(_line(case, state), case.analysis, case.strategy, case.draft)


def save(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Put the draft of a worked prospect into the casebook, as the chat's "I used this" does."""
    case_id = parameters["case_id"]
    if case_id not in world.book.rows("support_sessions"):
        raise NotThere
    return press(casebook.pressed, state, ("used", by_id(case_id)), world)


def drop(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Take an own case back; another's is not there to be taken."""
    case = _named(parameters, world)
    if case.author != state.rep.telegram_id:
        raise NotThere
    return press(casebook.pressed, state, ("drop", case.id), world)


def _named(parameters: Parameters, world: World) -> Case:
    case = next((case for case in casebook.readable_cases(world) if case.id == parameters["case_id"]), None)
    if case is None:
        raise NotThere
    return case


def _line(case: Case, state: SessionState) -> CasebookLine:
    return CasebookLine(
        id=case.id,
        persona=case.persona,
        situation=case.situation,
        industry=case.industry,
        section=case.section,
        mine=case.author == state.rep.telegram_id,
        at=from_text(case.at),
    )


FLOW = Flow(
    views={
        "casebook": View(listed, CasebookPage, query=("search", "page")),
        "casebook/{case_id}": View(one, CasebookCase),
    },
    actions={
        "cases/{case_id}/save": Action(save, then="cases/{case_id}"),
        "casebook/{case_id}/drop": Action(drop, then="casebook"),
    },
)
