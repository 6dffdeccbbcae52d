"""The Mini App's API: who is there, what they see and do, and what changed since.

POST /api/auth        `Authorization: tma <initData>` gives a token for a quarter of an hour
POST /api/auth/renew  the same data, up to a day old, and a token that is still valid give another one
GET  /api/<view>      a view of the rep's session
POST /api/<upload>    a picture or a recording, as itself, with the words beside it as `?text=`
POST /api/<action>    an action of the rep's session; `Idempotency-Key` makes it safe to send again
GET  /api/events      server-sent events: which tables of the rep changed

While too many writes wait for storage, actions that write are refused with 503 and one sentence.

Nothing here decides or stores anything: every request is asked of the session that owns the rep's state.
"""

import uuid
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from actors.record_gate import RecordGate
from actors.session.flows import ACTIONS, VIEWS
from actors.session.messages import Act, Answered, Enter, Look, Refused
from actors.session.page import KeptFile, Uploaded
from actors.telegram.messages import FetchFile, FileFetched
from actors.uploads import DropUpload, KeepUpload, UploadKept
from runtime import ActorError, ActorSystem
from webapp_server.access_token import LIFETIME_S, AccessToken, InvalidToken, TokenMint
from webapp_server.answers import answer, refusal
from webapp_server.events import EARLY_S, Streams
from webapp_server.init_data import LOGIN_AGE_S, RENEWAL_AGE_S, InitData, InvalidInitData, read_init_data
from webapp_server.rate_limit import RateLimit
from webapp_server.uploading import KINDS, Unusable, picture_type, received

SESSION_DEADLINE_S = 20.0
_UNREACHABLE = "The coach does not answer right now. Try again in a minute."
_NO_FILE = "That picture is no longer kept."
_TOO_FAST = "That was too much at once. Wait a moment and try again."
_MAXIMUM_ID = 64
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Session(msgspec.Struct, frozen=True):
    """A token and the seconds it is good for; `start` is where the link led, as whoever made it chose."""

    token: str
    expires_in: int
    start: str


