"""/stats: the numbers in words, and the ways on from them."""

from actors.session.waiting import AnsweringScenario, Idle
from storage import Row, user_id
from tests.actors.session.practising import attempt, here, tap, write
from tests.actors.session.world import NOW, fresh, keyboard, ready, said

USER = {"id": user_id(7), "total_xp": 250, "streak_days": 3}


def test_numbers_are_told_in_words() -> None:
    """Rank, level, what is missing, streak, levels, drills, badges, leads, provider."""
    badge: Row = {"id": "b", "badge": "first_win", "created_at": "2026-11-20T10:00:00.000000Z"}
    lead: Row = {"id": "l", "status": "meeting_booked"}
    at = here(users=(USER,), attempts=(attempt("train_lost", 70),), badges=(badge,), lead_registry=(lead,))
    (text,) = said(write(ready(), "/stats", at))
    for part in (
        "Associate, level 2, 250 XP",
        "350 XP to level 3",
        "Streak: 3 days",
        "Foundations: 0 of 4 levels passed",
        "★ drills: 1 of 8, best scores 70 on average",
        "🏅 First Win, 2026-11-20",
        "Next badge: Dedicated, 10 answers",
        "1 lead: Meeting booked 1",
        "OpenRouter",
    ):
        assert part in text


def test_a_newcomer_reads_how_to_begin() -> None:
    """Zeros are no failure; the recommended drill is one tap away."""
    turn = write(ready(), "/stats", here(lead_registry=()))
    assert "one answer today begins one" in said(turn)[0]
    assert keyboard(turn) == ["train:next:1", "learn:list", "leads:page:open:0", "support:new"]


def test_the_button_leaves_an_open_drill_open() -> None:
    """Looking at the numbers does not end a drill; the command does."""
    waiting = ready().at(AnsweringScenario("train_lost", NOW))
    at = here(lead_registry=())
    assert tap(waiting, "stats:show", at).state == waiting
    assert write(waiting, "/stats", at).state.waiting_for == Idle()


def test_leads_out_of_reach_are_left_out() -> None:
    """The rest is shown."""
    at = here(users=(USER,))
    at.book.give_up("lead_registry", at=NOW)
    assert "250 XP" in said(write(ready(), "/stats", at))[0]


def test_somebody_without_a_set_up_is_asked_for_it() -> None:
    """Numbers come after the set-up."""
    assert "setup:quick" in keyboard(write(fresh(), "/stats", here()))
