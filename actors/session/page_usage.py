"""What a rep's model calls used, on the page: over each period, by day, agent and model, and what is left today."""

from collections.abc import Mapping

import msgspec

from actors.providers.usage_book import TABLE, Totals
from actors.session.flow import Flow
from actors.session.page import Parameters, View
from actors.session.state import SessionState
from actors.session.turn import World
from actors.session.usage import MONTH, grouped, recent, usage_of

_PERIODS = {"usage-today": "today", "usage-week": "week", "usage-month": "month"}


class Used(msgspec.Struct, frozen=True):
    """What was used under one name: a day (UTC), an agent or a model."""

    name: str
    totals: Totals


class DayBudget(msgspec.Struct, frozen=True):
    """What the team's key allows this rep in a UTC day, null for no bound, and what of it was used today."""

    usd: float | None
    tokens: int | None
    used_usd: float
    used_tokens: int


class UsageView(msgspec.Struct, frozen=True):
    """The rep's usage: `periods` are today, week and month; the rest is over the month.

    `days` come newest first, agents and models with the most tokens first.
    """

    periods: Mapping[str, Totals]
    days: tuple[Used, ...]
    agents: tuple[Used, ...]
    models: tuple[Used, ...]
    budget: DayBudget


def usage(state: SessionState, parameters: Parameters, world: World) -> UsageView:
    """The rep's own usage."""
    rows = recent(world.book.rows(TABLE).values(), world.now, MONTH)
    used, budget = usage_of(rows, world.now), world.settings.rep_budget
    return UsageView(
        periods={_PERIODS[name]: totals for name, totals in used.periods.items()},
        days=tuple(Used(day, totals) for day, totals in sorted(grouped(rows, "day").items(), reverse=True)),
        agents=tuple(Used(name, totals) for name, totals in used.agents.items()),
        models=tuple(Used(name, totals) for name, totals in grouped(rows, "model").items()),
        budget=DayBudget(budget.usd, budget.tokens, used.from_team.cost_usd, used.from_team.tokens),
    )


FLOW = Flow(views={"usage": View(usage, UsageView)})
