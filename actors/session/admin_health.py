"""How the house is: what the journal, the models' lanes and the writer of records say of themselves; the knowledge."""

import msgspec

from actors.providers.messages import ProvidersDescribed
from actors.session.questions import HealthAnswered
from actors.session.state import SessionState
from actors.session.turn import AskHealth, Tap, Turn, World, show
from actors.telegram.rendering import Button


def asked(state: SessionState, tap: Tap, world: World) -> Turn:
    """Ask those who know."""
    turn = show(state, tap, world.texts("admin-health-asking"), (_back(world),))
    return msgspec.structs.replace(turn, commands=(AskHealth(tap.message_id),))


def answered(state: SessionState, answer: HealthAnswered, world: World) -> Turn:
    """Show what they said; who said nothing is named."""
    lines = [world.texts("admin-health"), "", _journal(answer, world), _records(answer, world)]
    lines += _providers(answer.providers, world)
    return show(state, Tap((), answer.message_id), "\n".join(lines), (_back(world),))


def _back(world: World) -> tuple[Button, ...]:
    return (Button(label=world.texts("button-back"), data="admin:menu"),)


def knowledge(world: World) -> str:
    """What is on the shelf, and what is wrong with the files since they were changed."""
    problems = world.shelf.problems
    text = world.texts("admin-knowledge", sections=world.shelf.sections, scenarios=world.shelf.scenarios)
    if not problems:
        return text
    return "\n".join((text, "", world.texts("admin-knowledge-broken", count=len(problems)), *problems))


def _journal(answer: HealthAnswered, world: World) -> str:
    told = answer.journal
    if told is None:
        return world.texts("admin-health-silent", part="journal")
    return world.texts(
        "admin-health-journal",
        waiting=told.inbox_pending,
        sending=sum(told.outbox_pending.values()),
        dead=told.dead,
        problem=told.last_problem or "none",
    )


def _records(answer: HealthAnswered, world: World) -> str:
    told = answer.writer
    if told is None:
        return world.texts("admin-health-silent", part="records")
    return world.texts("admin-health-records", waiting=told.waiting, problem=told.last_problem or "none")


def _providers(told: ProvidersDescribed | None, world: World) -> list[str]:
    if told is None:
        return [world.texts("admin-health-silent", part="models")]
    lanes = [
        world.texts(
            "admin-health-lane",
            provider=lane.provider.value,
            model=lane.answered_by or "none",
            state=lane.state,
            done=lane.completed,
            failed=lane.failed,
            queued=lane.queued,
        )
        for lane in told.lanes
    ]
    return [*(lanes or [world.texts("admin-health-idle")]), *told.warnings]
