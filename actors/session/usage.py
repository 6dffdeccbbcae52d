"""The usage flow: /usage tells a rep what their model calls used, and what is left of the day's budget."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from actors.providers.usage_book import TABLE, Budget, Totals
from actors.session.flow import Flow
from actors.session.state import SessionState
from actors.session.turn import Turn, World, say
from storage import Row

WEEK, MONTH = 7, 30
_LONGEST = "usage-month"
_PERIODS = {"usage-today": 1, "usage-week": WEEK, _LONGEST: MONTH}
"""The text that tells each period, and its days."""


class Usage(msgspec.Struct, frozen=True):
    """A rep's usage: over each period, by agent over the longest, and what the team paid for today."""

    periods: Mapping[str, Totals]
    agents: Mapping[str, Totals]
    from_team: Totals


def usage_of(rows: Iterable[Row], now: float) -> Usage:
    """Add up the rows of the ledger; `now` is epoch seconds, days are UTC."""
    month = recent(rows, now, MONTH)
    return Usage(
        periods={name: _sum(recent(month, now, days)) for name, days in _PERIODS.items()},
        agents=grouped(month, "agent"),
        from_team=_sum(row for row in recent(month, now, 1) if row["paid_by"] == "team"),
    )


def recent(rows: Iterable[Row], now: float, days: int) -> list[Row]:
    """The rows of the last UTC days, today among them; `now` is epoch seconds."""
    today = datetime.fromtimestamp(now, UTC).date()
    return [row for row in rows if _age(row, today) < days]


def grouped(rows: Iterable[Row], column: str) -> dict[str, Totals]:
    """The totals by a column's value, the most tokens first."""
    groups: dict[str, Totals] = {}
    for row in rows:
        groups[str(row[column])] = _plus(groups.get(str(row[column]), Totals()), row)
    return dict(sorted(groups.items(), key=lambda item: (-item[1].tokens, item[0])))


def show_usage(state: SessionState, rest: str, world: World) -> Turn:
    """Say what was used and what is left; a rep who has asked nothing yet is told so."""
    usage = usage_of(world.book.rows(TABLE).values(), world.now)
    if not usage.periods[_LONGEST].requests:
        return Turn(state, calls=say(state, world.texts("usage-none")))
    lines = [world.texts("usage-title")]
    lines += [_line(world, name, totals) for name, totals in usage.periods.items()]
    lines += ["", world.texts("usage-agents")]
    lines += [_line(world, "usage-agent", totals, agent=agent) for agent, totals in usage.agents.items()]
    lines += ["", *_left(usage.from_team, world.settings.rep_budget, world)]
    if usage.periods[_LONGEST].unpriced:
        lines.append(world.texts("usage-unpriced", answers=usage.periods[_LONGEST].unpriced))
    return Turn(state, calls=say(state, "\n".join(lines)))


def _left(spent: Totals, budget: Budget, world: World) -> list[str]:
    left = []
    if budget.usd is not None:
        left.append(world.texts("usage-left-usd", left=f"{max(0.0, budget.usd - spent.cost_usd):.2f}", of=budget.usd))
    if budget.tokens is not None:
        left.append(world.texts("usage-left-tokens", left=max(0, budget.tokens - spent.tokens), of=budget.tokens))
    return left or [world.texts("usage-unbounded")]


def _line(world: World, name: str, totals: Totals, **more: str) -> str:
    return world.texts(
        name,
        answers=totals.answers,
        tokens=totals.tokens,
        cached=totals.cached_tokens,
        cost=f"{totals.cost_usd:.4f}".rstrip("0").rstrip("."),
        **more,
    )


def _sum(rows: Iterable[Row]) -> Totals:
    total = Totals()
    for row in rows:
        total = _plus(total, row)
    return total


def _plus(total: Totals, row: Row) -> Totals:
    counts = msgspec.structs.asdict(total)
    return Totals(**{name: count + (row[name] or 0) for name, count in counts.items()})


def _age(row: Row, today: date) -> int:
    """Whole days; a day ahead of our clock counts as today."""
    return max(0, (today - date.fromisoformat(str(row["day"]))) // timedelta(days=1))


FLOW = Flow(commands={"usage": show_usage})
