"""A Bot API on a real socket that answers as a test tells it and remembers what it was asked."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

TOKEN = "42:planted-token-that-must-never-show"

Answer = Callable[[web.Request], web.StreamResponse]


def refusal(code: int, description: str, retry_after: int | None = None) -> Answer:
    """Telegram's own form of a refusal."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return lambda request: web.json_response(body, status=code)


def broken_page(request: web.Request) -> web.StreamResponse:
    """What a proxy says when the server behind it is gone."""
    return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")


def dropped(request: web.Request) -> web.StreamResponse:
    """Processed, and the connection closed before the answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Asked:
    """One call as it arrived."""

    def __init__(self, method: str, parameters: dict[str, str], at: float) -> None:
        self.method = method
        self.parameters = parameters
        self.at = at

    @property
    def text(self) -> str:
        """The text parameter, "" if there is none."""
        return self.parameters.get("text", "")


class ScriptedBotApi:
    """Updates to give out, answers to give next; `asked` holds every call but the polls, `offsets` the polls."""

    def __init__(self) -> None:
        self.url = ""
        self.now: Callable[[], float] = lambda: 0.0
        self.asked: list[Asked] = []
        self.offsets: list[int | None] = []
        self.polls: list[dict[str, object]] = []
        self.answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self.held: defaultdict[str, deque[asyncio.Event]] = defaultdict(deque)
        self._updates: list[tuple[int, str]] = []
        self._news = asyncio.Event()
        self._message_id = 100

    def update(self, number: int, body: dict[str, object]) -> None:
        """Have an update delivered until it is acknowledged."""
        self.raw_update(number, json.dumps({"update_id": number, **body}))

    def text(self, number: int, text: str, user: int = 7) -> None:
        """Have a text message of this user delivered."""
        person = {"id": user, "is_bot": False, "first_name": "Ann"}
        chat = {"id": user, "type": "private", "first_name": "Ann"}
        message = {"message_id": number, "date": 1_700_000_000, "chat": chat, "from": person, "text": text}
        self.update(number, {"message": message})

    def raw_update(self, number: int, raw: str) -> None:
        """Have this very text delivered as an update; it goes when an offset above `number` is asked."""
        self._updates.append((number, raw))
        self._news.set()

    def sent_to(self, chat_id: int, method: str = "sendMessage") -> list[str]:
        """The texts a chat was sent, in order of arrival."""
        return [one.text for one in self.asked if one.method == method and one.parameters["chat_id"] == str(chat_id)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of any method."""
        if request.match_info["token"] != TOKEN:
            return refusal(401, "Unauthorized")(request)
        method = request.match_info["method"]
        if method == "getUpdates":
            return await self._poll(request)
        parameters = await _parameters(request)
        self.asked.append(Asked(method, parameters, self.now()))
        if self.held[method]:
            await self.held[method].popleft().wait()
        if self.answers[method]:
            return self.answers[method].popleft()(request)
        return web.json_response({"ok": True, "result": self._result(method, parameters)})

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.polls.append(asked)
        self.offsets.append(asked.get("offset"))
        if self.answers["getUpdates"]:
            return self.answers["getUpdates"].popleft()(request)
        self._updates = [one for one in self._updates if one[0] >= asked.get("offset", 0)]
        if not self._updates and asked["timeout"]:
            self._news.clear()
            await self._news.wait()
        listed = ",".join(raw for _, raw in self._updates[: asked["limit"]])
        return web.Response(text=f'{{"ok":true,"result":[{listed}]}}', content_type="application/json")

    def _result(self, method: str, parameters: dict[str, str]) -> object:
        if not method.startswith("send") or method in ("sendChatAction", "sendMessageDraft"):
            return True
        self._message_id += 1
        chat = {"id": int(parameters["chat_id"]), "type": "private"}
        return {
            "message_id": self._message_id,
            "date": 1_700_000_000,
            "chat": chat,
            "text": parameters.get("text", ""),
        }


async def _parameters(request: web.Request) -> dict[str, str]:
    if request.content_type == "application/json":
        given = (await request.json()).items()
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given}
    return {name: str(value) for name, value in (await request.post()).items()}


@asynccontextmanager
async def running() -> AsyncIterator[ScriptedBotApi]:
    """The API on a free port of 127.0.0.1."""
    api = ScriptedBotApi()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
