"""What an admin sees: numbers that follow from the rows and from nothing else."""

from coaching.team import (
    Count,
    PipelineHealth,
    Place,
    TeamStats,
    Trend,
    leaderboard,
    pipeline_health,
    team_stats,
    trends,
)

WEEK_AGO, TWO_WEEKS_AGO = "2026-03-08T00:00:00.000000Z", "2026-03-01T00:00:00.000000Z"
ANNA = {"telegram_id": 7, "username": "anna", "first_name": "Anna", "total_xp": 90, "last_active_at": "2026-03-09"}
BEN = {"telegram_id": 8, "username": None, "first_name": "Ben", "total_xp": 10, "last_active_at": None}
CLARA = {"telegram_id": 9, "username": "clara", "first_name": "Clara", "total_xp": 50, "last_active_at": "2026-02-01"}


def attempt(telegram_id: int, score: int, day: str, mode: str = "train") -> dict[str, object]:
    return {"telegram_id": telegram_id, "score": score, "created_at": f"2026-{day}", "mode": mode}


def test_the_teams_numbers() -> None:
    """Totals, the week's share, the average and the leads by status."""
    stats = team_stats(
        (ANNA, BEN),
        ({"created_at": "2026-03-09"}, {"created_at": "2026-01-01"}),
        (attempt(7, 40, "03-09"), attempt(8, 80, "02-01")),
        ({"status": "analyzed"}, {"status": "closed_won"}, {"status": "analyzed"}),
        WEEK_AGO,
    )
    assert stats == TeamStats(2, 1, Count(2, 1), Count(2, 1), 60.0, {"analyzed": 2, "closed_won": 1})


def test_a_team_without_practice_has_no_average() -> None:
    """Nothing is not zero."""
    assert team_stats((), (), (), (), WEEK_AGO).average is None


def test_the_leaderboard_goes_by_the_newest_attempts_then_points() -> None:
    """An old bad start is forgiven after twenty attempts; who never tried comes last, by points."""
    attempts = [attempt(7, 0, "01-01")] + [attempt(7, 70, f"03-{day:02}") for day in range(1, 21)]
    assert leaderboard((BEN, CLARA, ANNA), attempts) == (
        Place("@anna", 70.0, 21, 90, 0.0),
        Place("@clara", None, 0, 50),
        Place("Ben", None, 0, 10),
    )


def test_improvement_is_the_newer_half_above_the_older() -> None:
    """Three attempts are too few to tell."""
    attempts = [attempt(7, score, f"03-0{day}") for day, score in enumerate((40, 50, 70, 80), 1)]
    assert leaderboard((ANNA,), attempts)[0].improved == 30.0
    assert leaderboard((ANNA,), attempts[1:])[0].improved is None


def test_trends_compare_two_weeks() -> None:
    """Each kind of practice has its own line; older attempts do not count."""
    attempts = (attempt(7, 50, "03-09"), attempt(7, 70, "03-10"), attempt(8, 20, "03-02"), attempt(8, 99, "01-01"))
    assert trends((*attempts, attempt(7, 30, "03-09", "learn")), WEEK_AGO, TWO_WEEKS_AGO) == (
        Trend("learn", 1, 30.0, 0, None),
        Trend("train", 2, 60.0, 1, 20.0),
    )


def test_pipelines_show_how_they_ran() -> None:
    """Failed runs count, and only successful ones are timed."""
    runs = [
        {"pipeline_name": "support", "success": True, "duration_ms": 1000.0},
        {"pipeline_name": "support", "success": True, "duration_ms": 3000.0},
        {"pipeline_name": "support", "success": False, "duration_ms": 9000.0},
        {"pipeline_name": "revise", "success": False, "duration_ms": None},
    ]
    assert pipeline_health(runs) == (
        PipelineHealth("support", 3, 1, 2000.0, 3000.0),
        PipelineHealth("revise", 1, 1, None, None),
    )
