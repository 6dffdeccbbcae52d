"""HTML made of pieces: everything that is not ours is escaped, and numbers are for people."""

import pytest

from webapp_server.markup import Html, count, join, line, spent, table, tag


def test_values_and_attributes_are_escaped() -> None:
    """A script in a value is text; what is HTML already stays."""
    made = tag("p", "<script>", Html("<b>x</b>"), title='"><script>', hidden=None)
    assert made == '<p title="&quot;&gt;&lt;script&gt;">&lt;script&gt;<b>x</b></p>'
    assert join(("a&b", None, 3)) == "a&amp;b3"


def test_an_empty_table_is_a_sentence() -> None:
    """No head over nothing."""
    assert table("Providers", ("lane",), [], empty="None yet.") == ('<h2>Providers</h2><p class="none">None yet.</p>')


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "—"), (0.0, "0"), (0.0000421, "42 µs"), (0.000967, "967 µs"), (0.0123, "12.3 ms"), (3.14159, "3.14 s"),
     (300, "5 min"), (10_800, "3 h"), (260_000, "3 d")],
)  # fmt: skip
def test_durations_have_the_unit_that_suits_them(seconds: float | None, text: str) -> None:
    """From microseconds to days."""
    assert spent(seconds) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1234567, "1,234,567"), (0.3333, "0.33"), (12.7, "13")])
def test_numbers_are_short(number: float, text: str) -> None:
    """Thousands apart, few places."""
    assert count(number) == text


def test_a_curve_needs_two_points() -> None:
    """And is told in words to who does not see it."""
    assert line([1.0], "none") == ""
    assert 'aria-label="waits"' in line([0.0, 2.0], "waits")
