"""The control API: what a test or the chat page does in the user's place. From the loopback interface only.

`POST /sim/users/{id}/text`       {"text", "username"?, "first_name"?} -> {"update_id", "message_id"}
`POST /sim/users/{id}/tap`        {"data", "message_id"?}: the newest button with that data, or the named message's
`POST /sim/users/{id}/stop`       {"draft_id"?}: Stop under that draft, or under the newest one
`POST /sim/users/{id}/{kind}`     kind photo, voice or document: multipart with the field `file` and a `caption`
`POST /sim/users/{id}/block`      the user blocks the bot; `/unblock` takes it back
`POST /sim/updates/raw`           {"update"} or {"text"}: delivered as it is; an object may lack its update_id
`POST /sim/updates/duplicate`     deliver the last update once more
`GET  /sim/users/{id}/transcript` {"messages", "drafts", "actions", "callback_answers"}; messages are from bot or user
`GET  /sim/users/{id}/events`     the chat as server-sent events, a snapshot first (also `/sim/events/{id}`)
`GET  /sim/calls`                 every Bot API call in order: method, chat_id, at, status
`GET  /sim/files/{file_id}`       a file's content
`POST /sim/faults`                {"method", "times", "chat_id"?, "status"?, "retry_after"?, "latency_s"?, "kind"?}
`POST /sim/reset`                 forget chats, faults and calls; update ids go on growing

A fault's kind is error (default), latency, drop_before, or drop_after (processed, then cut off); times 0 is for ever.
"""

import asyncio
import contextlib
import json
import secrets
import time
from typing import Any

from aiohttp import web

from sandbox.telegram.chats import Chat, Chats
from sandbox.telegram.methods import Methods
from sandbox.telegram.updates import Updates

_LOOPBACK = ("127.0.0.1", "::1")


