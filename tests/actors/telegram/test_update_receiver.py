"""UpdateReceiver over a real socket and the real journal: nothing lost, nothing twice, trouble said clearly."""

import asyncio
import json
from threading import Event

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from actors.journal import (
    Accept,
    Accepted,
    JournalFailed,
    Load,
    Loaded,
    MarkOutbox,
    NewInboxEntry,
    NewOutboxEntry,
    OutboxMark,
)
from actors.providers.messages import RECORD_LANE, TRACE_LANE
from actors.providers.secret import Secret
from actors.session.messages import HandleUpdate, Resume
from actors.telegram import update_receiver
from actors.telegram.errors import JournalProblem
from actors.telegram.intake import Keeper, kind_of
from actors.telegram.messages import (
    DescribeTelegram,
    Perform,
    StopIntake,
    TakeUpdate,
    TelegramDescribed,
    UpdateNotTaken,
    UpdateTaken,
)
from actors.telegram.update_receiver import ALLOWED_UPDATES, BotMenu, Webhook
from runtime import Actor, Address, AskTimeout
from tests.actors.telegram.conftest import Recorder, World, settle, until
from tests.actors.telegram.scripted_bot_api import TOKEN, Answer, Asked, broken_page, dropped, refusal

_SOURCE = "telegram/42"


def _numbers(world: World) -> list[int]:
    return [one.number for one in world.received if isinstance(one, HandleUpdate)]


class _Stubborn(Actor):
    """A journal in front of the real one: refuses so many Accepts, or takes them without answering."""

    def __init__(self, real: Address, refused: int = 0, unanswered: int = 0) -> None:
        super().__init__()
        self._real = real
        self._refused = refused
        self._unanswered = unanswered

    async def receive(self, message: object, sender: Address) -> None:
        if isinstance(message, Accept) and self._refused:
            self._refused -= 1
            self.reply(JournalFailed("the disk is full"))
            return
        answer = await self.ask(self._real, message, deadline_s=30.0)
        if isinstance(message, Accept) and self._unanswered:
            self._unanswered -= 1
            return
        self.reply(answer)


async def test_an_update_is_journalled_before_it_is_acknowledged(world: World) -> None:
    """The offset moves only with the poll after the journal's commit, and the session gets the raw update."""
    world.api.text(10, "hi")
    world.api.text(11, "there", user=8)
    await world.receiver()
    await until(lambda: len(world.api.offsets) >= 2)
    assert world.api.offsets[:2] == [None, 12]
    assert (await world.journal()).inbox_pending == 2
    first, second = world.received
    assert isinstance(first, HandleUpdate)
    assert (first.actor_key, first.source, first.number) == ("session/7", _SOURCE, 10)
    assert json.loads(first.raw)["message"]["text"] == "hi"
    assert isinstance(second, HandleUpdate)
    assert second.actor_key == "session/8"


async def test_every_kind_of_update_we_use_is_asked_for(world: World) -> None:
    """Telegram keeps the last list it was given, so each poll names ours."""
    await world.receiver()
    await until(lambda: bool(world.api.polls))
    assert world.api.polls[0] == {
        "timeout": 0,
        "limit": 100,
        "allowed_updates": [
            "message",
            "edited_message",
            "callback_query",
            "stopped_message_generation",
            "my_chat_member",
        ],
    }
    await until(lambda: len(world.api.polls) > 1)
    assert world.api.polls[1]["timeout"] == 50


async def test_a_second_delivery_is_not_handled_twice(world: World) -> None:
    """Telegram repeats what was not acknowledged; the journal knows it already."""
    entry = NewInboxEntry(_SOURCE, 10, "session/7", b"{}")
    assert await world.ask("journal", Accept((entry,))) == Accepted((entry,))
    world.api.text(10, "again")
    world.api.text(11, "new")
    await world.receiver()
    await until(lambda: world.api.offsets[-1:] == [12])
    assert _numbers(world) == [11]
    assert Resume("session/7") in world.received


async def test_after_a_crash_unhandled_updates_are_resumed_before_new_ones(world: World) -> None:
    """What was journalled but not handled wakes its session first."""
    world.api.text(10, "before")
    await world.receiver()
    await until(lambda: _numbers(world) == [10])
    await world.system.shutdown()
    world.received.clear()
    world.api.text(11, "after")
    await world.begin()
    await world.receiver()
    await until(lambda: len(world.received) >= 2)
    assert world.received[0] == Resume("session/7")
    assert _numbers(world) == [11]


