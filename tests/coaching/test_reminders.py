"""When a rep is reminded: never at once after their own change, never in quiet hours, with an end."""

import pytest

from coaching.reminders import AGAIN_AFTER_DAYS, GRACE_S, after_reminder, digest_due, snoozed
from coaching.rep_settings import RepSettings

NOON = 1_800_000_000.0 - 1_800_000_000.0 % 86_400 + 12 * 3600
AWAKE = RepSettings(quiet_from=0, quiet_to=0)


def test_an_unanswered_reminder_has_an_end() -> None:
    """As many repetitions as there are pauses, then none."""
    times = [after_reminder(count, AWAKE, NOON) for count in range(1, len(AGAIN_AFTER_DAYS) + 2)]
    assert times[-1] is None
    assert [at is not None for at in times[:-1]] == [True] * len(AGAIN_AFTER_DAYS)


def test_snoozing_into_the_night_ends_in_the_morning() -> None:
    """Three hours from eight in the evening is eight in the morning."""
    settings = RepSettings(quiet_from=21, quiet_to=8)
    at = snoozed("3h", settings, NOON + 8 * 3600)
    assert settings.local(at).hour == 8


def test_an_unknown_choice_is_refused() -> None:
    """The caller checks; a mistake of ours is loud."""
    with pytest.raises(KeyError):
        snoozed("9d", AWAKE, NOON)


@pytest.mark.parametrize(("last", "due"), [(None, True), (NOON - 86_400, True), (NOON - 3600, False)])
def test_one_digest_a_day(last: float | None, due: bool) -> None:
    """By the rep's own day."""
    assert digest_due(last, AWAKE, NOON) is due


def test_a_rep_is_left_alone_after_their_own_change() -> None:
    """Three hours."""
    assert GRACE_S == 3 * 3600
