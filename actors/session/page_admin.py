"""The team on an admin's page: numbers, leaderboard, a rep whole, who is weak where, knowledge, costs and runs.

Whoever is not on the list of admins at the moment of asking finds none of it there.
"""

from collections import defaultdict
from collections.abc import Iterable
from statistics import mean

import msgspec

from actors.providers.usage_book import TABLE, Totals
from actors.session import admin_users
from actors.session.access import is_admin
from actors.session.agent_models import chosen_models
from actors.session.cards import category
from actors.session.flow import Flow
from actors.session.page import Action, ActionHandler, NoBody, NotThere, Parameters, View, ViewHandler
from actors.session.page_words import Words
from actors.session.pool import find
from actors.session.pressing import press, say_to
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World
from actors.session.usage import usage_of
from actors.session.waiting import InvitingUser
from coaching.agents import AGENTS
from coaching.team import (
    DAY_S,
    PipelineHealth,
    Place,
    TeamStats,
    Trend,
    leaderboard,
    pipeline_health,
    team_stats,
    trends,
)
from storage import Row, from_text, to_text

MOST_RUNS = 50
MOST_REPS = 100
_ERROR = 300


class Person(msgspec.Struct, frozen=True):
    """One rep of the team; `access` is granted or revoked."""

    telegram_id: int
    name: str
    xp: int
    level: int
    access: str
    last_active_at: float | None


class Invitation(msgspec.Struct, frozen=True):
    """Somebody who may come in and has not yet."""

    id: str
    username: str


class Team(msgspec.Struct, frozen=True):
    """The team in numbers, its people, and how practice goes."""

    stats: TeamStats
    people: tuple[Person, ...]
    invited: tuple[Invitation, ...]
    trends: tuple[Trend, ...]


class Leaderboard(msgspec.Struct, frozen=True):
    """The places, the best first."""

    places: tuple[Place, ...]


class SkillScore(msgspec.Struct, frozen=True):
    """How often a rep practised a skill, and the average score."""

    skill: str
    attempts: int
    average: float


class RepDetail(msgspec.Struct, frozen=True):
    """One rep: who, the skills, and the statuses of their leads by number."""

    person: Person
    skills: tuple[SkillScore, ...]
    prospects: int
    leads: dict[str, int]


class HeatRow(msgspec.Struct, frozen=True):
    """One rep's average score in each skill, in the order of the map's skills; null where nobody tried."""

    telegram_id: int
    name: str
    averages: tuple[float | None, ...]


class HeatMap(msgspec.Struct, frozen=True):
    """Who is strong in what; `skills` are the names of the columns."""

    skills: tuple[str, ...]
    reps: tuple[HeatRow, ...]


class AgentModel(msgspec.Struct, frozen=True):
    """The model an admin chose for an agent; null leaves it to each rep's own."""

    agent: str
    model: str | None


class Models(msgspec.Struct, frozen=True):
    """Which model each agent answers on."""

    agents: tuple[AgentModel, ...]


class Knowledge(msgspec.Struct, frozen=True):
    """What the shelf holds, and what is wrong with its files since they were changed."""

    sections: int
    scenarios: int
    problems: tuple[str, ...]


class Costs(msgspec.Struct, frozen=True):
    """What the team's model calls used over each period, and by agent over a month."""

    periods: dict[str, Totals]
    agents: dict[str, Totals]


class RunLine(msgspec.Struct, frozen=True):
    """A run of a pipeline."""

    id: str
    pipeline: str
    at: float
    duration_ms: float | None
    success: bool


class Runs(msgspec.Struct, frozen=True):
    """How the pipelines do, and the newest runs."""

    pipelines: tuple[PipelineHealth, ...]
    runs: tuple[RunLine, ...]


class SpanLine(msgspec.Struct, frozen=True):
    """A bar of the waterfall: where it begins after the run did, and how long it is."""

    name: str
    offset_ms: float
    duration_ms: float | None
    success: bool


class RunDetail(msgspec.Struct, frozen=True):
    """A run with its spans in the order in which they began."""

    run: RunLine
    error: str | None
    spans: tuple[SpanLine, ...]


