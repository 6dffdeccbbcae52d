"""One call over a real socket, and what came of it."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest
from aiogram.methods import Response
from aiogram.types import Message
from aiohttp import web

from actors.telegram.bot_api import BotApi
from actors.telegram.messages import TelegramCall
from actors.telegram.outcome import Came
from actors.telegram.rendering import bold, delete_message, send_calls, send_photo, typing
from tests.actors.telegram import scripted_bot_api
from tests.actors.telegram.scripted_bot_api import (
    TOKEN,
    Answer,
    ScriptedBotApi,
    broken_page,
    dropped,
    refusal,
)

_SEND = send_calls(5, bold("hi"))[0]


@pytest.fixture
async def server() -> AsyncIterator[ScriptedBotApi]:
    async with scripted_bot_api.running() as api:
        yield api


@pytest.fixture
async def api(server: ScriptedBotApi) -> AsyncIterator[BotApi]:
    bot = BotApi(server.url, TOKEN, lambda: 1.0)
    yield bot
    await bot.close()


async def test_a_call_arrives_with_its_parameters_and_no_parse_mode(server: ScriptedBotApi, api: BotApi) -> None:
    """What was journalled is what Telegram gets."""
    assert (await api.perform(_SEND)).came is Came.DONE
    (asked,) = server.asked
    assert asked.method == "sendMessage"
    assert asked.parameters == {
        "chat_id": "5",
        "text": "hi",
        "entities": '[{"type": "bold", "offset": 0, "length": 2}]',
        "link_preview_options": '{"is_disabled": true}',
    }


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (refusal(429, "Too Many Requests: retry after 3", 3), Came.TOO_MANY),
        (refusal(429, "Too Many Requests"), Came.TOO_MANY),
        (refusal(400, "Bad Request: can't parse entities: x"), Came.FORMATTING),
        (refusal(400, "Bad Request: chat not found"), Came.REFUSED),
        (refusal(400, "Bad Request: message is not modified: same"), Came.DONE),
        (refusal(401, "Unauthorized"), Came.UNAUTHORIZED),
        (refusal(404, "Not Found"), Came.UNAUTHORIZED),
        (refusal(404, "Not Found: method not found"), Came.REFUSED),
        (refusal(403, "Forbidden: bot was blocked by the user"), Came.BLOCKED),
        (refusal(413, "Request Entity Too Large"), Came.REFUSED),
        (refusal(500, "Internal Server Error: restart"), Came.SERVER_ERROR),
        (broken_page, Came.SERVER_ERROR),
        (dropped, Came.NO_ANSWER),
        (lambda request: web.json_response({"ok": True, "result": {"new": "shape"}}), Came.DONE),
    ],
)
async def test_every_answer_has_its_outcome(server: ScriptedBotApi, api: BotApi, answer: Answer, came: Came) -> None:
    """The sender decides by the outcome alone."""
    server.answers["sendMessage"].append(answer)
    assert (await api.perform(_SEND)).came is came


async def test_nobody_there_is_known_to_have_sent_nothing(api: BotApi, server: ScriptedBotApi) -> None:
    """A refused connection is told apart from a lost answer."""
    nobody = BotApi("http://127.0.0.1:9", TOKEN, lambda: 1.0)
    outcome = await nobody.perform(_SEND)
    await nobody.close()
    assert outcome.came is Came.NEVER_LEFT
    assert TOKEN not in repr(outcome)
    assert nobody.problem is not None
    assert TOKEN not in nobody.problem


async def test_an_answer_that_never_comes_is_no_answer(server: ScriptedBotApi, api: BotApi) -> None:
    """The call is given up after its time, and nobody knows whether it arrived."""
    server.held["sendMessage"].append(asyncio.Event())
    assert (await api.perform(_SEND, timeout_s=0.1)).came is Came.NO_ANSWER


@pytest.mark.parametrize("method", ["noSuchMethod", "telegramMethod", "", "__doc__", "sendMessage"])
async def test_what_is_no_call_never_leaves(server: ScriptedBotApi, api: BotApi, method: str) -> None:
    """An unknown method or missing parameters are refused here."""
    assert (await api.perform(TelegramCall(method, {}))).came is Came.REFUSED
    assert server.asked == []


async def test_descriptions_lose_quotations_and_numbers(server: ScriptedBotApi, api: BotApi) -> None:
    """What a person wrote, or the token, does not come back through an error text."""
    said = f'Bad Request: can\'t use "my secret" of 123456789 with {TOKEN.replace("42", "4242424242")}'
    server.answers["deleteMessage"].append(refusal(400, said))
    detail = (await api.perform(delete_message(5, 6))).detail
    assert detail == "Bad Request: can't use … of … with …"


async def test_contact_and_trouble_are_known(server: ScriptedBotApi, api: BotApi) -> None:
    """The status says since when Telegram does not answer, and stops saying so when it does."""
    server.answers["sendChatAction"].append(dropped)
    await api.perform(typing(5))
    assert (api.contact_at, api.problem) == (
        None,
        "Telegram cannot be reached (ServerDisconnectedError); messages wait in the journal.",
    )
    await api.perform(typing(5))
    assert (api.contact_at, api.problem) == (1.0, None)


async def test_the_form_of_a_refusal_is_made_once(server: ScriptedBotApi, api: BotApi) -> None:
    """Making it blocks everybody for 25 ms, and without a reference it would be thrown away after the call."""
    server.answers["sendMessage"].append(refusal(400, "Bad Request: chat not found"))
    await api.perform(_SEND)
    form = weakref.ref(Response[Message])
    gc.collect()
    assert form() is not None


async def test_a_file_goes_in_a_form(server: ScriptedBotApi, api: BotApi) -> None:
    """Everything else goes as JSON, which has no place for bytes."""
    assert (await api.perform(send_photo(5, b"\x89PNG"))).came is Came.DONE
    (asked,) = server.asked
    assert asked.parameters["chat_id"] == "5"
    assert asked.parameters["photo"].startswith("attach://")
