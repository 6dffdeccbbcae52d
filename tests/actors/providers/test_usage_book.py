"""Promises of the usage book and its writes."""

from typing import Any

from actors.providers.lane_messages import CallAccounted
from actors.providers.messages import Provider, Usage
from actors.providers.usage_book import Budget, UsageBook
from actors.providers.usage_ledger import KEEP_PAUSE_S, UsageLedger

NIGHT = 1_800_057_599.0
"""One second before midnight UTC."""
EVENING = NIGHT - 3600.0


def call(rep: int = 7, cost: float | None = 0.5, **more: Any) -> CallAccounted:
    given: dict[str, Any] = {
        "lane": "openrouter-team-paid",
        "free": False,
        "telegram_id": rep,
        "agent": "strategist",
        "provider": Provider.OPENROUTER,
        "model": "m",
        "paid_by": "team",
        "usage": Usage(100, 10, 5, cost),
        **more,
    }
    return CallAccounted(**given)


def test_a_price_that_is_unknown_is_not_nothing() -> None:
    """Such answers are counted beside the sum, and failed calls as requests alone."""
    book = UsageBook(NIGHT)
    for one in (call(), call(cost=None), call(usage=None)):
        book.add(one, NIGHT)
    (write,) = book.take_rows("now")
    row = write.rows[0]
    assert (row["requests"], row["answers"], row["unpriced"], row["cost_usd"]) == (3, 2, 1, 0.5)
    assert (row["input_tokens"], row["output_tokens"], row["cached_tokens"]) == (200, 20, 10)
    assert not book.changed


def test_a_row_keeps_its_id_within_the_day() -> None:
    """So that a repeated or later write replaces it; another day, rep, agent, model or purse has its own."""
    book, ids = UsageBook(NIGHT), set[object]()
    for one in (call(), call(), call(8), call(agent="memory"), call(model="n"), call(paid_by="rep")):
        book.add(one, NIGHT)
        ids |= {write.rows[0]["id"] for write in book.take_rows("now")}
    book.add(call(), NIGHT + 2)
    ids |= {write.rows[0]["id"] for write in book.take_rows("now")}
    assert len(ids) == 6


def test_midnight_begins_a_new_book_and_loses_no_row() -> None:
    """What was not written before midnight is written after it, also over a restart."""
    book = UsageBook(NIGHT)
    book.add(call(), NIGHT)
    kept = book.snapshot()
    assert book.overspent(7, Budget(usd=0.5), Budget(), NIGHT) == "daily_budget_of_the_rep"
    assert book.overspent(7, Budget(usd=0.5), Budget(), NIGHT + 2) is None
    assert [write.rows[0]["day"] for write in book.take_rows("now")] == ["2027-01-15"]
    after = UsageBook(NIGHT + 2, kept)
    assert after.overspent(7, Budget(usd=0.5), Budget(), NIGHT + 2) is None
    assert [write.rows[0]["day"] for write in after.take_rows("now")] == ["2027-01-15"]


def test_a_crash_after_midnight_loses_no_row_of_the_day_before() -> None:
    """What was not written yet is in every later snapshot too, and only until it is written."""
    book = UsageBook(NIGHT)
    for rep in (7, 8):
        book.add(call(rep), NIGHT)
    book.add(call(9), NIGHT + 2)
    after = UsageBook(NIGHT + 3, book.snapshot())
    rows = [write.rows[0] for write in after.take_rows("now")]
    assert sorted((row["day"], row["telegram_id"]) for row in rows) == [
        ("2027-01-15", 7),
        ("2027-01-15", 8),
        ("2027-01-16", 9),
    ]
    assert after.overspent(7, Budget(usd=0.5), Budget(), NIGHT + 3) is None
    again = UsageBook(NIGHT + 4, after.snapshot())
    assert [write.rows[0]["day"] for write in again.take_rows("now")] == ["2027-01-16"]


def test_budgets_are_of_the_team_and_of_each_rep() -> None:
    """A rep's own key pays for itself and is held against no budget."""
    book = UsageBook(NIGHT)
    book.add(call(1), NIGHT)
    book.add(call(2, paid_by="rep"), NIGHT)
    assert book.overspent(1, Budget(tokens=110), Budget(), NIGHT) == "daily_budget_of_the_rep"
    assert book.overspent(2, Budget(tokens=110), Budget(), NIGHT) is None
    assert book.overspent(2, Budget(), Budget(usd=0.5), NIGHT) == "daily_budget_of_the_team"
    assert book.overspent(2, Budget(), Budget(usd=0.6), NIGHT) is None


def test_counts_are_kept_often_and_rows_now_and_then() -> None:
    """Every commit holds the whole snapshot; a new row joins the next one, what grew every five seconds."""
    ledger = UsageLedger(EVENING, None)
    ledger.add(call(), EVENING)
    first = ledger.commit(EVENING)
    assert len(first.outbox) == 1
    assert ledger.committed(EVENING) is None
    ledger.add(call(), EVENING)
    assert ledger.commit(EVENING).outbox == ()
    assert ledger.committed(EVENING) == 5.0
    late = ledger.commit(EVENING + 5)
    assert len(late.outbox) == 1
    ledger.add(call(), EVENING + 5)
    again = ledger.commit(EVENING + 5.25)
    assert again.outbox == late.outbox
    ledger.add(call(), EVENING + 5.25)
    assert ledger.committed(EVENING + 5.25) == KEEP_PAUSE_S
    (last,) = ledger.commit(EVENING + 10.25).outbox
    assert last.id.endswith("/4")
