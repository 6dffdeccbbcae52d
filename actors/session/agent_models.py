"""The models that an admin chose for single agents, for everyone who uses the team's key."""

from uuid import UUID, uuid5

from actors.providers.messages import RowWrite
from actors.session.book import RowsUnreachable
from actors.session.turn import World
from storage import to_text

_CHOICES = UUID("6d0c2f0e-5a0f-5b3c-9a44-0f3f8f1c9d11")


def chosen_models(world: World) -> dict[str, str]:
    """The chosen model by agent; none when storage does not give them, because work goes on without."""
    try:
        rows = world.book.rows("agent_models", team=True).values()
    except RowsUnreachable:
        return {}
    return {str(row["agent"]): str(row["model"]) for row in rows}


def choice(agent: str, model: str, telegram_id: int, world: World) -> RowWrite:
    """The write that makes this the agent's model."""
    row: dict[str, object] = {
        "id": str(uuid5(_CHOICES, agent)),
        "agent": agent,
        "model": model,
        "chosen_by": telegram_id,
        "created_at": to_text(world.now),
    }
    return RowWrite("agent_models", "upsert", (row,), key=("agent",))


def no_choice(agent: str) -> RowWrite:
    """The write that lets an agent answer on each rep's own model again."""
    return RowWrite("agent_models", "delete", where={"agent": agent})
