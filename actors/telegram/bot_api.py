"""One Bot API call through aiogram, and what came of it as a value: the sender decides, nobody else catches.

Importing this module imports aiogram, which takes seconds (see aiogram_loading), so actors do it when they start.
"""

import asyncio
import base64
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

import msgspec
import structlog
from aiogram import Bot, exceptions, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import Response
from aiogram.types import BufferedInputFile, InputFile
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError
from pydantic import ValidationError

from actors.telegram.calls import UPLOAD
from actors.telegram.messages import TelegramCall
from actors.telegram.outcome import Came, Outcome

_LOG = structlog.get_logger(__name__)

SEND_TIMEOUT_S = 30.0
_CONNECT_S = 10.0
_MOST_AT_ONCE = 256
_DEFAULT_WAIT_S = 5.0
_LONGEST_DETAIL = 160
_JSON = {"Content-Type": "application/json"}
_NEVER_LEFT = (ClientConnectorError, ConnectionTimeoutError)
_ALREADY_SO = ("message is not modified", "message to delete not found")
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'|\d{6,}(:[\w-]+)?")


class _Session(AiohttpSession):
    """Without aiogram's fixed pause at the end, which the present aiohttp does not need."""

    async def close(self) -> None:
        if self._session is not None and not self._session.closed:
            await self._session.close()


class _Accepted(msgspec.Struct):
    ok: bool
    result: msgspec.Raw


class _SendingSession(_Session):
    """For calls whose results nobody reads: parameters go as one JSON text, and a yes is not made into models.

    Forms and models are most of what a call costs in aiogram. Files go in its form, and every no is read by it.
    """

    async def make_request(
        self,
        bot: Bot,
        method: methods.TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109  # aiogram's own signature
    ) -> Any:
        if any(isinstance(value, InputFile) for _, value in method):
            return await super().make_request(bot, method, timeout)
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        body = method.model_dump_json(exclude_unset=True, exclude_none=True).encode()
        allowed = cast("Any", timeout)
        try:
            async with session.post(url, data=body, headers=_JSON, timeout=allowed) as answer:
                said = await answer.text(errors="replace")
        except TimeoutError as error:
            raise exceptions.TelegramNetworkError(method, "Request timeout error") from error
        except ClientError as error:
            raise exceptions.TelegramNetworkError(method, type(error).__name__) from error
        self.check_response(bot, method, answer.status, said)
        return None

    def check_response(
        self, bot: Bot, method: methods.TelegramMethod[Any], status_code: int, content: str
    ) -> Response[Any]:
        if status_code == HTTPStatus.OK and _is_yes(content):
            return Response[Any](ok=True)
        _keep_form(method)
        return super().check_response(bot, method, status_code, content)


def _is_yes(content: str) -> bool:
    try:
        return msgspec.json.decode(content, type=_Accepted).ok
    except msgspec.DecodeError:
        return False  # perhaps only one string in it: aiogram's decoder is the lenient one


def make_bot(base: str, token: str) -> Bot:
    """aiogram's client of the Bot API at this address, whose session the caller closes."""
    return Bot(token, session=_Session(api=_server(base), limit=0))


def _server(base: str) -> TelegramAPIServer:
    return TelegramAPIServer.from_base(base.rstrip("/"))


class BotApi:
    """Performs calls by their method's name, a bounded number at once; the token shows in nothing it gives back.

    `contact_at` is when Telegram last answered, on the clock given; `problem` is a sentence while it does not.
    """

    def __init__(self, base: str, token: str, now: Callable[[], float]) -> None:
        self._now = now
        self.contact_at: float | None = None
        self.problem: str | None = None
        self._bot = Bot(token, session=_SendingSession(api=_server(base), limit=0))
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.session.close()

    async def perform(self, call: TelegramCall, *, timeout_s: float = SEND_TIMEOUT_S) -> Outcome:
        """Make the call once; every failure of the other side comes back as an Outcome."""
        try:
            method = _method(call)
        except (AttributeError, TypeError, ValidationError):
            return Outcome(Came.REFUSED, "not a call of the Bot API")
        timeout = ClientTimeout(total=timeout_s, sock_connect=_CONNECT_S)
        async with self._turns:
            try:
                await self._bot(method, request_timeout=cast("Any", timeout))  # aiohttp takes both forms
                outcome = Outcome(Came.DONE)
            except (exceptions.AiogramError, OSError) as error:
                outcome = _outcome(error)
        self._note(outcome)
        return outcome

    def _note(self, outcome: Outcome) -> None:
        problem = _problem(outcome)
        if outcome.came not in (Came.NEVER_LEFT, Came.NO_ANSWER):
            self.contact_at = self._now()
        if problem is not None and problem != self.problem:
            _LOG.error("sending_stopped", explanation=problem)
        elif problem is None and self.problem is not None:
            _LOG.info("sending_resumed", after=self.problem)
        self.problem = problem


