from coaching.tracks import LevelProgress, Status, attempted, completed, next_level, status
from tests.coaching.samples import shipped

TRACK = shipped().learn_tracks[0]
FIRST, SECOND, *_, LAST = TRACK.levels


def test_only_the_first_level_is_open_at_the_start() -> None:
    """Without any row, one level can be opened."""
    assert [status(TRACK, level, {}) for level in TRACK.levels] == [Status.UNLOCKED] + [Status.LOCKED] * 3


def test_sixty_opens_the_next_level() -> None:
    """59 does not, 60 does; the next level has no attempt of its own by that."""
    failed, passed = attempted(None, 59), attempted(None, 60)
    assert status(TRACK, SECOND, {FIRST.id: failed}) is Status.LOCKED
    assert status(TRACK, SECOND, {FIRST.id: passed}) is Status.UNLOCKED
    assert failed == LevelProgress(Status.IN_PROGRESS, 59, 1)


def test_a_passed_level_stays_passed() -> None:
    """A worse retry changes neither the status nor the best score, and counts."""
    assert attempted(LevelProgress(Status.COMPLETED, 80, 1), 20) == LevelProgress(Status.COMPLETED, 80, 2)


def test_a_level_added_later_opens_for_those_who_are_ready() -> None:
    """A stored `locked` is not believed once the level before was passed."""
    done = {FIRST.id: attempted(None, 90), SECOND.id: LevelProgress(Status.LOCKED)}
    assert status(TRACK, SECOND, done) is Status.UNLOCKED


def test_the_track_ends_with_its_last_level() -> None:
    """Completed when every level was passed."""
    done = {level.id: attempted(None, 60) for level in TRACK.levels}
    assert completed(TRACK, done)
    assert not completed(TRACK, {**done, LAST.id: attempted(None, 59)})
    assert next_level(TRACK, FIRST) == SECOND
    assert next_level(TRACK, LAST) is None
