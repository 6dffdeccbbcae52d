"""The rate limit: a burst, then a steady rate, each key for itself, and no memory of those who are at rest."""

import pytest

from webapp_server.rate_limit import RateLimit


def test_a_burst_is_admitted_and_one_more_waits() -> None:
    """The wait is exactly until the next is admitted."""
    limit = RateLimit(burst=3, per_second=2.0)
    assert [limit.wait_s("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert limit.wait_s("a", 0.5) == 0.0
    assert limit.wait_s("a", 0.5) == pytest.approx(0.5)


def test_one_keys_flood_is_its_own() -> None:
    """Another key is admitted at the same moment."""
    limit = RateLimit(burst=1, per_second=1.0)
    assert limit.wait_s("a", 0.0) == 0.0
    assert limit.wait_s("a", 0.0) > 0.0
    assert limit.wait_s("b", 0.0) == 0.0


def test_keys_at_rest_are_forgotten() -> None:
    """However many came by, only those who were here lately are remembered."""
    limit = RateLimit(burst=1, per_second=1.0)
    for number in range(30_000):
        limit.wait_s(str(number), float(number))
    assert len(limit._buckets) <= 10_001
