"""How a lead ended: points for a first win, and what decided it, in the rep's own words."""

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.lead_rows import activity, changed, find_lead, title
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import Idle, TellingOutcome
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button
from coaching.leads import Lead, LeadStatus
from coaching.practice import number
from coaching.progress import standing
from coaching.prospect import cleaned
from storage import to_text

WON_XP = 500
"""Points for a won lead, once in its life however often it is opened and won again."""
LONGEST_OUTCOME = 1_000


def closed(state: SessionState, profile: Profile, lead: Lead, world: World) -> Turn:
    """Ask what decided a lead that was just closed; a first win earns its points."""
    first = lead.status is LeadStatus.CLOSED_WON and not lead.rewarded
    name = "outcome-won" if lead.status is LeadStatus.CLOSED_WON else "outcome-lost"
    text = world.texts(name, lead=title(lead, world), xp=WON_XP if first else 0)
    skip = ((Button(label=world.texts("button-outcome-skip"), data=f"outcome:skip:{lead.id}"),),)
    waiting = state.at(TellingOutcome(lead.id))
    return Turn(waiting, calls=say(state, text, skip), rows=_reward(profile, lead, world) if first else ())


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Leave the outcome unsaid."""
    waiting = state.waiting_for
    if not isinstance(waiting, TellingOutcome) or tap.words != ("skip", waiting.lead_id):
        return None
    return show(state.at(Idle()), tap, world.texts("outcome-skipped"))


def take(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Keep what decided it."""
    lead = find_lead(state.waiting_for.lead_id, world) if isinstance(state.waiting_for, TellingOutcome) else None
    if lead is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("lead-gone")))
    words = cleaned(message.text)
    if not words or len(words) > LONGEST_OUTCOME:
        return Turn(state, calls=say(state, world.texts("outcome-size", limit=LONGEST_OUTCOME)))
    rows = (changed(lead, {"outcome": words}, world), activity(state, lead.id, "outcome", words, world))
    return Turn(state.at(Idle()), calls=say(state, world.texts("outcome-kept")), rows=rows)


def _reward(profile: Profile, lead: Lead, world: World) -> tuple[RowWrite, ...]:
    xp = number(world.book.rows("users").get(profile.user_id, {}), "total_xp") + WON_XP
    values: dict[str, object] = {"total_xp": xp, "current_level": standing(xp).level}
    return (
        changed(lead, {"rewarded_at": to_text(world.now)}, world),
        RowWrite("users", "update", values=values, where={"id": profile.user_id}),
    )


FLOW = Flow(buttons={"outcome": pressed}, texts={TellingOutcome: take})
