"""A rep's settings: their clock, their quiet hours, and the time zone they mean."""

from datetime import UTC, datetime

import pytest

from coaching.rep_settings import RepSettings, find_time_zone


def at(hour: int, minute: int = 0) -> float:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("begin", "end", "hour", "quiet"),
    [
        (21, 8, 20, False),
        (21, 8, 21, True),
        (21, 8, 3, True),
        (21, 8, 8, False),
        (13, 15, 12, False),
        (13, 15, 14, True),
        (13, 15, 15, False),
        (0, 0, 0, False),
        (9, 9, 9, False),
    ],
)
def test_quiet_hours_may_cross_midnight_and_equal_ones_are_none(begin: int, end: int, hour: int, quiet: bool) -> None:
    """The first hour is quiet, the last is not; equal hours switch quiet hours off."""
    assert RepSettings(quiet_from=begin, quiet_to=end).quiet(at(hour)) is quiet


def test_quiet_hours_follow_the_reps_clock() -> None:
    """20:00 UTC is 21:00 in Berlin in winter."""
    assert RepSettings(time_zone="Europe/Berlin").quiet(at(20))


def test_what_comes_in_quiet_hours_waits_for_their_end() -> None:
    """A moment at night moves to the morning, before and after midnight alike; a moment by day stays."""
    settings = RepSettings()
    assert settings.not_quiet(at(3)) == at(8)
    assert settings.not_quiet(at(22, 30)) == at(8) + 86_400
    assert settings.not_quiet(at(12)) == at(12)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("utc+2", "Etc/GMT-2"),
        ("+05:00", "Etc/GMT-5"),
        ("-3", "Etc/GMT+3"),
        ("+0", "UTC"),
        ("+15", None),
        ("+", None),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_time_zones_are_found_by_name_city_or_offset(text: str, zone: str | None) -> None:
    """What names no zone gives None."""
    assert find_time_zone(text) == zone
