"""The emulator is as strict as the real Bot API, and aiogram cannot tell them apart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox import telegram
from sandbox.speech import ogg

TOKEN = "1000001:planted-token"


class Api:
    """The emulator as a bot and a user reach it."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/bot{TOKEN}/{method}", json=parameters) as answer:
            body = dict(await answer.json())
            assert body["ok"] == (answer.status == 200)
            return body

    async def refused(self, method: str, **parameters: object) -> str:
        return str((await self.call(method, **parameters))["description"])

    async def look(self, path: str) -> dict[str, Any]:
        async with self.http.get(f"{self.url}/sim/{path}") as answer:
            return dict(await answer.json())

    async def user(self, path: str, **body: object) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/sim/{path}", json=body) as answer:
            return dict(await answer.json())


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    running = await telegram.start(token=TOKEN, state_path=tmp_path)
    async with aiohttp.ClientSession() as http:
        api = Api(running.url, http)
        await api.user("users/7/text", text="/start", first_name="Anna", username="anna")
        yield api
    await running.stop()


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": "hi"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 99, "text": "hi"}, "Bad Request: chat not found"),
        ({"chat_id": 7}, "Bad Request: message text is empty"),
        ({"chat_id": 7, "text": " "}, "Bad Request: text must be non-empty"),
        ({"chat_id": 7, "text": "x" * 4097}, "Bad Request: message is too long"),
        ({"chat_id": 7, "text": "x" * 40_000}, "Bad Request: text is too long"),
        (
            {
                "chat_id": 7,
                "text": "hi",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]},
            },
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            {"chat_id": 7, "text": "hi", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"chat_id": 7, "text": "🥊", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
            "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 4",
        ),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_the_real_words(
    api: Api, parameters: dict[str, object], description: str
) -> None:
    """Each refusal has the Bot API's own text."""
    assert await api.refused("sendMessage", **parameters) == description


async def test_a_bot_cannot_write_first_nor_after_a_block(api: Api) -> None:
    """Someone who never started the bot, or blocked it, is out of reach with 403."""
    await api.user("users/8/block")
    assert await api.refused("sendMessage", chat_id=8, text="hi") == "Forbidden: bot was blocked by the user"
    await api.user("users/8/unblock")
    description = await api.refused("sendMessage", chat_id=8, text="hi")
    assert description == "Forbidden: bot can't initiate conversation with a user"


async def test_an_update_is_kept_until_it_is_confirmed(api: Api) -> None:
    """getUpdates returns the same until it is asked beyond it."""
    first = (await api.call("getUpdates"))["result"]
    assert (await api.call("getUpdates"))["result"] == first
    assert (await api.call("getUpdates", offset=first[-1]["update_id"] + 1))["result"] == []


async def test_a_newer_poll_ends_the_older_with_409(api: Api) -> None:
    """Two pollers fight, and the older one is told so."""
    after = (await api.call("getUpdates"))["result"][-1]["update_id"] + 1
    older = asyncio.create_task(api.call("getUpdates", offset=after, timeout=20))
    while not older.done() and "409" not in str(await api.call("getUpdates", offset=after)):
        await asyncio.sleep(0)
        if older.done():
            break
    assert (await older)["error_code"] == 409


async def test_a_button_is_answered_once(api: Api) -> None:
    """A callback query takes one answer; a second one is too old."""
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await api.call("sendMessage", chat_id=7, text="Shall we?", reply_markup=keyboard)
    tapped = await api.user("users/7/tap", data="go")
    query = tapped["callback_query_id"]
    assert (await api.call("answerCallbackQuery", callback_query_id=query))["result"] is True
    assert "query is too old" in await api.refused("answerCallbackQuery", callback_query_id=query)


async def test_an_edit_must_change_something(api: Api) -> None:
    """The same content again is refused, as the real one does."""
    sent = (await api.call("sendMessage", chat_id=7, text="one"))["result"]["message_id"]
    assert "message is not modified" in await api.refused("editMessageText", chat_id=7, message_id=sent, text="one")
    assert (await api.call("editMessageText", chat_id=7, message_id=sent, text="two"))["result"]["text"] == "two"


async def test_a_draft_needs_an_id_and_ends_with_the_message(api: Api) -> None:
    """A draft is shown until the message that replaces it; id 0 is refused."""
    assert "draft_id" in await api.refused("sendMessageDraft", chat_id=7, draft_id=0, text="x")
    await api.call("sendMessageDraft", chat_id=7, draft_id=5, text="growing")
    async with api.http.get(f"{api.url}/sim/users/7/transcript") as answer:
        assert [draft["text"] for draft in (await answer.json())["drafts"]] == ["growing"]
    await api.call("sendMessage", chat_id=7, text="grown")
    async with api.http.get(f"{api.url}/sim/users/7/transcript") as answer:
        assert (await answer.json())["drafts"] == []


async def test_flood_and_faults_on_order(api: Api) -> None:
    """An ordered 429 carries its wait in body and header, once; then calls go through again."""
    await api.user("faults", method="sendMessage", retry_after=7)
    refused = await api.call("sendMessage", chat_id=7, text="hi")
    assert refused["parameters"] == {"retry_after": 7}
    assert (await api.call("sendMessage", chat_id=7, text="hi"))["ok"]


