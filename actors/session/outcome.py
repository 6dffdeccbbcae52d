"""How a lead ended: points for a first win, and what decided it, in the rep's own words."""

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.lead_rows import activity, changed, find_lead, title
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import Idle, TellingOutcome
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.leads import Lead, LeadStatus
from coaching.practice import number
from coaching.progress import standing
from coaching.prospect import cleaned
from coaching.team import DAY_S
from coaching.wins import MOST_A_WEEK, WON_XP, earns, person
from storage import to_text

LONGEST_OUTCOME = 1_000


def closed(state: SessionState, profile: Profile, lead: Lead, world: World) -> Turn:
    """Ask what decided a lead that was just closed; a first win of somebody earns its points."""
    first = lead.status is LeadStatus.CLOSED_WON and _earns(lead, world, state.rep.telegram_id)
    name = "outcome-won" if lead.status is LeadStatus.CLOSED_WON else "outcome-lost"
    text = world.texts(name, lead=title(lead, world), xp=WON_XP if first else 0, limit=MOST_A_WEEK)
    skip = ((Button(label=world.texts("button-outcome-skip"), data=f"outcome:skip:{lead.id}"),),)
    waiting = state.at(TellingOutcome(lead.id))
    return Turn(
        waiting,
        calls=say(state, text, skip),
        rows=_reward(profile, lead, world, state.rep.telegram_id) if first else (),
    )


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Leave the outcome unsaid."""
    waiting = state.waiting_for
    if not isinstance(waiting, TellingOutcome) or tap.words != ("skip", waiting.lead_id):
        return None
    return show(state.at(Idle()), tap, world.texts("outcome-skipped"), _onward(waiting.lead_id, world))


def take(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Keep what decided it."""
    lead = find_lead(state.waiting_for.lead_id, world) if isinstance(state.waiting_for, TellingOutcome) else None
    if lead is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("lead-gone")))
    words = cleaned(message.text)
    if not words or len(words) > LONGEST_OUTCOME:
        return Turn(state, calls=say(state, world.texts("outcome-size", limit=LONGEST_OUTCOME)))
    rows = (changed(lead, {"outcome": words}, world), activity(state, lead.id, "outcome", words, world))
    return Turn(state.at(Idle()), calls=say(state, world.texts("outcome-kept"), _onward(lead.id, world)), rows=rows)


def _onward(lead_id: str, world: World) -> Keyboard:
    return ((Button(label=world.texts("button-open-lead"), data=f"lead:open:{lead_id}"),),)


def _earns(lead: Lead, world: World, telegram_id: int) -> bool:
    rewards = world.book.rows("win_rewards").values()
    return earns(lead, person(lead, telegram_id), rewards, to_text(world.now - 7 * DAY_S))


def _reward(profile: Profile, lead: Lead, world: World, telegram_id: int) -> tuple[RowWrite, ...]:
    xp = number(world.book.rows("users").get(profile.user_id, {}), "total_xp") + WON_XP
    values: dict[str, object] = {"total_xp": xp, "current_level": standing(xp).level}
    reward: dict[str, object] = {
        "id": world.new_id(),
        "user_id": profile.user_id,
        "telegram_id": telegram_id,
        "lead_id": lead.id,
        "person": person(lead, telegram_id),
        "created_at": to_text(world.now),
    }
    return (
        changed(lead, {"rewarded_at": to_text(world.now)}, world),
        RowWrite("win_rewards", "insert", (reward,)),
        RowWrite("users", "update", values=values, where={"id": profile.user_id}),
    )


FLOW = Flow(buttons={"outcome": pressed}, texts={TellingOutcome: take})
