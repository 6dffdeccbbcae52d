"""What a scored answer changes in a rep's rows: the attempt, the points, the level of a track, the badges."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.pool import find
from actors.session.state import Profile, Rep
from actors.session.turn import World
from coaching import practice
from coaching.outcome import Before, Outcome, outcome
from coaching.practice import Feedback, Owner, Rehearsal
from coaching.progress import Attempt
from coaching.scenarios import Level, Track
from coaching.scoring import Score
from coaching.tracks import Status as LevelStatus
from coaching.tracks import attempted, completed, next_level, status
from storage import to_text


class Result(msgspec.Struct, frozen=True):
    """A scored answer with all it changes; `opened` is the level that it unlocked, `finished` the track it ended."""

    score: Score
    outcome: Outcome
    rows: tuple[RowWrite, ...]
    opened: Level | None = None
    finished: Track | None = None


def result(rep: Rep, profile: Profile, run_id: str, rehearsal: Rehearsal, score: Score, world: World) -> Result:
    """Count a score in; everything it writes belongs to one turn."""
    book, at = world.book, to_text(world.now)
    owner = Owner(profile.user_id, rep.telegram_id)
    user = book.rows("users").get(profile.user_id, {})
    owned = practice.badges_of(book.rows("badges").values())
    before = Before(
        attempts=practice.attempts_of(book.rows("attempts").values(), lambda id_: find(world, id_), profile.settings),
        xp=practice.number(user, "total_xp"),
        streak_days=practice.number(user, "streak_days"),
        badges=owned,
        ideal_known=practice.ideal_known(book.rows("scenarios_seen").values(), rehearsal.scenario.id),
    )
    level_rows, opened, finished = _level(owner, rehearsal, score, world, at)
    scenario, today = rehearsal.scenario, profile.settings.local(world.now).date()
    now = Attempt(scenario.id, score.total, today, scenario.category, scenario.difficulty)
    after = outcome(before, now, track_completed=finished is not None)
    feedback = Feedback(score, after.earned, rehearsal.seconds)
    points: dict[str, object] = {
        "total_xp": after.standing.xp,
        "current_level": after.standing.level,
        "streak_days": after.streak_days,
        "last_active_at": at,
        "updated_at": at,
    }
    badges = tuple(practice.badge_row(owner, badge, at) for badge in after.badges)
    rows = (
        RowWrite("attempts", "insert", (practice.attempt_row(owner, run_id, rehearsal, feedback, at),)),
        RowWrite("users", "update", values=points, where={"id": profile.user_id}),
        *level_rows,
        *((RowWrite("badges", "insert", badges),) if badges else ()),
    )
    return Result(score, after, rows, opened, finished)


def track_of(level_id: str, world: World) -> tuple[Track, Level] | None:
    """The track and level with this id, or None if there is no such level."""
    levels = ((track, level) for track in world.scenarios.learn_tracks for level in track.levels)
    return next((pair for pair in levels if pair[1].id == level_id), None)


def _level(
    owner: Owner, rehearsal: Rehearsal, score: Score, world: World, at: str
) -> tuple[tuple[RowWrite, ...], Level | None, Track | None]:
    """The row of the level an answer belongs to, the level it opened, and the track if this completed it."""
    place = track_of(rehearsal.level_id, world) if rehearsal.level_id else None
    if place is None:
        return (), None, None
    track, level = place
    rows = {str(row["level_id"]): row for row in world.book.rows("track_progress").values()}
    done = practice.progress_of(rows.values())
    after = {**done, level.id: attempted(done.get(level.id), score.total)}
    following = next_level(track, level)
    opened = following if following and status(track, following, done) is LevelStatus.LOCKED else None
    if opened and status(track, opened, after) is LevelStatus.LOCKED:
        opened = None
    row = practice.progress_row(owner, track.id, level.id, after[level.id], rows.get(level.id), at)
    key = ("user_id", "track_id", "level_id")
    finished = track if completed(track, after) and not completed(track, done) else None
    return (RowWrite("track_progress", "upsert", (row,), key),), opened, finished
