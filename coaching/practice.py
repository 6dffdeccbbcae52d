"""Practice in rows: attempts, progress, badges and what was seen, read from a rep's rows and written to them.

Times are UTC text as stored and come from the caller, ids are made so that a replay makes them again.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import msgspec

from coaching.progress import Attempt, Earned
from coaching.prospect import cleaned
from coaching.rep_settings import RepSettings
from coaching.rows import Row, row_id
from coaching.scenarios import Scenario
from coaching.scoring import Score, same_answer
from coaching.tracks import LevelProgress, Status

Find = Callable[[str], Scenario | None]


class Rehearsal(msgspec.Struct, frozen=True):
    """One answer on its way to a score: pinned to the scenario as it was shown, whatever changes meanwhile."""

    scenario: Scenario
    mode: str
    answer: str
    seconds: int
    difficulty: int = 0
    level_id: str = ""


class Feedback(msgspec.Struct, frozen=True):
    """What is stored with an attempt: the whole score, what it earned, and how long the answer took."""

    score: Score
    earned: Earned
    seconds: int


class Owner(msgspec.Struct, frozen=True):
    """Whose rows these are."""

    user_id: str
    telegram_id: int


def attempts_of(rows: Iterable[Row], find: Find, settings: RepSettings) -> tuple[Attempt, ...]:
    """The attempts in a rep's rows, oldest first, with days as the rep's clock had them."""
    found = []
    for row in sorted(rows, key=lambda row: str(row["created_at"])):
        scenario = find(str(row["scenario_id"]))
        category, difficulty = (scenario.category, scenario.difficulty) if scenario else (None, None)
        day = settings.local(datetime.fromisoformat(str(row["created_at"])).timestamp()).date()
        found.append(Attempt(str(row["scenario_id"]), int(str(row["score"])), day, category, difficulty))
    return tuple(found)


def last_day(attempts: Iterable[Attempt]) -> date | None:
    """The last day of practice, or None before the first."""
    return max((attempt.day for attempt in attempts), default=None)


def earlier_feedback(rows: Iterable[Row], rehearsal: Rehearsal, rubric: str) -> Feedback | None:
    """The feedback on the very same words to the same rubric, if they were scored before."""
    for row in rows:
        same = row["scenario_id"] == rehearsal.scenario.id and same_answer(str(row["user_response"]), rehearsal.answer)
        feedback = feedback_of(row) if same else None
        if feedback is not None and feedback.score.rubric == rubric:
            return feedback
    return None


def feedback_of(row: Row) -> Feedback | None:
    """What is stored with an attempt, or None for one of another shape: its answer is scored anew."""
    try:
        return msgspec.convert(row["feedback_json"], Feedback)
    except msgspec.ValidationError:
        return None


def attempt_row(owner: Owner, run_id: str, rehearsal: Rehearsal, feedback: Feedback, at: str) -> Row:
    """The attempt's row, with the answer itself and all the evidence of its score."""
    return {
        "id": row_id(run_id, "attempts"),
        "user_id": owner.user_id,
        "telegram_id": owner.telegram_id,
        "scenario_id": rehearsal.scenario.id,
        "mode": rehearsal.mode,
        "score": feedback.score.total,
        "user_response": cleaned(rehearsal.answer),
        "feedback_json": msgspec.to_builtins(feedback),
        "xp_earned": feedback.earned.total,
        "created_at": at,
    }


def progress_of(rows: Iterable[Row]) -> dict[str, LevelProgress]:
    """A rep's progress by level id."""
    return {
        str(row["level_id"]): LevelProgress(
            Status(str(row["status"])), int(str(row["best_score"])), int(str(row["attempts_count"]))
        )
        for row in rows
    }


def progress_row(
    owner: Owner, track_id: str, level_id: str, progress: LevelProgress, before: Row | None, at: str
) -> Row:
    """The level's row after an attempt; a level is completed once."""
    known = before or {}
    completed = at if progress.status is Status.COMPLETED else None
    return {
        "id": known.get("id") or row_id(f"{owner.user_id}:{track_id}:{level_id}", "track_progress"),
        "user_id": owner.user_id,
        "telegram_id": owner.telegram_id,
        "track_id": track_id,
        "level_id": level_id,
        "status": progress.status.value,
        "best_score": progress.best_score,
        "attempts_count": progress.attempts,
        "completed_at": known.get("completed_at") or completed,
        "created_at": known.get("created_at") or at,
        "updated_at": at,
    }


def seen_of(rows: Iterable[Row]) -> dict[str, str]:
    """When each scenario was last shown, by its id."""
    return {str(row["scenario_id"]): str(row["seen_at"]) for row in rows}


def ideal_known(rows: Iterable[Row], scenario_id: str) -> bool:
    """Whether the rep read the model answer of this scenario."""
    return any(row["scenario_id"] == scenario_id and row.get("ideal_seen_at") for row in rows)


def seen_row(owner: Owner, scenario_id: str, at: str, ideal_at: str | None) -> Row:
    """The row that says when a scenario was last shown, and when its model answer was."""
    return {
        "id": row_id(f"{owner.user_id}:{scenario_id}", "scenarios_seen"),
        "user_id": owner.user_id,
        "telegram_id": owner.telegram_id,
        "scenario_id": scenario_id,
        "seen_at": at,
        "ideal_seen_at": ideal_at,
    }


def badge_row(owner: Owner, badge: str, at: str) -> Row:
    """The row of a badge just earned."""
    return {
        "id": row_id(f"{owner.user_id}:{badge}", "badges"),
        "user_id": owner.user_id,
        "telegram_id": owner.telegram_id,
        "badge": badge,
        "created_at": at,
    }


def badges_of(rows: Iterable[Row]) -> dict[str, str]:
    """When each badge was earned, by its id."""
    return {str(row["badge"]): str(row["created_at"]) for row in rows}


def number(row: Mapping[str, object], column: str) -> int:
    """A counter of a row, 0 where it is absent or empty."""
    value = row.get(column)
    return value if isinstance(value, int) else 0
