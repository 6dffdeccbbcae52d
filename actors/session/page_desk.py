"""PageDesk: how a session answers its rep's pages: entering, views and actions, each a turn or a look between turns."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol, TypeVar

import msgspec

from actors.providers.messages import ModelInfo
from actors.session import onboarding, page_requests
from actors.session.book import TEAM_AGE_S, RowsUnreachable
from actors.session.flows import ACTIONS
from actors.session.messages import Act, Answered, Enter, Look, Refused
from actors.session.page import ModelsMissing
from actors.session.questions import models_of
from actors.session.state import SessionState
from actors.session.turn import Listed, Turn, World
from runtime import Actor, Address

_T = TypeVar("_T")
Request = Enter | Look | Act


class Asked(msgspec.Struct, frozen=True):
    """A page's request comes again, now with the models of the rep's provider, None where it could not be asked."""

    request: Request
    asker: Address
    models: tuple[ModelInfo, ...] | None


class Turns(Protocol):
    """What the desk needs of its session."""

    @property
    def state(self) -> SessionState:
        """Where the conversation stands."""
        ...

    async def turn(self, make: Callable[[World], _T], team_age_s: float = TEAM_AGE_S) -> _T:
        """Make a turn or a view with all the rows it asks for, the team's at most so old; raises RowsUnreachable."""
        ...

    async def commit(self, turn: Turn, origin: str) -> None:
        """Make a turn durable and carry it out."""
        ...

    def admit(self, state: SessionState) -> None:
        """Take over the person's name as Telegram tells it now."""
        ...


class PageDesk:
    """One session's desk for pages; whoever asked is answered once, also after the provider was asked."""

    def __init__(self, owner: Actor, turns: Turns) -> None:
        self._owner = owner
        self._turns = turns

    async def take(self, request: Request | Asked, asker: Address) -> None:
        """Answer with `Answered` or `Refused`; where a model list is needed `Asked` comes first."""
        match request:
            case Asked(request=first, asker=first_asker, models=models):
                await self._take(first, first_asker, Listed(models))
            case _:
                await self._take(request, asker, None)

    async def _take(self, request: Request, asker: Address, listed: Listed | None) -> None:

        def with_models(world: World) -> World:
            return msgspec.structs.replace(world, listed=listed)

        try:
            reply: Answered | Refused = Answered(await self._answer(request, with_models))
        except ModelsMissing:
            self._owner.pipe(self._list(request, asker), failed=lambda _: Asked(request, asker, None))
            return
        except page_requests.PageRefused as refused:
            reply = Refused(refused.status, refused.text)
        except RowsUnreachable:
            reply = Refused(503, await self._turns.turn(lambda world: world.texts("records-unreachable-now")))
        self._owner.send(asker, reply)

    async def _list(self, request: Request, asker: Address) -> Asked:
        profile = await self._turns.turn(lambda world: onboarding.profile_of(self._turns.state, world))
        return Asked(request, asker, await models_of(self._owner, profile.credential))

    async def _answer(self, request: Request, more: Callable[[World], World]) -> bytes:
        turns = self._turns
        match request:
            case Enter():
                turns.admit(await turns.turn(lambda world: page_requests.entered(turns.state, request, more(world))))
                return b""
            case Look(view=view, parameters=parameters):
                return await self._found(lambda world: page_requests.look(turns.state, view, parameters, more(world)))
            case Act(action=action, parameters=parameters):
                turn = await self._found(lambda world: page_requests.act(turns.state, request, more(world)))
                await turns.commit(turn, f"page/{request.id}")
                then = ACTIONS[action].then
                return await turns.turn(lambda world: page_requests.look(turns.state, then, parameters, more(world)))

    async def _found(self, make: Callable[[World], _T]) -> _T:
        """Make it, and where something is not there once more with the team's rows of now: it may have come since."""
        try:
            return await self._turns.turn(make)
        except page_requests.PageRefused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            return await self._turns.turn(make, team_age_s=0.0)
