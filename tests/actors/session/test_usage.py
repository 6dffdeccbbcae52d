"""Promises of /usage."""

from typing import Any

import pytest

from actors.providers.usage_book import Totals
from actors.session.book import Book, RowsMissing
from actors.session.flows import COMMANDS
from actors.session.usage import show_usage, usage_of
from storage import Row
from tests.actors.session.world import NOW, ready, world

TODAY = "2027-01-15"


def row(day: str = TODAY, agent: str = "strategist", **more: Any) -> Row:
    counts = {"requests": 2, "answers": 1, "unpriced": 0, "input_tokens": 100, "output_tokens": 50}
    return {
        "id": f"{day}/{agent}/{more}", "day": day, "telegram_id": 7, "agent": agent, "provider": "openrouter",
        "model": "m", "paid_by": "team", **counts, "cached_tokens": 10, "cost_usd": 0.25, "updated_at": "",
    } | more  # fmt: skip


def test_days_are_added_up_by_period_and_agent() -> None:
    """Today, seven and thirty days; older rows count nowhere; a rep's own key is not the team's budget."""
    usage = usage_of(
        [
            row(),
            row(paid_by="rep"),
            row("2027-01-09"),
            row("2027-01-08", "memory"),
            row("2026-12-17"),
            row("2026-12-16"),
        ],
        NOW,
    )
    assert [totals.answers for totals in usage.periods.values()] == [2, 3, 5]
    assert list(usage.agents) == ["strategist", "memory"]
    assert usage.from_team == Totals(2, 1, 0, 100, 50, 10, 0.25)


def test_the_rep_is_told_what_is_left() -> None:
    """Of the budget in money and in tokens; answers without a price are named."""
    here = world(BUDGET_REP_USD="1", BUDGET_REP_TOKENS="200")
    here.book.fill("model_usage", [row(unpriced=1)], at=NOW)
    (call,) = show_usage(ready(), "", here).calls
    text = str(call.parameters["text"])
    assert "$0.75 of $1" in text
    assert "50 of 200 tokens" in text
    assert "1 call has no known price" in text
    assert "strategist: 1 answer, 150 tokens (10 from cache), $0.25" in text


def test_nothing_used_is_said() -> None:
    """A rep without calls gets a sentence, not a table of noughts."""
    here = world()
    here.book.fill("model_usage", [], at=NOW)
    (call,) = show_usage(ready(), "", here).calls
    assert "Nothing yet" in str(call.parameters["text"])


def test_what_the_router_writes_is_read_anew() -> None:
    """Whoever looks right after an answer sees what it used: every look reads these rows."""
    book = Book()
    book.fill("model_usage", [row()], at=NOW)
    assert len(book.rows("model_usage")) == 1
    book.begin_turn(NOW)
    with pytest.raises(RowsMissing):
        book.rows("model_usage")
    assert "usage" in COMMANDS