class Control:
    """The control API over one bot."""

    def __init__(self, chats: Chats, updates: Updates, methods: Methods) -> None:
        self._chats = chats
        self._updates = updates
        self._methods = methods
        self.calls: list[dict[str, Any]] = []
        self.faults: list[dict[str, Any]] = []
        self._last: tuple[int, str] | None = None
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """The routes under `/sim`."""
        guarded = [
            web.post("/sim/users/{id}/text", self._text),
            web.post("/sim/users/{id}/tap", self._tap),
            web.post("/sim/users/{id}/stop", self._stop),
            web.post("/sim/users/{id}/{kind:photo|voice|document}", self._file),
            web.post("/sim/users/{id}/{what:block|unblock}", self._block),
            web.post("/sim/updates/raw", self._raw),
            web.post("/sim/updates/duplicate", self._duplicate),
            web.get("/sim/users/{id}/transcript", self._transcript),
            web.get("/sim/users/{id}/events", self._events),
            web.get("/sim/events/{id}", self._events),
            web.get("/sim/calls", self._calls),
            web.get("/sim/files/{file_id}", self._content),
            web.post("/sim/faults", self._fault),
            web.post("/sim/reset", self._reset),
        ]
        return [web.RouteDef(route.method, route.path, _loopback(route.handler), {}) for route in guarded]

    def fault_for(self, method: str, chat_id: str) -> dict[str, Any] | None:
        """The fault that strikes this call, used up by one."""
        for fault in self.faults:
            wanted_chat = str(fault.get("chat_id", chat_id))
            if fault["method"].lower() in (method.lower(), "*") and wanted_chat == chat_id:
                if fault["times"] == 1:
                    self.faults.remove(fault)
                elif fault["times"] > 1:
                    fault["times"] -= 1
                return fault
        return None

    def close(self) -> None:
        """End every open event stream."""
        self._closing.set()

    async def _text(self, request: web.Request) -> web.Response:
        given = await request.json()
        text = str(given.get("text", ""))
        if not text:
            return web.json_response({"error": "a message needs a text"}, status=400)
        chat = self._chat(request, given)
        message: dict[str, Any] = {"from": chat.user, "text": text}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0].encode("utf-16-le")) // 2
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._sent(chat, message)

    async def _file(self, request: web.Request) -> web.Response:
        form = await request.post()
        upload = form.get("file")
        if not isinstance(upload, web.FileField):
            return web.json_response({"error": "the form needs a field named file"}, status=400)
        chat = self._chat(request, dict(form))
        file_id = self._methods.store(upload.filename, upload.file.read())
        caption = {"caption": str(form["caption"])} if form.get("caption") else {}
        return self._sent(
            chat, {"from": chat.user, **self._methods.media(request.match_info["kind"], file_id), **caption}
        )

    def _sent(self, chat: Chat, content: dict[str, Any]) -> web.Response:
        chat.started = True
        message = chat.add(content)
        chat.tell({"type": "message", "message": message})
        number = self._put({"message": message})
        return web.json_response({"update_id": number, "message_id": message["message_id"]})

    async def _tap(self, request: web.Request) -> web.Response:
        given = await request.json()
        chat = self._chat(request, given)
        message = self._with_button(chat, str(given.get("data", "")), given.get("message_id"))
        if message is None:
            return web.json_response({"error": "there is no such button"}, status=404)
        query: dict[str, Any] = {
            "id": str(secrets.randbits(62)),
            "data": str(given["data"]),
            "at": time.time(),
            "chat_id": chat.id,
        }
        query["message_id"] = message["message_id"]
        self._chats.callbacks[str(query["id"])] = query
        tapped = {"id": query["id"], "from": chat.user, "message": message, "chat_instance": str(chat.id)}
        number = self._put({"callback_query": {**tapped, "data": query["data"]}})
        return web.json_response({"update_id": number, "callback_query_id": query["id"]})

    def _with_button(self, chat: Chat, data: str, number: object) -> dict[str, Any] | None:
        for message in reversed(list(chat.messages.values())):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            has_it = any(button.get("callback_data") == data for row in rows for button in row)
            if has_it and number in (None, message["message_id"]):
                return dict(message)
        return None

    async def _stop(self, request: web.Request) -> web.Response:
        given = await request.json()
        chat = self._chat(request, given)
        draft_id = given.get("draft_id") or next((draft["draft_id"] for draft in chat.live_drafts()), None)
        if draft_id not in chat.drafts:
            return web.json_response({"error": "no such draft is shown"}, status=404)
        del chat.drafts[draft_id]
        chat.tell({"type": "draft_end", "draft_id": draft_id})
        number = self._put({"stopped_message_generation": {"chat": chat.as_chat(), "draft_id": draft_id}})
        return web.json_response({"update_id": number})

    async def _block(self, request: web.Request) -> web.Response:
        chat = self._chat(request, {})
        chat.blocked = request.match_info["what"] == "block"
        left = {"status": "kicked", "user": self._chats.bot, "until_date": 0}
        there = {"status": "member", "user": self._chats.bot}
        old, new = (there, left) if chat.blocked else (left, there)
        changed = {"chat": chat.as_chat(), "from": chat.user, "date": int(time.time())}
        number = self._put({"my_chat_member": {**changed, "old_chat_member": old, "new_chat_member": new}})
        return web.json_response({"update_id": number})

    async def _raw(self, request: web.Request) -> web.Response:
        given = await request.json()
        number = self._number()
        if "text" in given:
            self._updates.put_raw(number, str(given["text"]))
        else:
            update = given["update"]
            self._updates.put_raw(number, json.dumps({"update_id": number, **update}))
        return web.json_response({"update_id": number})

    async def _duplicate(self, _request: web.Request) -> web.Response:
        if self._last is None:
            return web.json_response({"error": "nothing was delivered yet"}, status=404)
        self._updates.put_raw(*self._last)
        return web.json_response({"update_id": self._last[0]})

    def _put(self, update: dict[str, Any]) -> int:
        number = self._number()
        self._last = (number, json.dumps({"update_id": number, **update}, ensure_ascii=False))
        self._updates.put(number, update)
        return number

    def _number(self) -> int:
        self._chats.next_update_id += 1
        self._chats.changed = True
        return self._chats.next_update_id

    def _chat(self, request: web.Request, given: dict[str, Any]) -> Chat:
        user_id = int(request.match_info["id"])
        return self._chats.user_chat(user_id, given.get("first_name"), given.get("username"))

    async def _transcript(self, request: web.Request) -> web.Response:
        chat = self._chat(request, {})
        return web.json_response(
            {
                "messages": [_shown(message) for message in chat.messages.values()],
                "drafts": chat.live_drafts(),
                "actions": self._chats.actions[chat.id],
                "callback_answers": self._chats.answers[chat.id],
                "blocked": chat.blocked,
            }
        )

    async def _calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": self.calls})

    async def _content(self, request: web.Request) -> web.Response:
        found = self._chats.files.get(request.match_info["file_id"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], headers={"X-Content-Type-Options": "nosniff"})

    async def _fault(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.faults.append({"kind": "error", "status": 500, "times": 1, **given})
        return web.json_response({"faults": len(self.faults)})

    async def _reset(self, _request: web.Request) -> web.Response:
        self._chats.chats.clear()
        self.calls.clear()
        self.faults.clear()
        return web.json_response({})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        chat = self._chat(request, dict(request.query))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        chat.listeners.add(queue.put_nowait)
        try:
            await response.write(_event(self._snapshot(chat)))
            while not self._closing.is_set():
                await self._forward(queue, response)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            chat.listeners.discard(queue.put_nowait)
        return response

    async def _forward(self, queue: "asyncio.Queue[dict[str, Any]]", response: web.StreamResponse) -> None:
        event: dict[str, Any] | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                event = await queue.get()
        if event is None:
            await response.write(b": still here\n\n")
            return
        if "message" in event and "from" in event["message"]:
            event = {**event, "message": _shown(event["message"])}
        await response.write(_event(event))

    def _snapshot(self, chat: Chat) -> dict[str, Any]:
        return {
            "type": "snapshot",
            "bot": self._chats.bot,
            "commands": self._chats.commands,
            "messages": [_shown(message) for message in chat.messages.values()],
            "drafts": chat.live_drafts(),
        }


def _event(event: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    """A message as the page and the tests read it."""
    shown: dict[str, Any] = {key: message[key] for key in ("message_id", "date", "reply_markup") if key in message}
    shown |= {"from": "bot" if message["from"]["is_bot"] else "user", "edited": "edit_date" in message}
    shown["text"] = message.get("text", message.get("caption", ""))
    shown["entities"] = message.get("entities", message.get("caption_entities", []))
    for kind in ("photo", "voice", "document"):
        if kind in message:
            file = message[kind][0] if kind == "photo" else message[kind]
            name = file.get("file_name", kind)
            shown["media"] = {"kind": kind, "file_name": name, "url": f"/sim/files/{file['file_id']}"}
    return shown


def _loopback(handler: Any) -> Any:
    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.remote not in _LOOPBACK:
            raise web.HTTPForbidden(text="The control API answers this machine alone.")
        response: web.StreamResponse = await handler(request)
        return response

    return guarded
