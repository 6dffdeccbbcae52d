"""/casebook: drafts that were really used, saved with one tap, browsed, searched, and shown to later answers."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.book import RowsUnreachable
from actors.session.case_rows import find_case
from actors.session.flow import Flow
from actors.session.onboarding import ask_for_setup
from actors.session.state import Job, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import Idle, SearchingCasebook
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.casebook import Case, case_of, case_row, search, twin
from coaching.prospect import cleaned
from coaching.rows import row_id
from coaching.strategist import StrategistOutput
from storage import Row, to_text

PAGE = 5
MOST_FOUND = 10
LONGEST_SEARCH = 200
_LABEL = 60


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """List the cases, or look for the words that came with the command."""
    if state.profile is None:
        return ask_for_setup(state, world)
    if rest:
        return _found(state.at(Idle()), rest, world)
    return _page(state.at(Idle()), 0, None, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Save a used draft, turn a page, open or take back a case, or ask what to look for."""
    if state.profile is None:
        return None
    match tap.words:
        case ("used", run_id):
            return _save(state, find_case(run_id, world), world)
        case ("page", page) if page.isdecimal() and len(page) < 4:
            return _page(state, int(page), tap, world)
        case ("view", case_id):
            return _view(state, case_id, tap, world)
        case ("drop", case_id):
            return _drop(state, case_id, tap, world)
        case ("search",):
            return Turn(state.at(SearchingCasebook()), calls=say(state, world.texts("casebook-ask")))
    return None


def take_search(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Look for the words the rep wrote."""
    return _found(state, message.text, world)


def follow(state: SessionState, rest: str, world: World) -> Turn:
    """Save the draft of the stored answer that a link names, by its id or its run's; without a name the newest."""
    if state.profile is None:
        return ask_for_setup(state, world)
    sessions = world.book.rows("support_sessions")
    newest = max(sessions.values(), key=lambda row: str(row["created_at"]), default=None)
    named = sessions.get(rest) or sessions.get(row_id(rest, "support_sessions")) if rest else newest
    turn = _save(state.at(Idle()), named, world)
    return turn or Turn(state, calls=say(state, world.texts("casebook-nothing")))


def team_cases(world: World) -> tuple[Case, ...]:
    """Every case of the team, newest first; none when storage does not give them."""
    try:
        return readable_cases(world)
    except RowsUnreachable:
        return ()


def shown_cases(job: Job) -> dict[str, str]:
    """The cases that a job's model was shown: what to call each, by its id."""
    shown = msgspec.convert(job.inputs.get("casebook", ()), list[dict[str, object]])
    return {str(case["case_id"]): f"{case['persona']}, {case['situation']}" for case in shown}


def _save(state: SessionState, session: Row | None, world: World) -> Turn | None:
    """Put the draft of a stored answer into the casebook, unless it or its twin is there."""
    if session is None:
        return None
    row = _row(session, state, world)
    cases = readable_cases(world)
    if any(case.id == row["id"] for case in cases):
        return _told(state, world.texts("casebook-saved-before"))
    if twin(cases, case_of(row)):
        return _told(state, world.texts("casebook-twin"))
    turn = _told(state, world.texts("casebook-saved"))
    return msgspec.structs.replace(turn, rows=(RowWrite("casebook", "insert", (row,)),))


def _told(state: SessionState, text: str) -> Turn:
    return Turn(state, calls=say(state, text))


def _row(session: Row, state: SessionState, world: World) -> Row:
    output = msgspec.convert(session["output_json"], StrategistOutput)
    return case_row(str(session["id"]), state.rep.telegram_id, output, to_text(world.now))


def readable_cases(world: World) -> tuple[Case, ...]:
    """The team's cases, newest first, for a turn that cannot do without them; raises RowsUnreachable."""
    rows = world.book.rows("casebook", team=True).values()
    return tuple(case_of(row) for row in sorted(rows, key=lambda row: str(row["created_at"]), reverse=True))


def _page(state: SessionState, page: int, tap: Tap | None, world: World) -> Turn:
    cases = readable_cases(world)
    last = max(0, (len(cases) - 1) // PAGE)
    page = min(page, last)
    if not cases:
        return show(state, tap, world.texts("casebook-empty"))
    turning = []
    if page > 0:
        turning.append(Button(label=world.texts("button-page-before"), data=f"casebook:page:{page - 1}"))
    if page < last:
        turning.append(Button(label=world.texts("button-page-after"), data=f"casebook:page:{page + 1}"))
    searching = (Button(label=world.texts("button-search"), data="casebook:search"),)
    buttons = (*_lines(cases[page * PAGE : (page + 1) * PAGE]), *((tuple(turning),) if turning else ()), searching)
    text = world.texts("casebook-page", count=len(cases), page=page + 1, pages=last + 1)
    return show(state, tap, text, buttons)


def _found(state: SessionState, words: str, world: World) -> Turn:
    words = cleaned(words)
    if not words or len(words) > LONGEST_SEARCH:
        return Turn(state, calls=say(state, world.texts("casebook-search-size", limit=LONGEST_SEARCH)))
    found = search(readable_cases(world), words)
    text = world.texts("casebook-found", count=len(found), words=words)
    return Turn(state.at(Idle()), calls=say(state, text, _lines(found[:MOST_FOUND]) or None))


def _view(state: SessionState, case_id: str, tap: Tap, world: World) -> Turn | None:
    case = next((case for case in readable_cases(world) if case.id == case_id), None)
    if case is None:
        return None
    text = world.texts(
        "casebook-case",
        persona=case.persona,
        situation=case.situation,
        concern=case.analysis.key_concern,
        steps="\n".join(f"{number}. {step.principle}" for number, step in enumerate(case.strategy.steps, start=1)),
        draft=case.draft.message,
        section=case.section or "none",
        day=case.at[:10],
    )
    back = (Button(label=world.texts("button-back"), data="casebook:page:0"),)
    mine = case.author == state.rep.telegram_id
    drop = (Button(label=world.texts("button-case-drop"), data=f"casebook:drop:{case.id}"),)
    return Turn(state, calls=say(state, text, (drop, back) if mine else (back,)))


def _drop(state: SessionState, case_id: str, tap: Tap, world: World) -> Turn | None:
    """Take a case back; only its author may."""
    case = next((case for case in readable_cases(world) if case.id == case_id), None)
    if case is None or case.author != state.rep.telegram_id:
        return None
    turn = show(state, tap, world.texts("casebook-dropped"))
    where: dict[str, object] = {"id": case_id, "created_from_user": state.rep.telegram_id}
    return msgspec.structs.replace(turn, rows=(RowWrite("casebook", "delete", where=where),))


def _lines(cases: tuple[Case, ...]) -> Keyboard:
    return tuple(
        (Button(label=f"{case.persona}: {case.situation}"[:_LABEL], data=f"casebook:view:{case.id}"),) for case in cases
    )


FLOW = Flow(
    commands={"casebook": open_},
    buttons={"casebook": pressed},
    texts={SearchingCasebook: take_search},
    links={"save_casebook": follow},
)
