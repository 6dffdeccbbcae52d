"""Promises of a lane's limits."""

from hypothesis import given
from hypothesis import strategies as st

from actors.providers.limits import (
    Breaker,
    Concurrency,
    DailyAllowance,
    LearnedBucket,
    RateWindow,
    Rest,
    RetryBudget,
    Window,
    day_of,
    until_midnight,
)

DAY = 86_400.0
NOON = 1_800_014_400.0


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


def test_the_day_is_shared_and_background_leaves_a_third() -> None:
    """Of 50 calls background may use 35; once half is gone nobody takes more than an even share; then it is spent."""
    day = DailyAllowance(50, {}, NOON)
    for _ in range(25):
        assert day.refuses(1, NOON, background=False) is None
        day.take(1, NOON)
    assert day.refuses(1, NOON, background=False) is None
    day.take(2, NOON)
    assert day.refuses(1, NOON, background=False) == "share_of_the_day"
    for _ in range(9):
        day.take(2, NOON)
    assert day.refuses(2, NOON, background=True) == "kept_for_reps_who_wait"
    assert day.refuses(2, NOON, background=False) is None
    day.spend(NOON)
    assert day.refuses(3, NOON, background=False) == "free_requests_per_day"
    assert day.refuses(1, NOON + DAY, background=True) is None


def test_the_daily_counter_goes_on_from_what_is_on_record() -> None:
    """After a restart the calls of the day count, and what the provider knows beyond them."""
    day = DailyAllowance(50, {1: 20, 2: 5}, NOON)
    assert day.used == 25
    day.correct(1000, 40, NOON)
    day.take(1, NOON)
    assert (day.used, day.limit) == (41, 1000)
    day.correct(1000, 10, NOON)
    assert day.used == 26


def test_a_learned_bucket_is_never_above_what_the_provider_says() -> None:
    """It refills evenly until the stated reset; what is in flight is taken off at once."""
    bucket = LearnedBucket(Window(unit="tokens", limit=60, left=0, reset_s=60.0), 0.0)
    assert bucket.wait(1, 0.0) == 1.0
    assert bucket.wait(30, 10.0) == 20.0
    bucket.take(10, 10.0)
    assert bucket.wait(1, 10.0) == 1.0
    assert bucket.wait(1000, 10.0) == 60.0
    full = LearnedBucket(Window(unit="requests", limit=5, left=5, reset_s=60.0), 0.0)
    assert full.wait(1, 0.0) == 0.0


def test_midnight_is_utc() -> None:
    """A day's allowance is renewed at 00:00 UTC."""
    assert day_of(NOON) == "2027-01-15"
    assert until_midnight(NOON) == 12 * 3600
