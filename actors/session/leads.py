"""/leads: the list, a filter by status, pages, and search."""

from actors.session.app_link import open_in_app
from actors.session.flow import Flow
from actors.session.lead_rows import leads_of, title
from actors.session.onboarding import ask_for_setup
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import Idle, SearchingLeads
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.leads import Lead, LeadStatus, found
from coaching.prospect import cleaned

PAGE = 5
MOST_FOUND = 10
LONGEST_SEARCH = 200
FILTERS = ("open", "all", *LeadStatus)
_LABEL = 60
_MARKS = {
    LeadStatus.ANALYZED: "○",
    LeadStatus.REACHED_OUT: "➤",
    LeadStatus.MEETING_BOOKED: "◷",
    LeadStatus.IN_PROGRESS: "◐",
    LeadStatus.CLOSED_WON: "★",
    LeadStatus.CLOSED_LOST: "✕",
}


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """List the leads, or look for the words that came with the command."""
    if state.profile is None:
        return ask_for_setup(state, world)
    if rest:
        return _found(state, rest, world)
    return _page(state.at(Idle()), "open", 0, None, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Turn a page, choose a filter, or ask what to look for."""
    if state.profile is None:
        return None
    match tap.words:
        case ("page", name, page) if name in FILTERS and page.isdecimal() and len(page) < 4:
            return _page(state.at(Idle()), name, int(page), tap, world)
        case ("filter",):
            return show(state, tap, world.texts("leads-filter"), _filters(world))
        case ("search",):
            return Turn(state.at(SearchingLeads()), calls=say(state, world.texts("leads-ask")))
    return None


def take_search(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Look for the words the rep wrote."""
    return _found(state, message.text, world)


def label(lead: Lead, world: World) -> str:
    """A lead in one line: overdue or not, its status, its name, and whether it has a plan."""
    overdue = "❗" if lead.remind_at is not None and lead.remind_at < world.now else ""
    plan = " ☰" if lead.plan else ""
    return f"{overdue}{_MARKS[lead.status]} {title(lead, world)}"[:_LABEL] + plan


def _page(state: SessionState, name: str, page: int, tap: Tap | None, world: World) -> Turn:
    everyone = leads_of(world)
    kept = [lead for lead in everyone if _fits(lead, name)]
    last = max(0, (len(kept) - 1) // PAGE)
    page = min(page, last)
    if not everyone:
        return show(state, tap, world.texts("leads-none"))
    text = world.texts(
        "leads-page",
        count=len(kept),
        filter=world.texts(f"leads-{name}") if name in ("open", "all") else world.texts(f"status-{name}"),
        page=page + 1,
        pages=last + 1,
        total=len(everyone),
    )
    turning = [(world.texts("button-page-before"), page - 1)] if page > 0 else []
    turning += [(world.texts("button-page-after"), page + 1)] if page < last else []
    turns = tuple(Button(label=words, data=f"leads:page:{name}:{number}") for words, number in turning)
    tools = (
        Button(label=world.texts("button-filter"), data="leads:filter"),
        Button(label=world.texts("button-search"), data="leads:search"),
    )
    lines = _lines(kept[page * PAGE : (page + 1) * PAGE], world)
    return show(state, tap, text, (*lines, *((turns,) if turns else ()), tools, *open_in_app(world, "/leads")))


def _found(state: SessionState, words: str, world: World) -> Turn:
    words = cleaned(words)
    if not words or len(words) > LONGEST_SEARCH:
        return Turn(state, calls=say(state, world.texts("leads-search-size", limit=LONGEST_SEARCH)))
    hits = found(leads_of(world), words)
    text = world.texts("leads-found", count=len(hits), words=words, shown=min(len(hits), MOST_FOUND))
    return Turn(state.at(Idle()), calls=say(state, text, _lines(hits[:MOST_FOUND], world) or None))


def _fits(lead: Lead, name: str) -> bool:
    match name:
        case "all":
            return True
        case "open":
            return not lead.status.closed
    return lead.status == name


def _lines(leads: list[Lead] | tuple[Lead, ...], world: World) -> Keyboard:
    return tuple((Button(label=label(lead, world), data=f"lead:view:{lead.id}"),) for lead in leads)


def _filters(world: World) -> Keyboard:
    def button(name: str) -> Button:
        words = world.texts(f"leads-{name}") if name in ("open", "all") else world.texts(f"status-{name}")
        return Button(label=words, data=f"leads:page:{name}:0")

    return tuple(tuple(button(name) for name in FILTERS[at : at + 2]) for at in range(0, len(FILTERS), 2))


FLOW = Flow(commands={"leads": open_}, buttons={"leads": pressed}, texts={SearchingLeads: take_search})
