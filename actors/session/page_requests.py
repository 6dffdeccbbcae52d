"""What comes from a rep's page, answered by the flows: entering, views and actions. Pure, as `conversation` is."""

from collections.abc import Mapping

import msgspec

from actors.session.access import refusal
from actors.session.flows import ACTIONS, VIEWS
from actors.session.messages import Act, Enter
from actors.session.page import Action, NotNow, NotThere
from actors.session.state import Rep, SessionState
from actors.session.turn import Turn, World

KEPT_ACTIONS = 30
"""How many of the last actions are known by their ids, so that a page may send one again."""


class PageRefused(Exception):
    """No: an HTTP status and one sentence for the rep."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def entered(state: SessionState, request: Enter, world: World) -> SessionState:
    """The state with the person as Telegram names them now; raises PageRefused for one who may not enter."""
    named = msgspec.structs.replace(state, rep=Rep(state.rep.telegram_id, request.username, request.first_name))
    _admit(named, world)
    return named


def look(state: SessionState, view: str, parameters: Mapping[str, str], world: World) -> bytes:
    """A view as JSON; raises PageRefused."""
    _admit(state, world)
    try:
        return msgspec.json.encode(VIEWS[view].handler(state, parameters, world))
    except NotThere:
        raise PageRefused(404, world.texts("page-not-there")) from None
    except NotNow as not_now:
        raise PageRefused(409, not_now.text) from None


def act(state: SessionState, request: Act, world: World) -> Turn:
    """The turn that an action makes; one that was done before changes nothing. Raises PageRefused."""
    _admit(state, world)
    action = ACTIONS[request.action]
    body = _body(action, request.body, world)
    if request.id in state.acted:
        return Turn(state)
    try:
        turn = action.handler(state, request.parameters, body, world)
    except NotThere:
        raise PageRefused(404, world.texts("page-not-there")) from None
    except NotNow as not_now:
        raise PageRefused(409, not_now.text) from None
    acted = (*state.acted, request.id)[-KEPT_ACTIONS:]
    return msgspec.structs.replace(turn, state=msgspec.structs.replace(turn.state, acted=acted))


def _admit(state: SessionState, world: World) -> None:
    refused = refusal(state, world)
    if refused is not None:
        raise PageRefused(403, refused)


def _body(action: Action, raw: bytes, world: World) -> msgspec.Struct:
    try:
        return msgspec.json.decode(raw or b"{}", type=action.body)
    except msgspec.MsgspecError:
        raise PageRefused(400, world.texts("page-bad-body")) from None
