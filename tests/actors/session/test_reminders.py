"""Reminders: once per moment, never in quiet hours, three times at most, none for what is closed; the daily digest."""

import msgspec
import pytest

from actors.session import conversation
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from coaching.rep_settings import RepSettings
from storage import to_text
from tests.actors.session.leading import DAY, LEAD, lead, planned_lead, stored, with_leads
from tests.actors.session.practising import rows_of, tap
from tests.actors.session.world import NOW, keyboard, ready, said

AWAKE = RepSettings(quiet_from=0, quiet_to=0)


def rep(settings: RepSettings = AWAKE) -> SessionState:
    """A rep with these settings."""
    state = ready()
    assert state.profile is not None
    return msgspec.structs.replace(state, profile=msgspec.structs.replace(state.profile, settings=settings))


def nudged(at: World, state: SessionState | None = None, kind: str = "remind", subject: str = LEAD) -> Turn:
    """A time has come; what that writes is kept."""
    turn = conversation.time_come(state or rep(), kind, subject, at)
    at.book.apply(turn.rows)
    return turn


def later(at: World, days: float) -> World:
    """The same rows, later."""
    return msgspec.structs.replace(at, now=at.now + days * DAY)


def test_a_step_is_reminded_of_once_per_moment() -> None:
    """The second nudge for the same moment finds it moved."""
    at = with_leads(planned_lead())
    first = nudged(at)
    assert "Today for Maria Keller @ Nordwerk" in said(first)[0]
    assert "Hello Maria" in said(first)[0]
    assert f"plan:done:{LEAD}:0:plan1" in keyboard(first)
    assert f"remind:later:{LEAD}" in keyboard(first)
    assert nudged(at).calls == ()


def test_an_unanswered_reminder_comes_back_twice_and_then_no_more() -> None:
    """Two days later, five days later, then silence."""
    at = with_leads(planned_lead())
    nudged(at)
    at = later(at, 2)
    assert "Still open" in said(nudged(at))[0]
    at = later(at, 5)
    assert "a last time" in said(nudged(at))[0]
    assert stored(at).remind_at is None
    assert nudged(later(at, 30)).calls == ()


def test_quiet_hours_put_it_off_to_their_end() -> None:
    """On the rep's own clock."""
    settings = RepSettings(quiet_from=0, quiet_to=23, time_zone="Asia/Tokyo")
    at = with_leads(planned_lead())
    turn = nudged(at, rep(settings))
    assert turn.calls == ()
    kept = stored(at).remind_at
    assert kept is not None
    assert settings.local(kept).hour == 23


@pytest.mark.parametrize("changes", [{"status": "closed_won"}, {"status": "closed_lost"}, {"engagement_plan": None}])
def test_what_is_closed_or_has_no_plan_is_not_reminded_of(changes: dict[str, object]) -> None:
    """And the moment is cleared, so that nobody asks again."""
    at = with_leads(planned_lead(**changes))
    assert nudged(at).calls == ()
    assert stored(at).remind_at is None


def test_a_rep_who_wants_none_gets_none() -> None:
    """Their setting rules."""
    off = rep(RepSettings(quiet_from=0, quiet_to=0, reminders=False))
    assert nudged(with_leads(planned_lead()), off).calls == ()


@pytest.mark.parametrize(("choice", "days"), [("3h", 3 / 24), ("1d", 1), ("3d", 3), ("7d", 7)])
def test_a_reminder_is_put_off(choice: str, days: float) -> None:
    """By as long as was chosen, and counted anew."""
    at = with_leads(planned_lead(followup_count=2))
    turn = tap(rep(), f"remind:snooze:{choice}:{LEAD}", at)
    at.book.apply(turn.rows)
    assert stored(at).remind_at == pytest.approx(NOW + days * DAY)
    assert stored(at).reminded == 0


def test_reminders_of_a_step_are_stopped_until_the_plan_moves_on() -> None:
    """Stop clears the moment; Done sets the next one."""
    at = with_leads(planned_lead())
    at.book.apply(tap(rep(), f"remind:stop:{LEAD}", at).rows)
    assert stored(at).remind_at is None
    at.book.apply(tap(rep(), f"plan:done:{LEAD}:0:plan1", at).rows)
    assert stored(at).remind_at is not None


@pytest.mark.parametrize("data", [f"remind:snooze:9d:{LEAD}", "remind:later:none", "remind:stop:none", "remind"])
def test_stale_buttons_change_nothing(data: str) -> None:
    """Unknown choices and leads."""
    turn = tap(rep(), data, with_leads(planned_lead()))
    assert (turn.calls, turn.rows) == ((), ())


def test_closed_leads_have_no_snooze() -> None:
    """An old reminder's button does not bring a closed lead back."""
    assert tap(rep(), f"remind:snooze:1d:{LEAD}", with_leads(planned_lead(status="closed_won"))).rows == ()


def digest_at(at: World) -> Turn:
    """The digest's nudge."""
    return nudged(at, kind="digest", subject="")


def noon(at: World) -> World:
    """Noon of that day, in UTC."""
    return msgspec.structs.replace(at, now=at.now - at.now % DAY + DAY / 2)


def test_the_digest_names_untouched_leads_once_a_week() -> None:
    """Once a day at most, and the same lead again only after another full week."""
    at = noon(with_leads(lead(), lead(LEAD[:-1] + "b", last_contacted=to_text(NOW - DAY))))
    turn = digest_at(at)
    assert keyboard(turn) == [f"lead:open:{LEAD}"]
    assert digest_at(at).calls == ()
    assert digest_at(later(at, 1)).calls == ()
    assert len(keyboard(digest_at(later(at, 7)))) == 2


def test_closed_leads_and_those_reminded_of_are_not_in_the_digest() -> None:
    """And a day without any is noted silently."""
    at = noon(with_leads(lead(status="closed_lost"), planned_lead(id=LEAD[:-1] + "b")))
    turn = digest_at(at)
    assert turn.calls == ()
    assert len(rows_of(turn, "users")) == 1


def test_no_digest_before_nine() -> None:
    """On the rep's clock."""
    at = with_leads(lead())
    early = msgspec.structs.replace(at, now=at.now - at.now % DAY + 8 * 3600)
    assert digest_at(early).calls == ()
