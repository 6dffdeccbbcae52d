"""Whether the rep can be written to: lost when they block the bot, found again with their next word."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.state import SessionState
from actors.session.turn import Turn, World, then
from storage import to_text


def lost(state: SessionState, world: World) -> Turn:
    """Nothing reaches the rep any more: reminders rest until they are heard of."""
    return _changed(state, world, reachable=False)


def found(state: SessionState, world: World) -> Turn:
    """The rep is there again."""
    return _changed(state, world, reachable=True)


def heard(turn: Turn, world: World) -> Turn:
    """The turn made for something the rep did, which shows that they can be reached."""
    return turn if turn.state.reachable else then(turn, lambda state: found(state, world))


def _changed(state: SessionState, world: World, *, reachable: bool) -> Turn:
    if state.reachable == reachable:
        return Turn(state)
    after = msgspec.structs.replace(state, reachable=reachable)
    return Turn(after, rows=() if state.profile is None else (_row(state.profile.user_id, world, reachable=reachable),))


def _row(user_id: str, world: World, *, reachable: bool) -> RowWrite:
    values: dict[str, object] = {"reachable": reachable, "updated_at": to_text(world.now)}
    return RowWrite(table="users", action="update", values=values, where={"id": user_id})