async def test_a_repeated_update_confirms_nothing_that_was_not_sent(api: Api) -> None:
    """It comes behind every older one, however many wait: the offset after it skips none."""
    for number in range(5):
        await api.user("users/7/text", text=f"text {number}")
    await api.user("updates/duplicate")
    seen: list[str] = []
    offset = 0
    while batch := (await api.call("getUpdates", limit=2, offset=offset))["result"]:
        numbers = [one["update_id"] for one in batch]
        assert numbers == sorted(numbers)
        seen += [one["message"]["text"] for one in batch]
        offset = numbers[-1] + 1
    assert seen == ["/start", *(f"text {number}" for number in range(5)), "text 4"]


async def test_a_fault_passes_with_its_time(api: Api) -> None:
    """An order that lasts a while strikes within it and no longer, however often it was to strike."""
    await api.user("faults", method="sendMessage", status=502, times=0, lasts_s=60)
    assert not (await api.call("sendMessage", chat_id=7, text="hi"))["ok"]
    await api.user("clock", advance_s=61)
    assert (await api.call("sendMessage", chat_id=7, text="hi"))["ok"]


async def test_chats_outlive_a_restart(tmp_path: Path) -> None:
    """With a state path the conversation is there after a restart, and update ids go on growing."""
    running = await telegram.start(token=TOKEN, state_path=tmp_path)
    async with aiohttp.ClientSession() as http:
        first = (await Api(running.url, http).user("users/7/text", text="kept"))["update_id"]
        await running.stop()
        running = await telegram.start(token=TOKEN, state_path=tmp_path)
        api = Api(running.url, http)
        async with http.get(f"{api.url}/sim/users/7/transcript") as answer:
            assert [one["text"] for one in (await answer.json())["messages"]] == ["kept"]
        assert (await api.user("users/7/text", text="more"))["update_id"] > first
        await running.stop()


async def test_aiogram_takes_every_answer(api: Api) -> None:
    """aiogram's own client and types accept what the emulator returns."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Message

    session = AiohttpSession(api=TelegramAPIServer.from_base(api.url))
    async with Bot(TOKEN, session=session) as bot:
        assert (await bot.get_me()).is_bot
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
        sent = await bot.send_message(7, "hello", reply_markup=keyboard)
        await bot.edit_message_text("hello again", chat_id=7, message_id=sent.message_id)
        assert await bot.send_chat_action(7, "typing")
        assert await bot.set_my_commands([BotCommand(command="help", description="Help")])
        assert [one.command for one in await bot.get_my_commands()] == ["help"]
        await api.user("users/7/tap", data="start-again")
        await api.user("users/7/block")
        await api.user("users/7/unblock")
        assert [update.update_id for update in await bot.get_updates()]
        assert (await bot.get_webhook_info()).url == ""
        copied = await bot.copy_message(7, from_chat_id=7, message_id=sent.message_id)
        assert (await bot.forward_message(7, from_chat_id=7, message_id=copied.message_id)).text == "hello again"
        assert await bot.pin_chat_message(7, copied.message_id)
        photo = await bot.send_photo(7, BufferedInputFile(b"picture", "a.jpg"), caption="before")
        edited = await bot.edit_message_caption(chat_id=7, message_id=photo.message_id, caption="after")
        assert isinstance(edited, Message)
        assert edited.caption == "after"
        assert await bot.delete_message(7, sent.message_id)


async def test_a_voice_note_reaches_the_bot_as_a_phone_would_record_it(api: Api) -> None:
    """Its length is told from the sound, its bytes are Ogg/Opus, and the bot may fetch them."""
    form = aiohttp.FormData({"transcript": "Too expensive for this year."})
    async with api.http.post(f"{api.url}/sim/users/7/voice", data=form) as answer:
        assert answer.status == 200
    updates = (await api.call("getUpdates"))["result"]
    voice = updates[-1]["message"]["voice"]
    path = (await api.call("getFile", file_id=voice["file_id"]))["result"]["file_path"]
    async with api.http.get(f"{api.url}/file/bot{TOKEN}/{path}") as answer:
        recording = ogg.read(await answer.read())

    assert (voice["mime_type"], voice["duration"]) == ("audio/ogg", 2)
    assert path.startswith("voice/")
    assert recording is not None
    assert recording.words == "Too expensive for this year."


async def test_a_round_video_is_one(api: Api) -> None:
    """A video note has a length in seconds and a diameter, and no type."""
    form = aiohttp.FormData({"duration": "9"})
    form.add_field("file", ogg.voice_note("x"), filename="note.mp4", content_type="video/mp4")
    async with api.http.post(f"{api.url}/sim/users/7/video_note", data=form) as answer:
        assert answer.status == 200
    note = (await api.call("getUpdates"))["result"][-1]["message"]["video_note"]

    assert (note["duration"], note["length"]) == (9, 240)
    assert "mime_type" not in note


async def test_a_watcher_waits_for_the_next_change(api: Api) -> None:
    """Who has seen so many changes is answered at the next one, and not before."""
    seen = (await api.look("users/7/transcript"))["changes"]
    waiting = asyncio.create_task(api.look(f"users/7/wait?changes={seen}"))
    await api.call("sendMessage", chat_id=7, text="There it is")
    assert (await waiting)["messages"][-1]["text"] == "There it is"
    assert (await api.look(f"users/7/wait?changes={seen}&timeout_s=0"))["changes"] == seen + 1