async def test_updates_are_kept_and_acknowledged_while_aiogram_loads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing waits with Telegram meanwhile; the sessions are woken, each once, as soon as they can read."""
    loading = Event()
    monkeypatch.setattr(update_receiver, "aiogram_is_loaded", lambda: False)
    monkeypatch.setattr(update_receiver, "load_aiogram", loading.wait)
    entry = NewInboxEntry(_SOURCE, 9, "session/9", b"{}")
    await world.ask("journal", Accept((entry,)))
    world.api.text(10, "hi")
    await world.receiver()
    await until(lambda: 11 in world.api.offsets)
    world.api.text(11, "there")
    await until(lambda: 12 in world.api.offsets)
    assert world.received == []
    loading.set()
    await until(lambda: len(world.received) == 2)
    assert world.received == [Resume("session/9"), Resume("session/7")]
    world.api.text(12, "later")
    await until(lambda: _numbers(world) == [12])


async def test_a_malformed_update_does_not_hold_up_the_others(world: World) -> None:
    """Neither one without a number, nor one that no strict decoder takes, nor one of nobody."""
    world.api.raw_update(10, '{"no": "number"}')
    world.api.raw_update(11, "[]")
    world.api.raw_update(12, '{"update_id": 12, "message": {"from": {"id": 7}, "text": "\\ud83d"}}')
    world.api.update(13, {"message": "nobody's"})
    world.api.text(14, "fine")
    with capture_logs() as logs:
        await world.receiver()
        await until(lambda: world.api.offsets[-1:] == [15])
    assert _numbers(world) == [12, 14]
    described = await world.until_journal(lambda one: one.dead == 1)
    assert described.inbox_pending == 2
    assert {"event": "updates_unnumbered", "log_level": "error", "count": 2, "kept": 3} in logs


async def test_a_batch_of_nothing_but_malformed_updates_is_asked_for_again_slowly(world: World) -> None:
    """The next good update moves past it."""
    world.api.raw_update(10, "7")
    await world.receiver()
    await until(lambda: len(world.api.polls) >= 1)
    await settle()
    assert len(world.api.polls) == 1
    world.api.text(11, "fine")
    await world.clock.advance(1.0)
    await until(lambda: world.api.offsets[-1:] == [12])
    assert _numbers(world) == [11]


async def test_while_the_journal_refuses_nothing_is_acknowledged(world: World) -> None:
    """One clear sentence for the operator; the same updates go in when the journal can write again."""
    await world.system.shutdown()
    await world.begin(lambda real: _Stubborn(real, refused=2))
    world.api.text(10, "hi")
    with capture_logs() as logs:
        await world.receiver()
        await until(lambda: bool(world.api.offsets))
        await settle()
        assert (world.api.offsets, _numbers(world)) == ([None], [])
        await world.time_until(lambda: len(world.api.offsets) >= 2)
    assert _numbers(world) == [10]
    said = [log["explanation"] for log in logs if log["event"] == "updates_stopped"]
    assert said == ["The journal cannot be written (the disk is full); new messages wait with Telegram until it can."]


async def test_an_accept_that_was_written_but_never_answered_is_still_handed_on(world: World) -> None:
    """Its entries are no longer fresh, yet nobody has handled them."""
    await world.system.shutdown()
    await world.begin(lambda real: _Stubborn(real, unanswered=1))
    world.api.text(10, "hi")
    await world.receiver()
    loaded: object = None
    while not isinstance(loaded, Loaded) or not loaded.pending:
        loaded = await world.ask("real_journal", Load("session/7"))
    assert _numbers(world) == []
    assert await world.time_until(lambda: _numbers(world) == [10]) >= 30.0
    await until(lambda: world.api.offsets[-1:] == [11])


async def test_what_was_written_is_handed_on_though_the_journal_fails_right_after(world: World) -> None:
    """A doubt is settled by reading; while that fails, the new updates of the same batch are in doubt as well."""
    answers: list[object] = [
        AskTimeout("journal", "Accept", 30.0),
        Accepted((_update(6),)),
        JournalFailed("the disk is full"),
        Accepted(()),
        Loaded(None, (_update(5), _update(6))),
    ]

    async def ask(request: object, deadline_s: float) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    keeper = Keeper(ask, 100)
    with pytest.raises(JournalProblem):
        await keeper.keep((_update(5),))
    with pytest.raises(JournalProblem):
        await keeper.keep((_update(5), _update(6)))
    assert await keeper.keep((_update(5), _update(6))) == (_update(5), _update(6))


def _update(number: int) -> NewInboxEntry:
    return NewInboxEntry(_SOURCE, number, "session/7", b"{}")


async def test_a_full_record_lane_keeps_updates_out_and_each_rep_is_told_once(world: World) -> None:
    """At the bound updates stay with Telegram; near it they are taken, and each writer is told once; none is lost."""
    told: list[object] = []
    await world.start("message_sender", lambda: Recorder(told))
    await world.post(*(_write(number) for number in range(10)))
    world.api.text(10, "one")
    world.api.text(11, "two")
    await world.receiver(most_unwritten=10)
    await settle(1000)
    assert world.api.polls == []
    await world.ask("journal", MarkOutbox((OutboxMark(1, "done"), OutboxMark(2, "done"))))
    await world.time_until(lambda: _numbers(world) == [10, 11])
    assert [type(one) for one in told] == [Perform]


async def test_traces_keep_no_update_out(world: World) -> None:
    """However many traces wait for storage, the intake goes on and nobody is told of a lag."""
    told: list[object] = []
    await world.start("message_sender", lambda: Recorder(told))
    await world.post(*(NewOutboxEntry(f"trace/{number}", TRACE_LANE, "tracer", b"{}") for number in range(20)))
    world.api.text(10, "one")
    await world.receiver(most_unwritten=10)
    await until(lambda: _numbers(world) == [10])
    assert told == []


def _write(number: int) -> NewOutboxEntry:
    return NewOutboxEntry(f"write/{number}", RECORD_LANE, "7", b"{}")


async def test_too_many_unhandled_updates_stay_with_telegram(world: World) -> None:
    """Back-pressure: polling goes on when the sessions have caught up."""
    world.api.text(10, "one")
    world.api.text(11, "two")
    await world.receiver(most=2)
    await until(lambda: _numbers(world) == [10, 11])
    await settle(1000)
    assert len(world.api.polls) == 1
    await world.post(done=((_SOURCE, 10),))
    await world.clock.advance(1.0)
    await until(lambda: len(world.api.polls) >= 2)


@pytest.mark.parametrize(
    ("answer", "least", "most", "sentence"),
    [
        (
            refusal(401, "Unauthorized"),
            60.0,
            60.5,
            "TELEGRAM_BOT_TOKEN is not accepted by Telegram; take the current one from @BotFather.",
        ),
        (
            refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            ),
            10.0,
            10.5,
            "Another process reads updates with the same TELEGRAM_BOT_TOKEN; stop one of the two.",
        ),
        (
            refusal(409, "Conflict: can't use getUpdates method while webhook is active"),
            10.0,
            10.5,
            "This bot has a webhook set by somebody else, so it cannot be polled; removing it.",
        ),
        (
            refusal(429, "Too Many Requests: retry after 7", 7),
            7.0,
            7.5,
            "Telegram refuses to give updates (429 Too Many Requests: retry after 7); trying again.",
        ),
        (
            broken_page,
            0.1,
            30.0,
            "Telegram cannot be reached (unreadable answer with status 502); trying again.",
        ),
        (dropped, 0.1, 30.0, "Telegram cannot be reached (ServerDisconnectedError); trying again."),
    ],
)
async def test_trouble_is_said_once_and_polling_goes_on(
    world: World, answer: Answer, least: float, most: float, sentence: str
) -> None:
    """The operator reads what is wrong and what to do; the token shows nowhere."""
    world.api.answers["getUpdates"].extend([answer, answer])
    world.api.text(10, "hi")
    with capture_logs() as logs:
        receiver = await world.receiver()
        await until(lambda: any(log["event"] == "updates_stopped" for log in logs))
        await settle()
        timers = world.clock.pending
        for polls in (2, 3):
            await until(lambda: world.clock.pending == timers)  # the pause has begun, however late the answer came
            described = await world.system.ask(receiver, DescribeTelegram(), deadline_s=5.0)
            assert isinstance(described, TelegramDescribed)
            assert (described.connected, described.last_problem) == (False, sentence)
            began = world.clock.now()
            assert await world.clock.advance_to_next()  # no further: time must not pass while the poll is under way
            await until(lambda: len(world.api.polls) >= polls)  # noqa: B023
            assert least <= world.clock.now() - began <= most
        await until(lambda: _numbers(world) == [10])
        await settle()
    assert [log["explanation"] for log in logs if log["event"] == "updates_stopped"] == [sentence]
    assert [log["after"] for log in logs if log["event"] == "updates_resumed"] == [sentence]
    assert TOKEN.split(":")[1] not in repr(logs)


async def test_the_menu_is_set_at_the_start(world: World) -> None:
    """Beside the polling, and again if Telegram is not there at first; the Mini App stands beside the text field."""
    world.api.answers["setMyCommands"].append(broken_page)
    await world.receiver(menu=BotMenu((("start", "Begin"),), "App", "https://coach.example/app/"))

    # The second poll is open: nothing is asked of the journal that the passing time could end.
    def menus() -> list[Asked]:
        return [one for one in world.api.asked if one.method == "setMyCommands"]

    await until(lambda: len(menus()) == 1 and len(world.api.polls) >= 2)
    await settle()
    await world.clock.advance(30.0)
    await until(lambda: len(menus()) == 2)
    assert json.loads(menus()[1].parameters["commands"]) == [{"command": "start", "description": "Begin"}]
    await until(lambda: any(one.method == "setChatMenuButton" for one in world.api.asked))
    button = next(one for one in world.api.asked if one.method == "setChatMenuButton").parameters["menu_button"]
    assert json.loads(button)["web_app"] == {"url": "https://coach.example/app/"}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b'{"update_id":1,"callback_query":{"id":"message"}}', "callback_query"),
        (b'{"update_id":1,"poll":{}}', "other"),
        (b'{"update_id":1,"message":NaN}', "other"),
        (b"[]", "other"),
    ],
)
def test_an_update_counts_under_a_kind_that_was_asked_for(raw: bytes, kind: str) -> None:
    """Whatever Telegram or somebody in its place sends: the kinds are few, and reading them never fails."""
    assert kind_of(raw, ALLOWED_UPDATES) == kind


async def test_it_describes_itself_while_a_poll_is_open(world: World) -> None:
    """The mailbox is never blocked by Telegram."""
    world.api.text(10, "hi")
    receiver = await world.receiver()
    await until(lambda: len(world.api.polls) >= 2)
    described = await world.system.ask(receiver, DescribeTelegram(), deadline_s=5.0)
    assert described == TelegramDescribed(
        connected=True, last_contact_age_s=0.0, last_problem=None, received=1, kinds={"message": 1}
    )


_WEBHOOK = Webhook("https://coach.example/telegram", Secret("the-secret"))


def _told(url: str, error: str = "", failed_at: int = 0, pending: int = 0) -> Answer:
    info: dict[str, object] = {"url": url, "pending_update_count": pending}
    if error:
        info |= {"last_error_message": error, "last_error_date": failed_at}
    return lambda _: web.json_response({"ok": True, "result": info})


async def _taken(world: World, body: dict[str, object]) -> object:
    return await world.ask("update_receiver", TakeUpdate(json.dumps(body).encode()))


async def test_a_webhook_is_set_and_what_it_brings_is_journalled_before_it_is_acknowledged(world: World) -> None:
    """The same update twice reaches the session once; nothing is polled."""
    world.api.answers["getWebhookInfo"].extend([_told(_WEBHOOK.url)] * 2)
    await world.receiver(webhook=_WEBHOOK)
    await until(lambda: [one.method for one in world.api.asked] == ["setWebhook", "getWebhookInfo"])
    assert world.api.asked[0].parameters["secret_token"] == "the-secret"
    person = {"id": 7, "is_bot": False, "first_name": "Ann"}
    for _ in range(2):
        assert await _taken(world, {"update_id": 5, "message": {"from": person}}) == UpdateTaken()
    assert (await world.journal()).inbox_pending == 1
    assert [one.number for one in world.received if isinstance(one, HandleUpdate)] == [5]
    assert world.api.polls == []


async def test_what_may_have_been_written_stays_in_doubt_whatever_else_is_taken(world: World) -> None:
    """Brought again after others got through, it still reaches its session, once; so does an unseen one beside it."""
    await world.system.shutdown()
    await world.begin(lambda real: _Stubborn(real, unanswered=1))
    world.api.answers["getWebhookInfo"].extend([_told(_WEBHOOK.url)] * 5)
    receiver = await world.receiver(webhook=_WEBHOOK)
    await until(lambda: len(world.api.asked) == 2)
    person = {"id": 7, "is_bot": False, "first_name": "Ann"}
    update = TakeUpdate(json.dumps({"update_id": 5, "message": {"from": person}}).encode())
    door = asyncio.create_task(world.system.ask(receiver, update, deadline_s=60.0))
    await world.time_until(door.done)
    assert isinstance(await door, UpdateNotTaken)
    for number in (6, 5, 5, 6):
        assert await _taken(world, {"update_id": number, "message": {"from": person}}) == UpdateTaken()
    assert _numbers(world) == [6, 5]
    assert (await world.journal()).inbox_pending == 2


async def test_an_update_without_a_number_is_not_asked_for_again(world: World) -> None:
    """It could never be kept, and Telegram would bring it for a day."""
    world.api.answers["getWebhookInfo"].append(_told(_WEBHOOK.url))
    await world.receiver(webhook=_WEBHOOK)
    await until(lambda: len(world.api.asked) == 2)
    assert await _taken(world, {"message": {}}) == UpdateTaken()
    assert (await world.journal()).inbox_pending == 0


async def test_a_full_journal_lets_updates_wait_with_telegram(world: World) -> None:
    """Until the sessions have caught up."""
    world.api.answers["getWebhookInfo"].append(_told(_WEBHOOK.url))
    await world.receiver(webhook=_WEBHOOK, most=1)
    await until(lambda: len(world.api.asked) == 2)
    person = {"id": 7, "is_bot": False, "first_name": "Ann"}
    assert await _taken(world, {"update_id": 5, "message": {"from": person}}) == UpdateTaken()
    assert isinstance(await _taken(world, {"update_id": 6, "message": {"from": person}}), UpdateNotTaken)


async def test_a_webhook_that_somebody_changed_is_set_again(world: World) -> None:
    """Found at the next look, and said."""
    world.api.answers["getWebhookInfo"].extend([_told(""), _told(_WEBHOOK.url)])
    await world.receiver(webhook=_WEBHOOK)
    await until(lambda: len(world.api.asked) == 2)
    await settle()
    await world.time_until(lambda: len(world.api.asked) == 4)
    assert [one.method for one in world.api.asked] == ["setWebhook", "getWebhookInfo"] * 2


async def test_what_telegram_says_of_a_failing_webhook_is_shown(world: World) -> None:
    """An operator reads it where every other trouble stands, until an update comes through."""
    world.api.answers["getWebhookInfo"].extend(
        [_told(_WEBHOOK.url), _told(_WEBHOOK.url, "Connection refused", failed_at=1_800_000_060, pending=3)]
    )
    await world.receiver(webhook=_WEBHOOK)
    await until(lambda: len(world.api.asked) == 2)
    await world.time_until(lambda: len(world.api.asked) == 3)
    await settle()
    assert "Connection refused" in str(await _last_problem(world))
    assert await _taken(world, {"update_id": 5}) == UpdateTaken()
    assert await _last_problem(world) is None


async def test_what_failed_before_the_start_is_no_trouble_of_now(world: World) -> None:
    """Telegram tells its last error for ever: after a restart the process is ready at once."""
    old = _told(_WEBHOOK.url, "Connection refused", failed_at=1_800_000_000, pending=1)
    world.api.answers["getWebhookInfo"].extend([old, old])
    await world.receiver(webhook=_WEBHOOK)
    await until(lambda: len(world.api.asked) == 2)
    await settle()
    assert await _last_problem(world) is None


async def _last_problem(world: World) -> str | None:
    described = await world.ask("update_receiver", DescribeTelegram())
    assert isinstance(described, TelegramDescribed)
    return described.last_problem


async def test_a_stopped_intake_polls_no_more_and_says_nothing(world: World) -> None:
    """The poll under way is let go without a complaint; what comes later waits with Telegram."""
    receiver = await world.receiver()
    await until(lambda: bool(world.api.polls))
    with capture_logs() as logs:
        world.system.send(receiver, StopIntake())
        await settle()
        polls = len(world.api.polls)
        world.api.text(10, "hi")
        await world.clock.advance(60.0)
        await settle()
    assert len(world.api.polls) == polls
    assert not [log for log in logs if log["event"] == "updates_stopped"]
    assert (await world.journal()).inbox_pending == 0


async def test_a_stopped_intake_leaves_the_webhooks_updates_with_telegram(world: World) -> None:
    """They are refused for now and brought again."""
    world.api.answers["getWebhookInfo"].append(_told(_WEBHOOK.url))
    receiver = await world.receiver(webhook=_WEBHOOK)
    await until(lambda: len(world.api.asked) == 2)
    world.system.send(receiver, StopIntake())
    person = {"id": 7, "is_bot": False, "first_name": "Ann"}
    assert isinstance(await _taken(world, {"update_id": 5, "message": {"from": person}}), UpdateNotTaken)
    assert (await world.journal()).inbox_pending == 0
