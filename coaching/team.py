"""What an admin sees of the team, computed from its rows: how much is worked on, how well, and by whom.

Rows come as stored, times as UTC text; nothing in here is about one prospect.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from statistics import mean

import msgspec

Row = Mapping[str, object]
DAY_S = 86_400.0
LEADERBOARD_ATTEMPTS = 20
"""How many of a rep's newest attempts their place depends on."""
IMPROVED_FROM = 4
"""How few attempts are too few to say that somebody improved."""


class Count(msgspec.Struct, frozen=True):
    """How many of something, and how many of those within the week."""

    total: int
    week: int


class TeamStats(msgspec.Struct, frozen=True):
    """The team in numbers; `average` is of all scores, None without any."""

    reps: int
    active: int
    prospects: Count
    attempts: Count
    average: float | None
    leads: dict[str, int]


class Place(msgspec.Struct, frozen=True):
    """One rep's place on the leaderboard; `improved` is the newer half of the newest attempts less the older half."""

    name: str
    average: float | None
    attempts: int
    xp: int
    improved: float | None = None


class Trend(msgspec.Struct, frozen=True):
    """How one kind of scenario went this week and in the week before; None where nobody tried."""

    mode: str
    attempts: int
    average: float | None
    attempts_before: int
    average_before: float | None


class PipelineHealth(msgspec.Struct, frozen=True):
    """How the runs of one pipeline went: milliseconds of those that succeeded, None without any."""

    pipeline: str
    runs: int
    failed: int
    average_ms: float | None
    slowest_ms: float | None


def team_stats(
    users: Collection[Row], sessions: Collection[Row], attempts: Collection[Row], leads: Collection[Row], week_ago: str
) -> TeamStats:
    """The team's numbers; `week_ago` is the stored text of the moment a week ago."""
    return TeamStats(
        reps=len(users),
        active=sum(str(user.get("last_active_at") or "") >= week_ago for user in users),
        prospects=_counted(sessions, week_ago),
        attempts=_counted(attempts, week_ago),
        average=_average(attempts),
        leads=dict(Counter(str(lead["status"]) for lead in leads)),
    )


def leaderboard(users: Iterable[Row], attempts: Collection[Row]) -> tuple[Place, ...]:
    """The reps by the average of their newest attempts, then by points; those who never tried come last."""
    newest = sorted(attempts, key=lambda attempt: str(attempt["created_at"]), reverse=True)
    places = [_place(user, [one for one in newest if one["telegram_id"] == user["telegram_id"]]) for user in users]
    return tuple(sorted(places, key=lambda place: (place.average is None, -(place.average or 0.0), -place.xp)))


def trends(attempts: Iterable[Row], week_ago: str, two_weeks_ago: str) -> tuple[Trend, ...]:
    """Lessons and drills, this week beside the week before."""
    recent = [one for one in attempts if str(one["created_at"]) >= two_weeks_ago]
    found = []
    for mode in sorted({str(one["mode"]) for one in recent}):
        of_mode = [one for one in recent if one["mode"] == mode]
        now = [one for one in of_mode if str(one["created_at"]) >= week_ago]
        before = [one for one in of_mode if str(one["created_at"]) < week_ago]
        found.append(Trend(mode, len(now), _average(now), len(before), _average(before)))
    return tuple(found)


def pipeline_health(traces: Iterable[Row]) -> tuple[PipelineHealth, ...]:
    """How each pipeline's runs went, the busiest first."""
    by_name: dict[str, list[Row]] = {}
    for trace in traces:
        by_name.setdefault(str(trace["pipeline_name"]), []).append(trace)
    return tuple(_health(name, by_name[name]) for name in sorted(by_name, key=lambda name: -len(by_name[name])))


def _counted(rows: Collection[Row], week_ago: str) -> Count:
    return Count(len(rows), sum(str(row["created_at"]) >= week_ago for row in rows))


def _average(attempts: Collection[Row]) -> float | None:
    return mean(float(str(one["score"])) for one in attempts) if attempts else None


def _place(user: Row, newest: list[Row]) -> Place:
    name = f"@{user['username']}" if user.get("username") else str(user["first_name"])
    counted = newest[:LEADERBOARD_ATTEMPTS]
    return Place(name, _average(counted), len(newest), int(str(user["total_xp"])), _improved(counted))


def _improved(newest: list[Row]) -> float | None:
    if len(newest) < IMPROVED_FROM:
        return None
    scores = [float(str(one["score"])) for one in newest]
    half = len(scores) // 2
    return mean(scores[:half]) - mean(scores[half:])


def _health(name: str, runs: list[Row]) -> PipelineHealth:
    times = [float(str(run["duration_ms"])) for run in runs if run["success"] and run["duration_ms"] is not None]
    failed = sum(not run["success"] for run in runs)
    return PipelineHealth(name, len(runs), failed, mean(times) if times else None, max(times, default=None))