class Api:
    """The API of one system; `secret` is what the bot's initData is signed with."""

    def __init__(self, system: ActorSystem, secret: bytes, mint: TokenMint, streams: Streams) -> None:
        self._system = system
        self._secret = secret
        self._mint = mint
        self._streams = streams
        self._limit = RateLimit()
        self._gate = RecordGate(system)

    def routes(self) -> list[web.RouteDef]:
        """Every route; each view and action of the flows has one."""
        return [
            web.post("/api/auth", self._login),
            web.post("/api/auth/renew", self._renew),
            web.get("/api/events", self._guarded(self._events)),
            *(web.get(_address(path), self._guarded(self._look(path))) for path in VIEWS),
            *(web.post(_address(path), self._guarded(self._door(path))) for path in ACTIONS),
        ]

    async def _login(self, request: web.Request) -> web.Response:
        return await self._enter(request, LOGIN_AGE_S)

    async def _enter(self, request: web.Request, maximum_age_s: float) -> web.Response:
        try:
            data = self._init_data(request, maximum_age_s)
        except InvalidInitData as invalid:
            return refusal(401, str(invalid))
        wait = self._limit.wait_s(f"enter/{data.user.id}", self._system.clock.now())
        if wait:
            return _too_fast(wait)
        reply = await self._ask(Enter(_key(data.user.id), data.user.username, data.user.first_name))
        if isinstance(reply, Refused):
            return refusal(reply.status, reply.text)
        token, _ = self._mint.mint(data.user.id, self._system.clock.time())
        return answer(msgspec.json.encode(Session(token, LIFETIME_S, data.start_param)), request)

    async def _renew(self, request: web.Request) -> web.Response:
        try:
            token = self._mint.read(request.headers.get("X-Access-Token", ""), self._system.clock.time())
            data = self._init_data(request, RENEWAL_AGE_S)
        except (InvalidToken, InvalidInitData) as invalid:
            return refusal(401, str(invalid))
        if data.user.id != token.telegram_id:
            return refusal(401, str(InvalidToken()))
        return await self._enter(request, RENEWAL_AGE_S)

    def _init_data(self, request: web.Request, maximum_age_s: float) -> InitData:
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "tma":
            raise InvalidInitData
        return read_init_data(raw, self._secret, self._system.clock.time(), maximum_age_s=maximum_age_s)

    def _guarded(self, handler: Callable[[web.Request, AccessToken], Awaitable[web.StreamResponse]]) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            scheme, _, text = request.headers.get("Authorization", "").partition(" ")
            try:
                token = self._mint.read(text if scheme.lower() == "bearer" else "", self._system.clock.time())
            except InvalidToken as invalid:
                return refusal(401, str(invalid), {"WWW-Authenticate": "Bearer"})
            wait = self._limit.wait_s(str(token.telegram_id), self._system.clock.now())
            return _too_fast(wait) if wait else await handler(request, token)

        return guarded

    def _look(self, path: str) -> Callable[[web.Request, AccessToken], Awaitable[web.StreamResponse]]:
        async def look(request: web.Request, token: AccessToken) -> web.StreamResponse:
            query = {name: request.query[name] for name in VIEWS[path].query if name in request.query}
            reply = await self._ask(Look(_key(token.telegram_id), path, query | dict(request.match_info)))
            if isinstance(reply, Answered) and VIEWS[path].answer is KeptFile:
                return await self._file(msgspec.json.decode(reply.body, type=KeptFile).reference)
            return _replied(reply, request)

        return look

    async def _file(self, reference: str) -> web.Response:
        """The picture itself; who may see it was for the session to say."""
        try:
            file = await self._system.ask(
                self._system.find("uploads"), FetchFile(reference), deadline_s=SESSION_DEADLINE_S
            )
        except ActorError:
            return refusal(503, _UNREACHABLE)
        media_type = picture_type(file.data) if isinstance(file, FileFetched) else None
        if not isinstance(file, FileFetched) or media_type is None:
            return refusal(404, _NO_FILE)
        headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"}
        return web.Response(body=file.data, content_type=media_type, headers=headers)

    def _door(self, path: str) -> Callable[[web.Request, AccessToken], Awaitable[web.StreamResponse]]:
        inner = self._act(path) if ACTIONS[path].upload is None else self._upload(path)
        if not ACTIONS[path].writes:
            return inner

        async def gated(request: web.Request, token: AccessToken) -> web.StreamResponse:
            behind = await self._gate.refusal()
            return await inner(request, token) if behind is None else refusal(503, behind)

        return gated

    def _upload(self, path: str) -> Callable[[web.Request, AccessToken], Awaitable[web.StreamResponse]]:
        action = ACTIONS[path]
        kind = KINDS[action.upload or "picture"]

        async def upload(request: web.Request, token: AccessToken) -> web.StreamResponse:
            id_ = request.headers.get("Idempotency-Key", "") or str(uuid.uuid4())
            if len(id_) > _MAXIMUM_ID:
                return refusal(400, f"An Idempotency-Key has at most {_MAXIMUM_ID} characters.")
            try:
                data, media_type = await received(request, kind)
            except Unusable as unusable:
                return refusal(unusable.status, unusable.text)
            reference = await self._keep(KeepUpload(token.telegram_id, action.purpose, _file_id(token, id_), data))
            if reference is None:
                return refusal(503, _UNREACHABLE)
            body = msgspec.json.encode(Uploaded(reference, media_type, len(data), request.query.get("text", "")))
            reply = await self._ask(Act(_key(token.telegram_id), path, dict(request.match_info), body, id_))
            if isinstance(reply, Refused):
                self._system.send(self._system.find("uploads"), DropUpload(reference))
            return _replied(reply, request)

        return upload

    async def _keep(self, upload: KeepUpload) -> str | None:
        try:
            kept = await self._system.ask(self._system.find("uploads"), upload, deadline_s=SESSION_DEADLINE_S)
        except ActorError:
            return None
        return kept.reference if isinstance(kept, UploadKept) else None

    def _act(self, path: str) -> Callable[[web.Request, AccessToken], Awaitable[web.StreamResponse]]:
        async def act(request: web.Request, token: AccessToken) -> web.StreamResponse:
            id_ = request.headers.get("Idempotency-Key", "") or str(uuid.uuid4())
            if len(id_) > _MAXIMUM_ID:
                return refusal(400, f"An Idempotency-Key has at most {_MAXIMUM_ID} characters.")
            body = await request.read()
            reply = await self._ask(Act(_key(token.telegram_id), path, dict(request.match_info), body, id_))
            return _replied(reply, request)

        return act

    async def _events(self, request: web.Request, token: AccessToken) -> web.StreamResponse:
        admitted = await self._ask(Look(_key(token.telegram_id), "me", {}))
        if isinstance(admitted, Refused):
            return refusal(admitted.status, admitted.text)
        lifetime_s = token.expires_at - self._system.clock.time() - EARLY_S
        return await self._streams.serve(request, token.telegram_id, lifetime_s=lifetime_s)

    async def _ask(self, message: Enter | Look | Act) -> Answered | Refused:
        try:
            reply = await self._system.ask(self._system.find("sessions"), message, deadline_s=SESSION_DEADLINE_S)
        except ActorError:
            return Refused(503, _UNREACHABLE)
        return reply if isinstance(reply, Answered | Refused) else Refused(503, _UNREACHABLE)


def _address(path: str) -> str:
    """Ids of cases are UUIDs, so that `cases/photo` is no case."""
    return f"/api/{path}".replace("{case_id}", "{case_id:[0-9a-f-]{36}}")


def _file_id(token: AccessToken, id_: str) -> str:
    """The same request sent again keeps the same file."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{token.telegram_id}/{id_}"))


def _key(telegram_id: int) -> str:
    return f"session/{telegram_id}"


def _too_fast(wait_s: float) -> web.Response:
    return refusal(429, _TOO_FAST, {"Retry-After": str(max(1, round(wait_s)))})


def _replied(reply: Answered | Refused, request: web.Request) -> web.Response:
    return refusal(reply.status, reply.text) if isinstance(reply, Refused) else answer(reply.body, request)
