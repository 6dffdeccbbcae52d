"""/admin: the team in numbers, for those on the list of admins.

The views on people are in `admin_users`, those on runs in `admin_traces`, models and health beside them.
Every tap is checked anew: an admin who was taken off the list finds the old buttons stale.
"""

from collections.abc import Callable, Iterable

from actors.session import admin_health, admin_models, admin_traces, admin_users, model_choice
from actors.session.access import is_admin
from actors.session.flow import Flow
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import ChoosingAgentModel, Idle, InvitingUser
from actors.telegram.rendering import Button, Keyboard
from coaching.team import DAY_S, Count, leaderboard, team_stats, trends
from storage import Row, to_text

MOST_PLACES = 20
View = Callable[[World], str]


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Show the menu of views."""
    if not is_admin(state, world):
        return Turn(state, calls=say(state, world.texts("admin-refused")))
    return Turn(state.at(Idle()), calls=say(state, world.texts("admin"), _menu(world)))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Show a view, or act on a person."""
    if not is_admin(state, world):
        return None
    match tap.words:
        case ("menu",):
            return show(state.at(Idle()), tap, world.texts("admin"), _menu(world))
        case (name,) if name in _VIEWS:
            return show(state, tap, _VIEWS[name](world), (back(world),))
        case ("users", *words):
            return admin_users.pressed(state, tap, tuple(words), world)
        case ("models", *words):
            return admin_models.pressed(state, tap, tuple(words), world)
        case ("health",):
            return admin_health.asked(state, tap, world)
        case ("traces", *words):
            return admin_traces.pressed(state, tap, tuple(words), world)
    return None


def back(world: World) -> tuple[Button, ...]:
    """The row with the way back to the menu."""
    return (Button(label=world.texts("button-back"), data="admin:menu"),)


def _menu(world: World) -> Keyboard:
    def button(name: str, data: str) -> Button:
        return Button(label=world.texts(name), data=f"admin:{data}")

    return (
        (button("button-admin-stats", "stats"), button("button-admin-board", "board")),
        (button("button-admin-trends", "trends"), button("button-admin-scenarios", "scenarios")),
        (button("button-admin-users", "users"), button("button-admin-traces", "traces")),
        (button("button-admin-models", "models"), button("button-admin-knowledge", "knowledge")),
        (button("button-admin-health", "health"),),
    )


def _stats(world: World) -> str:
    stats = team_stats(
        _team("users", world),
        _team("support_sessions", world),
        _team("attempts", world),
        _team("lead_registry", world),
        to_text(world.now - 7 * DAY_S),
    )
    leads = ", ".join(f"{status.replace('_', ' ')} {count}" for status, count in sorted(stats.leads.items()))
    return world.texts(
        "admin-stats",
        reps=stats.reps,
        active=stats.active,
        prospects=_count(stats.prospects),
        attempts=_count(stats.attempts),
        average=_average(stats.average),
        leads=leads or "-",
    )


def _board(world: World) -> str:
    places = leaderboard(_team("users", world), _team("attempts", world))[:MOST_PLACES]
    lines = (
        world.texts(
            "admin-place",
            place=number,
            name=place.name,
            average=_average(place.average),
            attempts=place.attempts,
            xp=place.xp,
        )
        for number, place in enumerate(places, 1)
    )
    return _listed("admin-board", lines, world)


def _trends(world: World) -> str:
    week_ago, two_weeks_ago = to_text(world.now - 7 * DAY_S), to_text(world.now - 14 * DAY_S)
    lines = (
        world.texts(
            "admin-trend",
            mode=trend.mode,
            attempts=trend.attempts,
            average=_average(trend.average),
            before=trend.attempts_before,
            average_before=_average(trend.average_before),
        )
        for trend in trends(_team("attempts", world), week_ago, two_weeks_ago)
    )
    return _listed("admin-trends", lines, world)


def _scenarios(world: World) -> str:
    scores: dict[str, list[float]] = {}
    for attempt in _team("attempts", world):
        scores.setdefault(str(attempt["scenario_id"]), []).append(float(str(attempt["score"])))
    busiest = sorted(scores, key=lambda name: (-len(scores[name]), name))[:MOST_PLACES]
    lines = (
        world.texts(
            "admin-scenario",
            scenario=name,
            attempts=len(scores[name]),
            average=_average(sum(scores[name]) / len(scores[name])),
        )
        for name in busiest
    )
    return _listed("admin-scenarios", lines, world)


def _team(table: str, world: World) -> list[Row]:
    return list(world.book.rows(table, team=True).values())


def _listed(title: str, lines: Iterable[str], world: World) -> str:
    return "\n".join((world.texts(title), "", *(list(lines) or [world.texts("admin-nothing")])))


def _count(count: Count) -> str:
    return f"{count.total} ({count.week})"


def _average(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


_VIEWS: dict[str, View] = {
    "stats": _stats,
    "board": _board,
    "trends": _trends,
    "scenarios": _scenarios,
    "knowledge": admin_health.knowledge,
}

FLOW = Flow(
    commands={"admin": open_},
    buttons={"admin": pressed},
    texts={InvitingUser: admin_users.take_invitation, ChoosingAgentModel: model_choice.search},
    nudges={"revoke": admin_users.revoked, "restore": admin_users.restored},
)
