"""The call book: ratios of the last minutes, totals, and labels that stay few."""

import pytest

from actors.providers.call_book import OTHER, CallBook
from actors.providers.lane_messages import CallEnded, Outcome
from actors.providers.messages import FailureKind, Provider, Usage

CATALOGUE = {Provider.OPENROUTER: ("known",)}


def ended(outcome: Outcome = "completed", seconds: float = 1.0, model: str = "known") -> CallEnded:
    """A call that is over."""
    usage = Usage(100, 20, cost_usd=0.5) if outcome == "completed" else None
    return CallEnded(Provider.OPENROUTER, model, outcome, seconds, usage)


def test_totals_and_the_last_end_of_each_kind() -> None:
    """Tokens and dollars of answers; an error is its kind; who cancels says nothing of the provider."""
    book = CallBook(CATALOGUE)
    book.add(ended(), 10.0, 1010.0)
    book.add(ended(FailureKind.RATE_LIMITED), 20.0, 1020.0)
    book.add(ended("cancelled"), 30.0, 1030.0)
    (calls,) = book.by_provider(30.0)
    assert (calls.calls, calls.success_ratio_5m, calls.last_ok_at, calls.last_error) == (3, 0.5, 1010.0, "rate_limited")
    assert (calls.tokens_in_total, calls.tokens_out_total, calls.cost_estimate_total) == (100, 20, 0.5)
    assert calls.p50_s == pytest.approx(1.0, rel=0.1)


def test_the_ratio_forgets_after_five_minutes() -> None:
    """What failed long ago no longer counts, and nothing at all is no ratio."""
    book = CallBook(CATALOGUE)
    book.add(ended(FailureKind.UNAVAILABLE), 0.0, 0.0)
    book.add(ended(), 200.0, 0.0)
    assert book.by_provider(200.0)[0].success_ratio_5m == 0.5
    assert book.by_provider(301.0)[0].success_ratio_5m == 1.0
    assert book.by_provider(501.0)[0].success_ratio_5m is None


def test_models_that_nobody_configured_share_one_label() -> None:
    """Whatever reps name: the series are those of the catalogue and one more, for each outcome."""
    book = CallBook(CATALOGUE)
    for number in range(10_000):
        book.add(ended(model=f"of-a-rep-{number}"), 0.0, 0.0)
    book.add(ended(), 0.0, 0.0)
    durations = book.durations().by_labels
    assert {labels: one.counts[-1][1] for labels, one in durations.items()} == {
        ("openrouter", "known", "completed"): 1,
        ("openrouter", OTHER, "completed"): 10_000,
    }


def test_buckets_go_from_an_eighth_of_a_second_to_two_minutes() -> None:
    """And count everything in the last one."""
    book = CallBook(CATALOGUE)
    book.add(ended(seconds=200.0), 0.0, 0.0)
    (histogram,) = book.durations().by_labels.values()
    assert [bound for bound, _ in histogram.counts] == [0.125 * 2**step for step in range(11)] + [float("inf")]
    assert [count for _, count in histogram.counts] == [0] * 11 + [1]
