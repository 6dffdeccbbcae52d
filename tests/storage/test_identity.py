"""Who is who, and when is when, in the form that is stored for ever."""

import pytest

from storage import from_text, to_text, user_id


def test_a_reps_id_never_changes() -> None:
    """It is made from the Telegram id alone; another value here would orphan every stored row."""
    assert user_id(1000000001) == "184ede3a-640b-5704-b404-71f3084c00d8"
    assert user_id(1) != user_id(2)


def test_the_order_of_stored_times_is_the_order_of_times() -> None:
    """Fixed width, UTC, microseconds."""
    assert to_text(0) == "1970-01-01T00:00:00.000000Z"
    moments = [0.0, 1.5, 9.999999, 10.0, 1_790_000_000.25]
    assert [from_text(text) for text in sorted(map(to_text, moments))] == moments


def test_a_time_as_postgresql_writes_it_is_the_same_moment() -> None:
    """With an offset, and with fewer digits."""
    assert from_text("2026-11-23T00:30:45.25+00:00") == from_text("2026-11-23T02:30:45.250000+02:00")


@pytest.mark.parametrize("text", ["", "soon", "2026-11-23T00:30:45"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """A time without a zone could be any of twenty-four."""
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        from_text(text)