def team(state: SessionState, parameters: Parameters, world: World) -> Team:
    """The team."""
    week, two_weeks = to_text(world.now - 7 * DAY_S), to_text(world.now - 14 * DAY_S)
    users, attempts = team_rows("users", world), team_rows("attempts", world)
    stats = team_stats(users, team_rows("support_sessions", world), attempts, team_rows("lead_registry", world), week)
    known = {str(user["username"]).lower() for user in users}
    invited = (row for row in team_rows("invitations", world) if str(row["username"]) not in known)
    return Team(
        stats=stats,
        people=tuple(_person(user) for user in users[:MOST_REPS]),
        invited=tuple(Invitation(str(row["id"]), str(row["username"])) for row in invited),
        trends=trends(attempts, week, two_weeks),
    )


def board(state: SessionState, parameters: Parameters, world: World) -> Leaderboard:
    """The leaderboard."""
    return Leaderboard(leaderboard(team_rows("users", world), team_rows("attempts", world))[:MOST_REPS])


def rep(state: SessionState, parameters: Parameters, world: World) -> RepDetail:
    """One rep."""
    user = _user(parameters, world)
    id_ = user["telegram_id"]
    leads: dict[str, int] = defaultdict(int)
    for lead in _of(id_, "lead_registry", world):
        leads[str(lead["status"])] += 1
    skills = _skills(_of(id_, "attempts", world), world).items()
    scores = (SkillScore(category(name, world), len(found), mean(found)) for name, found in sorted(skills))
    return RepDetail(_person(user), tuple(scores), len(_of(id_, "support_sessions", world)), dict(leads))


def heat_map(state: SessionState, parameters: Parameters, world: World) -> HeatMap:
    """Skills by rep."""
    users = team_rows("users", world)[:MOST_REPS]
    by_rep = [(user, _skills(_of(user["telegram_id"], "attempts", world), world)) for user in users]
    names = sorted({name for _, skills in by_rep for name in skills})
    rows = (
        HeatRow(
            int(str(user["telegram_id"])),
            name_of(user),
            tuple(round(mean(skills[name]), 1) if name in skills else None for name in names),
        )
        for user, skills in by_rep
    )
    return HeatMap(tuple(category(name, world) for name in names), tuple(rows))


def models(state: SessionState, parameters: Parameters, world: World) -> Models:
    """The agents' models."""
    chosen = chosen_models(world)
    return Models(tuple(AgentModel(agent, chosen.get(agent)) for agent in AGENTS))


def knowledge(state: SessionState, parameters: Parameters, world: World) -> Knowledge:
    """What the coach knows."""
    shelf = world.shelf
    return Knowledge(shelf.sections, shelf.scenarios, shelf.problems)


def costs(state: SessionState, parameters: Parameters, world: World) -> Costs:
    """What the team used."""
    usage = usage_of(team_rows(TABLE, world), world.now)
    return Costs(dict(usage.periods), dict(usage.agents))


def runs(state: SessionState, parameters: Parameters, world: World) -> Runs:
    """The pipelines and their newest runs."""
    traces = sorted(team_rows("pipeline_traces", world), key=lambda row: str(row["start_time"]), reverse=True)
    return Runs(pipeline_health(traces), tuple(_run(trace) for trace in traces[:MOST_RUNS]))


def run(state: SessionState, parameters: Parameters, world: World) -> RunDetail:
    """One run as a waterfall."""
    id_ = parameters["run_id"]
    trace = next((one for one in team_rows("pipeline_traces", world) if one["trace_id"] == id_), None)
    if trace is None:
        raise NotThere
    spans = [one for one in team_rows("pipeline_spans", world) if one["trace_id"] == id_]
    spans.sort(key=lambda row: str(row["start_time"]))
    began = from_text(str(trace["start_time"]))
    error = str(trace["error"])[:_ERROR] if trace["error"] else None
    return RunDetail(_run(trace), error, tuple(_span(span, began) for span in spans))


def invite(state: SessionState, parameters: Parameters, words: Words, world: World) -> Turn:
    """Invite the person with this username."""
    only_admins(state, world)
    return say_to(admin_users.take_invitation, state, InvitingUser(), words.text, world)


