"""Operators' commands: restart an actor, drain, pause a provider, replay or discard what was given up.

A command comes as a form of the page or as JSON of the command line, always by POST, and each is logged with who gave
it. A foreign page can make a browser send neither: the form carries a word that only our page knows, and the command
line a header that a browser sends to no other site unasked.
"""

import hmac
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec
import structlog
from aiohttp import web

from actors.journal import GivenUpEntry, GivenUpListed, GivenUpResolved, ListGivenUp, ResolveGivenUp
from actors.providers.messages import PauseProvider, Provider, ProviderPaused
from actors.session.messages import Resume
from runtime import ActorError, ActorSystem
from webapp_server.actors_seen import ActorsSeen
from webapp_server.operators import Handler, OperatorAccess, operator_of
from webapp_server.stopping import Stopping

HEADER = "X-Cornerman-Operator"
PAUSE_MINUTES = 10.0
MOST_MINUTES = 24 * 60.0
_KEPT = 10
_DEADLINE_S = 5.0
_LOG = structlog.get_logger(__name__)


class Order(msgspec.Struct, frozen=True):
    """What the command is about: an actor's id, a provider or an entry; `minutes` for a pause; `word` of the page."""

    target: str = ""
    minutes: float = PAUSE_MINUTES
    word: str = ""


class Done(msgspec.Struct, frozen=True):
    """A command that was given, and one sentence on what came of it."""

    at: datetime
    by: str
    command: str
    target: str
    done: bool
    outcome: str


class CommandRefused(Exception):
    """The command cannot be carried out; the text says why."""


class Commands:
    """Carries out commands and remembers the last ten."""

    def __init__(self, system: ActorSystem, actors: ActorsSeen, stopping: Stopping) -> None:
        self._system = system
        self._actors = actors
        self._stopping = stopping
        self.word = secrets.token_urlsafe(16)
        self.last: deque[Done] = deque(maxlen=_KEPT)
        self._known: dict[str, Callable[[Order], Awaitable[str]]] = {
            "restart": self._restart,
            "drain": self._drain,
            "pause": self._pause,
            "resume": self._resume,
            "replay": lambda order: self._resolve(order, replay=True),
            "discard": lambda order: self._resolve(order, replay=False),
        }

    async def give(self, command: str, order: Order, by: str) -> Done:
        """Carry it out, log it and remember it."""
        try:
            outcome, done = await self._known[command](order), True
        except (CommandRefused, ActorError) as error:
            outcome, done = str(error), False
        given = Done(datetime.now(UTC), by, command, order.target, done, outcome)
        _LOG.warning("operator_command", command=command, target=order.target, by=by, done=done, outcome=outcome)
        self.last.appendleft(given)
        return given

    def knows(self, command: str) -> bool:
        """Whether there is such a command."""
        return command in self._known

    async def given_up(self) -> tuple[GivenUpEntry, ...]:
        """What waits for an operator's decision; empty while the journal does not answer."""
        try:
            reply = await self._system.ask(self._system.find("journal"), ListGivenUp(), deadline_s=1.0)
        except ActorError:
            return ()
        return reply.entries if isinstance(reply, GivenUpListed) else ()

    async def _restart(self, order: Order) -> str:
        cell = await self._actors.find(order.target)
        if cell is None or not self._system.restart(cell.address):
            raise CommandRefused("No such actor is up now.")
        return f"{cell.type} begins anew under its supervisor."

    async def _drain(self, order: Order) -> str:
        del order
        if self._stopping.asked:
            raise CommandRefused("The process is stopping already.")
        self._stopping.ask()
        return "The process takes no new work, finishes what is under way and ends."

    async def _pause(self, order: Order) -> str:
        if not 0 < order.minutes <= MOST_MINUTES:
            raise CommandRefused(f"A pause lasts up to {MOST_MINUTES:.0f} minutes.")
        await self._tell_router(PauseProvider(_provider(order.target), order.minutes * 60))
        return f"Nothing is sent to {order.target} for {order.minutes:g} minutes."

    async def _resume(self, order: Order) -> str:
        await self._tell_router(PauseProvider(_provider(order.target), 0.0))
        return f"Requests go to {order.target} again."

    async def _tell_router(self, order: PauseProvider) -> None:
        reply = await self._system.ask(self._system.find("llm_router"), order, deadline_s=_DEADLINE_S)
        if not isinstance(reply, ProviderPaused):
            raise CommandRefused("The router did not take the order.")

    async def _resolve(self, order: Order, *, replay: bool) -> str:
        request = ResolveGivenUp(order.target, replay)
        reply = await self._system.ask(self._system.find("journal"), request, deadline_s=_DEADLINE_S)
        if not isinstance(reply, GivenUpResolved) or not reply.found:
            raise CommandRefused("There is no such entry any more, or its content is gone.")
        if reply.actor_key is not None:
            self._system.send(self._system.find("sessions"), Resume(actor_key=reply.actor_key))
        return "It is tried again." if replay else "It is gone with its content."


def _provider(name: str) -> Provider:
    try:
        return Provider(name)
    except ValueError:
        raise CommandRefused(f"Name a provider: {', '.join(Provider)}.") from None


def command_routes(commands: Commands, access: OperatorAccess, renew: Callable[[], None]) -> list[web.RouteDef]:
    """The routes of commands; `renew` is called after each, so that the next look shows its effect."""

    async def give(request: web.Request) -> web.Response:
        name = request.match_info["command"]
        if not commands.knows(name):
            return web.Response(status=404, text="There is no such command.\n")
        try:
            order = await _order(request)
        except (msgspec.DecodeError, ValueError) as error:
            return web.Response(status=400, text=f"{error}\n")
        if not _is_ours(request, order, commands.word):
            return web.Response(status=403, text="Commands come from the status page or the command line only.\n")
        done = await commands.give(name, order, operator_of(request))
        renew()
        if HEADER in request.headers:
            return web.json_response(body=msgspec.json.encode(done), status=200 if done.done else 409)
        return web.Response(status=303, headers={"Location": "/status.html"})

    async def given_up(_request: web.Request) -> web.Response:
        return web.json_response(body=msgspec.json.encode(await commands.given_up()))

    guarded: Callable[[Handler], Handler] = access.guarded
    return [
        web.post("/status/commands/{command}", guarded(give)),
        web.get("/status/given-up", guarded(given_up)),
    ]


async def _order(request: web.Request) -> Order:
    if request.content_type == "application/json":
        return msgspec.json.decode(await request.read(), type=Order)
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return msgspec.convert(form, Order, strict=False)


def _is_ours(request: web.Request, order: Order, word: str) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return HEADER in request.headers or hmac.compare_digest(order.word.encode(), word.encode())
