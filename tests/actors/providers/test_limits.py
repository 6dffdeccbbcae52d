"""Promises of a lane's limits."""

from hypothesis import given
from hypothesis import strategies as st

from actors.providers.limits import Breaker, Concurrency, RateWindow, Rest, RetryBudget


@given(st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=120))
def test_never_more_than_the_limit_in_any_period(gaps: list[float]) -> None:
    """Whoever waits as told never starts more than 20 in any 60 seconds."""
    window, now, starts = RateWindow(20, 60.0), 0.0, list[float]()
    for gap in gaps:
        now += gap
        now += window.wait(now)
        window.take(now)
        starts.append(now)
    assert all(later - first >= 60.0 - 1e-6 for first, later in zip(starts, starts[20:], strict=False))


def test_the_wait_of_those_behind_is_foretold() -> None:
    """With the allowance spent, the one behind 20 others waits one period longer."""
    window = RateWindow(20, 60.0)
    for _ in range(20):
        window.take(100.0)
    assert window.wait(110.0) == 50.0
    assert window.wait(110.0, ahead=19) == 50.0
    assert window.wait(110.0, ahead=20) == 110.0
    assert window.wait(160.0) == 0.0


def test_concurrency_grows_slowly_and_halves() -> None:
    """One more after a full window of successes; half after a throttling, never below one."""
    concurrency = Concurrency(4, 16)
    for _ in range(4):
        concurrency.succeeded()
    assert concurrency.limit == 5
    for _ in range(9):
        concurrency.throttled()
    assert concurrency.limit == 1
    for _ in range(1000):
        concurrency.succeeded()
    assert concurrency.limit == 16


def test_rest_only_extends() -> None:
    """A later, shorter rest changes nothing."""
    rest = Rest()
    rest.extend(100.0, "long")
    rest.extend(50.0, "short")
    assert (rest.wait(40.0), rest.reason, rest.wait(100.0)) == (60.0, "long", 0.0)


def test_retries_are_a_tenth_of_the_traffic() -> None:
    """The reserve is spent once; after it ten requests earn one retry."""
    budget = RetryBudget()
    assert sum(budget.spend() for _ in range(50)) == 10
    for _ in range(100):
        budget.earned()
    assert sum(budget.spend() for _ in range(50)) in (9, 10)


def test_five_failures_in_a_row_open_the_breaker_and_its_rest_doubles() -> None:
    """15 s, then 30 s after a failed probe, up to five minutes; a success closes it."""
    breaker = Breaker()
    assert [breaker.failed(0.0) for _ in range(5)] == [False, False, False, False, True]
    assert breaker.wait(5.0) == 10.0
    rests = []
    now = 15.0
    for _ in range(6):
        assert breaker.wait(now) == 0.0
        assert breaker.failed(now)
        rests.append(breaker.wait(now))
        now += rests[-1]
    assert rests == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0]
    breaker.succeeded(now)
    assert not breaker.tripped
    assert not breaker.failed(now)


def test_a_mostly_failing_minute_opens_the_breaker() -> None:
    """More than half of ten or more calls, even without five in a row."""
    breaker = Breaker()
    opened = []
    for turn in range(4):
        breaker.succeeded(turn)
        opened += [breaker.failed(turn), breaker.failed(turn)]
    assert opened.index(True) == 6
