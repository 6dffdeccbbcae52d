"""What users do: they write, tap, stop, send files, block."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.speech import ogg
from sandbox.telegram.chats import Chat
from sandbox.telegram.entities import Text
from sandbox.telegram.found_entities import with_found_entities
from sandbox.telegram.parameters import Upload
from sandbox.telegram.world import World

_KINDS = "photo|voice|video_note|audio|document"
_SPOKEN_S = 0.06
"""How long a character takes to say."""


class Reps:
    """The part of the control API in which users act."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """The routes under `/sim/users`."""
        return [
            web.post("/sim/users/{id}/text", self._text),
            web.post("/sim/users/{id}/edit", self._edit),
            web.post("/sim/users/{id}/tap", self._tap),
            web.post("/sim/users/{id}/stop", self._stop),
            web.post("/sim/users/{id}/{kind:" + _KINDS + "}", self._file),
            web.post("/sim/users/{id}/{what:block|unblock}", self._block),
            web.post("/sim/users/{id}/deactivate", self._deactivate),
        ]

    async def _text(self, request: web.Request) -> web.Response:
        given = await request.json()
        if not str(given.get("text") or "").strip():
            return _refused("a message needs a text", 400)
        chat = self._chat(request, given)
        return self._sent(
            chat, {**_replied(chat, given.get("reply_to")), **_written("text", "entities", given["text"])}
        )

    async def _edit(self, request: web.Request) -> web.Response:
        given = await request.json()
        chat = self._chat(request, given)
        message = chat.messages.get(int(given["message_id"]))
        if message is None or message["from"]["is_bot"]:
            return _refused("there is no such message of this user", 404)
        new = {name: value for name, value in message.items() if name != "entities"}
        message = chat.replace(new | _written("text", "entities", given["text"]))
        return web.json_response({"update_id": self._put(chat, {"edited_message": message})})

    async def _file(self, request: web.Request) -> web.Response:
        form = await request.post()
        given = _uploaded(form)
        if given is None:
            return _refused("the form needs a field named file, or transcript with the words of a voice note", 400)
        chat = self._chat(request, dict(form))
        file = self._world.files.store(request.match_info["kind"], given)
        caption = str(form.get("caption") or "")
        content = self._world.files.in_message(
            file, max(1, round(float(str(form.get("duration") or _length_s(given)))))
        )
        return self._sent(chat, content | (_written("caption", "caption_entities", caption) if caption else {}))

    def _sent(self, chat: Chat, content: dict[str, Any]) -> web.Response:
        chat.started = True
        message = chat.add({"from": dict(chat.user), **content})
        number = self._put(chat, {"message": message})
        return web.json_response({"update_id": number, "message_id": message["message_id"]})

    async def _tap(self, request: web.Request) -> web.Response:
        given = await request.json()
        chat = self._chat(request, given)
        found = _forged(chat, given) if given.get("forged") else _button(chat, given)
        if found is None:
            return _refused("there is no such button", 404)
        message, data = found
        callback = self._world.callbacks.tap(chat.id, message["message_id"], data)
        query = {
            "id": callback.id,
            "from": chat.user,
            "message": message,
            "chat_instance": str(chat.id),
            "data": data,
        }
        return web.json_response(
            {"update_id": self._put(chat, {"callback_query": query}), "callback_query_id": callback.id}
        )

    async def _stop(self, request: web.Request) -> web.Response:
        given = await request.json()
        chat = self._chat(request, given)
        drafts = chat.live_drafts()
        wanted = given.get("draft_id") or (drafts[-1]["draft_id"] if drafts else None)
        draft = chat.drafts.get(int(wanted or 0))
        if draft is None or not draft["can_stop"]:
            return _refused("no such draft that can be stopped is shown", 404)
        chat.end_draft(draft["draft_id"])
        stopped = {"chat": chat.as_chat(), "draft_id": draft["draft_id"]}
        return web.json_response({"update_id": self._put(chat, {"stopped_message_generation": stopped})})

    async def _block(self, request: web.Request) -> web.Response:
        chat = self._chat(request, {})
        chat.blocked = request.match_info["what"] == "block"
        chat.keep()
        gone = {"status": "kicked", "user": self._world.bot, "until_date": 0}
        there = {"status": "member", "user": self._world.bot}
        old, new = (there, gone) if chat.blocked else (gone, there)
        facts = {"chat": chat.as_chat(), "from": chat.user, "date": int(self._world.clock.now())}
        changed = {**facts, "old_chat_member": old, "new_chat_member": new}
        return web.json_response({"update_id": self._put(chat, {"my_chat_member": changed})})

    async def _deactivate(self, request: web.Request) -> web.Response:
        chat = self._chat(request, {})
        chat.deactivated = True
        chat.keep()
        return web.json_response({})

    def _chat(self, request: web.Request, names: dict[str, Any]) -> Chat:
        return self._world.chats.of_user(int(request.match_info["id"]), names)

    def _put(self, chat: Chat, update: dict[str, Any]) -> int:
        return self._world.updates.put(update, str(chat.id))


def _written(name: str, entities_name: str, words: object) -> dict[str, Any]:
    text = with_found_entities(Text(str(words)))
    return {name: text.words} | ({entities_name: list(text.entities)} if text.entities else {})


def _uploaded(form: Mapping[str, object]) -> Upload | None:
    """The file of a form; words alone are made into a voice note that says them, as a phone records it."""
    upload, words = form.get("file"), str(form.get("transcript") or "").strip()
    if words:
        seconds = float(str(form.get("duration") or 0)) or max(1.0, len(words) * _SPOKEN_S)
        return Upload("voice.ogg", ogg.voice_note(words, seconds), "audio/ogg")
    if isinstance(upload, web.FileField):
        return Upload(upload.filename, upload.file.read(), upload.content_type)
    return None


def _length_s(given: Upload) -> float:
    recording = ogg.read(given.content)
    return recording.duration_s if recording else 1.0


def _replied(chat: Chat, message_id: object) -> dict[str, Any]:
    target = chat.messages.get(int(str(message_id))) if message_id else None
    if target is None:
        return {}
    return {"reply_to_message": {name: value for name, value in target.items() if name != "reply_to_message"}}


def _forged(chat: Chat, given: dict[str, Any]) -> tuple[dict[str, Any], str] | None:
    """The bot's oldest message with data that need not stand under it, as from an old client."""
    own = (message for message in chat.messages.values() if message["from"]["is_bot"])
    return next(((message, str(given["data"])) for message in own), None)


def _button(chat: Chat, given: dict[str, Any]) -> tuple[dict[str, Any], str] | None:
    """The newest message with the wanted callback button, and the button's data."""
    wanted = ("callback_data", given["data"]) if given.get("data") else ("text", given["label"])
    for message in reversed(chat.messages.values()):
        if given.get("message_id") not in (None, message["message_id"]):
            continue
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if button.get(wanted[0]) == wanted[1] and "callback_data" in button:
                    return message, str(button["callback_data"])
    return None


def _refused(sentence: str, status: int) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
