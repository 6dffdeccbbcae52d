from datetime import date, timedelta

from coaching.progress import Attempt
from coaching.stats import DrillStats, RepStats, TrackStats, rep_stats
from coaching.tracks import attempted
from tests.coaching.samples import shipped

TODAY = date(2026, 11, 23)
SCENARIOS = shipped()


def stats(*attempts: Attempt, streak: int = 0, xp: int = 0, badges: dict[str, str] | None = None) -> RepStats:
    """The numbers of a rep who passed the first level."""
    done = {"1.1": attempted(None, 60)}
    leads = ("analyzed", "closed_won", "analyzed")
    return rep_stats(
        xp, streak, TODAY, attempts, SCENARIOS.learn_tracks, done, SCENARIOS.train_pool, badges or {}, leads
    )


def test_a_newcomer_has_numbers_too() -> None:
    """Nothing practised: no averages, no streak, every badge open."""
    empty = stats()
    assert (empty.answers, empty.last_average, empty.best, empty.streak_days) == (0, None, None, 0)
    assert empty.tracks == (TrackStats("Foundations", 1, 4),)
    assert empty.badges == ()
    assert empty.badges_open[0] == "first_win"
    assert empty.recommended == 1


def test_totals_follow_what_there_is() -> None:
    """Denominators are counted, not written down; a drill counts once, with its best score."""
    easy = [scenario.id for scenario in SCENARIOS.train_pool if scenario.difficulty == 1]
    tried = [Attempt(easy[0], score, TODAY, "opening", 1) for score in (20, 80)]
    found = stats(*tried, Attempt(easy[1], 60, TODAY, "opening", 1), Attempt("gone", 0, TODAY))
    assert found.drills[0] == DrillStats(1, 2, len(easy), 70)
    assert found.drills[1].average_best is None
    assert (found.answers, found.last_average, found.best) == (4, 40, 80)
    assert found.leads == (("analyzed", 2), ("closed_won", 1))


def test_only_the_last_ten_are_averaged() -> None:
    """Old attempts do not weigh for ever."""
    found = stats(*(Attempt("a", 0, TODAY) for _ in range(20)), *(Attempt("a", 100, TODAY) for _ in range(10)))
    assert found.last_average == 100


def test_a_streak_that_ended_is_not_shown() -> None:
    """The stored number lives until a whole day passed."""
    assert stats(Attempt("a", 60, TODAY - timedelta(days=1)), streak=4).streak_days == 4
    assert stats(Attempt("a", 60, TODAY - timedelta(days=2)), streak=4).streak_days == 0


def test_badges_have_their_day() -> None:
    """Earned ones with the date, in the catalogue's order."""
    found = stats(badges={"on_fire": "2026-11-22T10:00:00.000000Z", "first_win": "2026-11-20T10:00:00.000000Z"})
    assert found.badges == (("first_win", "2026-11-20"), ("on_fire", "2026-11-22"))