def _decision(kind: str, parameter: str) -> ActionHandler:
    def decide(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
        only_admins(state, world)
        if parameter == "telegram_id":
            _user(parameters, world)
        elif parameters[parameter] not in world.book.rows("invitations", team=True):
            raise NotThere
        return press(_users_button, state, (kind, parameters[parameter]), world)

    return decide


def _users_button(state: SessionState, tap: Tap, world: World) -> Turn | None:
    return admin_users.pressed(state, tap, tap.words, world)


def only_admins(state: SessionState, world: World) -> None:
    """Raise NotThere for everybody else."""
    if not is_admin(state, world):
        raise NotThere


def for_admins(handler: ViewHandler) -> ViewHandler:
    """The view, there for admins alone."""

    def guarded(state: SessionState, parameters: Parameters, world: World) -> msgspec.Struct:
        only_admins(state, world)
        return handler(state, parameters, world)

    return guarded


def team_rows(table: str, world: World) -> list[Row]:
    """Everybody's rows of a table, the newest of them."""
    return list(world.book.rows(table, team=True).values())


def _of(telegram_id: object, table: str, world: World) -> list[Row]:
    return [row for row in team_rows(table, world) if row["telegram_id"] == telegram_id]


def _user(parameters: Parameters, world: World) -> Row:
    wanted = parameters["telegram_id"]
    user = next((one for one in team_rows("users", world) if str(one["telegram_id"]) == wanted), None)
    if user is None:
        raise NotThere
    return user


def name_of(user: Row) -> str:
    """How a person of the team is called: by the username, else by the first name."""
    return f"@{user['username']}" if user.get("username") else str(user["first_name"])


def _person(user: Row) -> Person:
    seen = user.get("last_active_at")
    return Person(
        telegram_id=int(str(user["telegram_id"])),
        name=name_of(user),
        xp=int(str(user["total_xp"])),
        level=int(str(user["current_level"])),
        access=str(user["access"]),
        last_active_at=from_text(str(seen)) if seen else None,
    )


def _skills(attempts: Iterable[Row], world: World) -> dict[str, list[float]]:
    """Scores by category, of scenarios that are still there."""
    skills: dict[str, list[float]] = {}
    for attempt in attempts:
        scenario = find(world, str(attempt["scenario_id"]))
        if scenario is not None:
            skills.setdefault(scenario.category, []).append(float(str(attempt["score"])))
    return skills


def _milliseconds(row: Row) -> float | None:
    return None if row["duration_ms"] is None else float(str(row["duration_ms"]))


def _run(trace: Row) -> RunLine:
    at = from_text(str(trace["start_time"]))
    return RunLine(
        str(trace["trace_id"]), str(trace["pipeline_name"]), at, _milliseconds(trace), bool(trace["success"])
    )


def _span(span: Row, began: float) -> SpanLine:
    offset = 1000 * (from_text(str(span["start_time"])) - began)
    return SpanLine(str(span["span_name"]), offset, _milliseconds(span), bool(span["success"]))


FLOW = Flow(
    views={
        "admin/team": View(for_admins(team), Team),
        "admin/leaderboard": View(for_admins(board), Leaderboard),
        "admin/reps/{telegram_id}": View(for_admins(rep), RepDetail),
        "admin/heatmap": View(for_admins(heat_map), HeatMap),
        "admin/knowledge": View(for_admins(knowledge), Knowledge),
        "admin/costs": View(for_admins(costs), Costs),
        "admin/runs": View(for_admins(runs), Runs),
        "admin/runs/{run_id}": View(for_admins(run), RunDetail),
    },
    actions={
        "admin/invite": Action(invite, then="admin/team", body=Words),
        "admin/invitations/{invitation_id}/withdraw": Action(_decision("uninvite", "invitation_id"), then="admin/team"),
        "admin/reps/{telegram_id}/revoke": Action(_decision("revoke", "telegram_id"), then="admin/team"),
        "admin/reps/{telegram_id}/restore": Action(_decision("restore", "telegram_id"), then="admin/team"),
    },
)