def _problem(outcome: Outcome) -> str | None:
    match outcome.came:
        case Came.NEVER_LEFT | Came.NO_ANSWER:
            return f"Telegram cannot be reached ({outcome.detail}); messages wait in the journal."
        case Came.SERVER_ERROR:
            return f"Telegram has a failure of its own ({outcome.detail}); messages wait in the journal."
        case Came.UNAUTHORIZED:
            return "TELEGRAM_BOT_TOKEN is not accepted by Telegram; take the current one from @BotFather."
    return None


_FORMS: dict[type, object] = {}


def _keep_form(method: methods.TelegramMethod[Any]) -> None:
    """Hold on to the form in which aiogram checks a no.

    pydantic remembers a generic's forms weakly, so that aiogram builds the same one again and again: 25 ms of a
    blocked loop each time.
    """
    kind = type(method)
    if kind not in _FORMS:
        _FORMS[kind] = Response[kind.__returning__]  # type: ignore[name-defined]  # a type known at run time only


def _method(call: TelegramCall) -> methods.TelegramMethod[Any]:
    """The aiogram method of that name; parameters are checked by it."""
    name = call.method[:1].upper() + call.method[1:]
    kind = getattr(methods, name)
    if name == "TelegramMethod" or not issubclass(kind, methods.TelegramMethod):
        raise TypeError(name)
    parameters = {key: _uploaded(value) for key, value in call.parameters.items()}
    return cast("methods.TelegramMethod[Any]", kind.model_validate(parameters))


def _uploaded(value: object) -> object:
    if isinstance(value, dict) and UPLOAD in value:
        return BufferedInputFile(base64.b64decode(value[UPLOAD]), filename=str(value["name"]))
    return value


def _outcome(error: exceptions.AiogramError | OSError) -> Outcome:
    match error:
        case exceptions.TelegramRetryAfter():
            return Outcome(Came.TOO_MANY, "429", float(error.retry_after))
        case exceptions.TelegramEntityTooLarge():  # aiogram counts it among the network's errors
            return Outcome(Came.REFUSED, _sanitized(error.message))
        case exceptions.TelegramNetworkError():
            return _network(error)
        case exceptions.ClientDecodeError():
            return _undecodable(error)
        case exceptions.TelegramServerError():
            return Outcome(Came.SERVER_ERROR, _sanitized(error.message))
        case exceptions.TelegramNotFound() if "method" in error.message.lower():
            return Outcome(Came.REFUSED, "this Bot API server does not know the method")
        case exceptions.TelegramUnauthorizedError() | exceptions.TelegramNotFound():
            return Outcome(Came.UNAUTHORIZED, _sanitized(error.message))
        case exceptions.TelegramForbiddenError():
            return Outcome(Came.BLOCKED, _sanitized(error.message))
        case exceptions.TelegramBadRequest():
            return _bad_request(error.message)
        case exceptions.TelegramAPIError() if "too many requests" in error.message.lower():
            return Outcome(Came.TOO_MANY, "429", _DEFAULT_WAIT_S)
        case exceptions.TelegramAPIError():
            return Outcome(Came.REFUSED, _sanitized(error.message))
        case _:
            return Outcome(Came.NO_ANSWER, type(error).__name__)


def _network(error: exceptions.TelegramNetworkError) -> Outcome:
    cause = error.__cause__ or error
    came = Came.NEVER_LEFT if isinstance(cause, _NEVER_LEFT) else Came.NO_ANSWER
    return Outcome(came, type(cause).__name__)


def _undecodable(error: exceptions.ClientDecodeError) -> Outcome:
    """An answer that says ok in a shape newer than aiogram's is a success; anything else is a broken server's."""
    if isinstance(error.data, dict) and error.data.get("ok") is True:
        return Outcome(Came.DONE, "answer of unknown shape")
    return Outcome(Came.SERVER_ERROR, "unreadable answer")


def _bad_request(description: str) -> Outcome:
    lowered = description.lower()
    if any(phrase in lowered for phrase in _ALREADY_SO):
        return Outcome(Came.DONE, _sanitized(description))
    if "query is too old" in lowered:
        return Outcome(Came.STALE, _sanitized(description))
    return Outcome(Came.FORMATTING if "entit" in lowered else Came.REFUSED, _sanitized(description))


def _sanitized(description: str) -> str:
    """Telegram's words without quotations and long numbers: they may repeat what a person wrote, or the token."""
    return _QUOTED.sub("…", description)[:_LONGEST_DETAIL]
