"""The page's first view: what is due today, where the rep stands, what is weak, and the drill of the day."""

import msgspec

from actors.session.cards import category
from actors.session.flow import Flow
from actors.session.lead_rows import leads_of, title
from actors.session.page import NotNow, Parameters, View
from actors.session.pool import pool
from actors.session.state import Profile, SessionState
from actors.session.stats import stats_of
from actors.session.turn import World
from coaching.drills import choose
from coaching.leads import Lead
from coaching.plans import ActionType
from coaching.practice import seen_of
from coaching.progress import Standing

MOST_ACTIONS = 20


class DueStep(msgspec.Struct, frozen=True):
    """A plan's next step that is due today or was before; `due` is UTC epoch seconds."""

    lead_id: str
    lead: str
    number: int
    plan_id: str
    action: ActionType
    title: str
    due: float


class Category(msgspec.Struct, frozen=True):
    """A category of drills by id and name."""

    id: str
    name: str


class Drill(msgspec.Struct, frozen=True):
    """A drill to begin."""

    scenario_id: str
    difficulty: int
    category: str
    persona: str


class Dashboard(msgspec.Struct, frozen=True):
    """What matters today; `due` counts all steps that are due, `today` are the first of them."""

    today: tuple[DueStep, ...]
    due: int
    standing: Standing
    streak_days: int
    weak: tuple[Category, ...]
    drill: Drill | None


def dashboard(state: SessionState, parameters: Parameters, world: World) -> Dashboard:
    """What matters today to a rep who is set up."""
    profile = state.profile
    if profile is None:
        raise NotNow(world.texts("setup-first"))
    stats, due = stats_of(profile, world), _due(profile, world)
    return Dashboard(
        today=due[:MOST_ACTIONS],
        due=len(due),
        standing=stats.standing,
        streak_days=stats.streak_days,
        weak=tuple(Category(name, category(name, world)) for name in stats.weak[:3]),
        drill=_drill(profile, stats.recommended, stats.weak, world),
    )


def _due(profile: Profile, world: World) -> tuple[DueStep, ...]:
    """The next steps that are due by the end of the rep's day, the oldest first."""
    steps = (_step(lead, world) for lead in leads_of(world) if not lead.status.closed)
    today = profile.settings.local(world.now).date()
    due = (step for step in steps if step and profile.settings.local(step.due).date() <= today)
    return tuple(sorted(due, key=lambda step: step.due))


def _step(lead: Lead, world: World) -> DueStep | None:
    plan = lead.plan
    if plan is None or plan.next is None:
        return None
    step = plan.steps[plan.next]
    return DueStep(lead.id, title(lead, world), plan.next, plan.id, step.action, step.title, plan.due(plan.next))


def _drill(profile: Profile, difficulty: int, weak: tuple[str, ...], world: World) -> Drill | None:
    """The drill that the chat would begin next; the same all day unless it is done."""
    seen = seen_of(world.book.rows("scenarios_seen").values())
    choice = choose(pool(world), seen, difficulty, profile.user_id, weak)
    if choice is None:
        return None
    drill = choice.scenario
    return Drill(drill.id, drill.difficulty, category(drill.category, world), drill.persona.name)


FLOW = Flow(views={"dashboard": View(dashboard, Dashboard)})
