"""MessageSender over a real socket and the real journal: in order, once, and never faster than it may."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from structlog.testing import capture_logs

from actors.journal import MarkOutbox, NewOutboxEntry, OutboxBatch, OutboxMark, TakeOutbox
from actors.session.messages import RepUnreachable
from actors.telegram.chat_sender import QUIET_S
from actors.telegram.drafts import GATHERING_S, KEEP_ALIVE_S
from actors.telegram.messages import (
    BULK_LANE,
    MESSAGE_LANE,
    DescribeTelegram,
    EndDraft,
    Perform,
    ShowDraft,
    TelegramCall,
    TelegramDescribed,
)
from actors.telegram.pacing import BULK_PER_S, FRAMES_PER_S
from actors.telegram.rendering import answer_callback, bold, delete_message, edit_text, plain, send_calls, typing
from actors.telegram.supply import MOST_BULK_IN_HAND, MOST_IN_HAND
from tests.actors.telegram.conftest import World, settle, until
from tests.actors.telegram.scripted_bot_api import TOKEN, dropped, refusal


def _entry(name: str, call: TelegramCall) -> NewOutboxEntry:
    return NewOutboxEntry(name, call.lane, str(call.parameters["chat_id"]), msgspec.json.encode(call))


def _message(text: str, chat: int = 7) -> NewOutboxEntry:
    return _entry(f"{chat}/{text}", send_calls(chat, plain(text))[0])


def _reminder(text: str, chat: int = 7) -> NewOutboxEntry:
    return _entry(f"{chat}/{text}", msgspec.structs.replace(send_calls(chat, plain(text))[0], bulk=True))


async def _settled(world: World) -> None:
    await world.until_journal(lambda one: not one.outbox_pending)


async def _describe(world: World) -> TelegramDescribed:
    described = await world.ask("message_sender", DescribeTelegram())
    assert isinstance(described, TelegramDescribed)
    return described


async def _until_described(world: World, holds: Callable[[TelegramDescribed], bool]) -> TelegramDescribed:
    async with asyncio.timeout(10):
        while not holds(described := await _describe(world)):  # noqa: ASYNC110  # what comes of a call is not announced
            await asyncio.sleep(0)
    return described


async def test_messages_of_a_chat_go_in_their_order_and_chats_side_by_side(world: World) -> None:
    """Fifty chats with five messages each, one of them held up: the other chats do not wait for it."""
    held = asyncio.Event()
    world.api.held["sendMessage"].append(held)
    await world.post(*[_message(str(place), chat) for place in range(5) for chat in range(1, 51)])
    await world.sender()
    await until(lambda: len(world.api.asked) >= 49 * 5 + 1)
    held.set()
    await _settled(world)
    for chat in range(1, 51):
        assert world.api.sent_to(chat) == ["0", "1", "2", "3", "4"]
    assert (await _describe(world)).sent == 250


async def test_a_message_committed_later_goes_out_at_once(world: World) -> None:
    """The journal's notice is enough; no clock needs to move."""
    await world.sender()
    await world.post(_message("one"))
    await _settled(world)
    await world.post(_message("two"))
    await _settled(world)
    assert world.api.sent_to(7) == ["one", "two"]


async def test_a_message_is_marked_before_it_is_sent(world: World) -> None:
    """Should the process die now, the next one knows that it may have been sent."""
    held = asyncio.Event()
    world.api.held["sendMessage"].append(held)
    await world.post(_message("one"))
    await world.sender()
    await until(lambda: len(world.api.asked) == 1)
    batch = await world.ask("journal", TakeOutbox(MESSAGE_LANE, 0, 10))
    assert isinstance(batch, OutboxBatch)
    assert [entry.state for entry in batch.entries] == ["sending"]
    held.set()
    await _settled(world)


async def test_what_a_crash_interrupted_is_uncertain_and_not_sent_again(world: World) -> None:
    """Except for calls that change nothing the second time, and the messages behind it go out."""
    deletion = delete_message(8, 5)
    await world.post(_message("maybe"), _message("next"), _entry("deletion", deletion))
    batch = await world.ask("journal", TakeOutbox(MESSAGE_LANE, 0, 10))
    assert isinstance(batch, OutboxBatch)
    interrupted = tuple(OutboxMark(batch.entries[place].sequence, "sending") for place in (0, 2))
    await world.ask("journal", MarkOutbox(interrupted))
    await world.sender()
    await _settled(world)
    assert world.api.sent_to(7) == ["next"]
    assert [one.method for one in world.api.asked if one.parameters["chat_id"] == "8"] == ["deleteMessage"]
    assert (await world.journal()).uncertain == 1
    assert (await _describe(world)).uncertain == 1


async def test_a_stop_in_the_middle_of_a_send_leaves_it_uncertain(world: World) -> None:
    """The next process records it, once."""
    world.api.held["sendMessage"].append(asyncio.Event())
    await world.post(_message("one"), _message("two"))
    await world.sender()
    await until(lambda: len(world.api.asked) == 1)
    await world.system.shutdown()
    await world.begin()
    await world.sender()
    await _settled(world)
    assert world.api.sent_to(7) == ["one", "two"]
    assert (await world.journal()).uncertain == 1


async def test_a_lost_answer_is_uncertain_and_the_next_message_goes_on(world: World) -> None:
    """Telegram processed it or not; a rep gets no message twice."""
    world.api.answers["sendMessage"].append(dropped)
    await world.post(_message("one"), _message("two"))
    await world.sender()
    await _settled(world)
    assert world.api.sent_to(7) == ["one", "two"]
    assert (await world.journal()).uncertain == 1


async def test_too_many_requests_holds_up_that_chat_for_exactly_that_long(world: World) -> None:
    """The other chats go on."""
    world.api.answers["sendMessage"].append(refusal(429, "Too Many Requests: retry after 9", 9))
    await world.post(_message("one"))
    await world.sender()
    await until(lambda: len(world.api.asked) == 1)
    began = world.api.asked[0].at
    await world.post(_message("two"), _message("other", 8))
    await until(lambda: world.api.sent_to(8) == ["other"])
    await settle()
    await world.pass_time(8)
    await world.clock.advance(0.9)
    await settle(1000)
    assert world.api.sent_to(7) == ["one"]
    await world.clock.advance(0.2)
    await _settled(world)
    assert world.api.sent_to(7) == ["one", "one", "two"]
    assert world.api.asked[-2].at - began >= 9.0


async def test_what_nobody_asked_for_lets_answers_pass(world: World) -> None:
    """A reminder that waits for the bulk pace holds up neither the answers behind it nor the draft, and it comes."""
    await world.post(*[_reminder("reminder", chat) for chat in range(101, 101 + round(BULK_PER_S))])
    sender = await world.sender()
    await until(lambda: len(world.api.asked) == BULK_PER_S)
    await world.post(_reminder("reminder"), _reminder("second reminder"))
    await settle()
    assert world.api.sent_to(7) == []
    await world.post(_message("answer"), _message("and more"))
    await until(lambda: len(world.api.sent_to(7)) == 2)
    assert world.api.sent_to(7) == ["answer", "and more"]
    await world.until_journal(lambda one: one.outbox_pending == {BULK_LANE: 2})
    world.system.send(sender, ShowDraft(7, 1, "growing"))
    await world.time_until(lambda: len(world.api.sent_to(7)) == 4, step=0.01)
    assert world.api.sent_to(7)[2:] == ["reminder", "second reminder"]
    await world.time_until(lambda: bool(_drafted(world)))
    assert _drafted(world) == [(7, "growing")]


async def test_an_answer_goes_at_once_however_many_reminders_wait(world: World) -> None:
    """More of them than messages are ever taken at once: they hold up no answer, in their own chat or another."""
    await world.post(*[_reminder(str(place), 100) for place in range(MOST_IN_HAND + 10)])
    await world.sender()
    await until(lambda: len(world.api.sent_to(100)) == 5)
    await world.post(_message("answer"), _message("here too", 101))
    await until(lambda: (world.api.sent_to(7), world.api.sent_to(101)) == (["answer"], ["here too"]))
    assert (await world.journal()).outbox_pending[BULK_LANE] == MOST_IN_HAND + 5


async def test_reminders_beyond_the_bound_follow(world: World) -> None:
    """Each that is settled, here because nobody can read it, makes room for the next; none is left."""
    count = MOST_BULK_IN_HAND + 10
    await world.post(*[NewOutboxEntry(f"bad {place}", BULK_LANE, str(place), b"not json") for place in range(count)])
    await world.sender()
    await _settled(world)
    assert (await world.journal()).dead == count


async def test_a_message_that_waits_for_its_turn_is_not_marked(world: World) -> None:
    """Should the process die now, the next one sends it."""
    await world.post(*[_message(str(place)) for place in range(6)])
    await world.sender()
    await world.until_journal(lambda one: one.outbox_pending.get(MESSAGE_LANE) == 1)
    await settle()
    assert await _states(world) == ["pending"]
    await world.time_until(lambda: len(world.api.asked) == 6)


async def test_a_message_that_telegram_put_off_is_not_in_doubt(world: World) -> None:
    """A stop while it waits out a 429 neither loses nor repeats it."""
    world.api.answers["sendMessage"].append(refusal(429, "Too Many Requests: retry after 9", 9))
    await world.post(_message("one"))
    await world.sender()
    await until(lambda: len(world.api.asked) == 1)
    async with asyncio.timeout(10):
        while await _states(world) != ["pending"]:  # noqa: ASYNC110  # marking is not announced
            await asyncio.sleep(0)
    await world.system.shutdown()
    await world.begin()
    await world.sender()
    await _settled(world)
    assert world.api.sent_to(7) == ["one", "one"]
    assert (await world.journal()).uncertain == 0


async def test_drafts_put_off_in_three_chats_pause_the_bot(world: World) -> None:
    """Then nobody's answers and taps go out before the time is over, and frames neither."""
    world.api.answers["sendMessageDraft"].extend([refusal(429, "Too Many Requests: retry after 9", 9)] * 3)
    sender = await world.sender()
    for chat in (1, 2, 3):
        world.system.send(sender, ShowDraft(chat, 1, "growing"))
    await world.time_until(lambda: len(world.api.asked) == 3)
    await settle()
    await world.post(_message("answer"))
    world.system.send(sender, Perform(answer_callback("c1")))
    world.system.send(sender, ShowDraft(8, 1, "growing"))
    await settle()
    await world.pass_time(8)
    assert len(world.api.asked) == 3
    await world.time_until(lambda: len(world.api.asked) >= 6)
    assert all(one.at - world.api.asked[2].at >= 8.9 for one in world.api.asked[3:])


async def test_whoever_waited_looks_again_whether_the_bot_is_paused(world: World) -> None:
    """A pause that begins while a message waits for its chat's pace, or a refused one for its time, holds it too."""
    await world.post(*[_message(str(place)) for place in range(6)])
    sender = await world.sender()
    await until(lambda: len(world.api.asked) == 5)
    world.api.answers["sendMessage"].append(refusal(429, "Too Many Requests: retry after 2", 2))
    await world.post(_message("refused", 8))
    await until(lambda: len(world.api.asked) == 6)
    world.api.answers["answerCallbackQuery"].append(refusal(429, "Too Many Requests: retry after 9", 9))
    world.system.send(sender, Perform(answer_callback("c1")))
    await until(lambda: len(world.api.asked) == 7)
    await settle()
    await world.pass_time(8)
    assert len(world.api.asked) == 7
    await world.time_until(lambda: len(world.api.asked) == 10)
    assert {one.parameters.get("chat_id") for one in world.api.asked[7:]} == {"7", "8", None}


async def test_an_answer_to_a_tap_that_was_put_off_is_given_when_it_may(world: World) -> None:
    """After exactly the time that Telegram asked for, twice if need be; other calls of the moment are not repeated."""
    world.api.answers["answerCallbackQuery"].extend([refusal(429, "Too Many Requests: retry after 9", 9)] * 2)
    world.api.answers["sendChatAction"].append(refusal(429, "Too Many Requests: retry after 9", 9))
    sender = await world.sender()
    world.system.send(sender, Perform(answer_callback("c1", "Saved")))
    world.system.send(sender, Perform(typing(7)))
    await world.time_until(lambda: len(world.api.asked) == 4)
    await _until_described(world, lambda one: one.sent == 1)
    assert [one.text for one in world.api.asked if one.method == "answerCallbackQuery"] == ["Saved"] * 3
    moments = [one.at for one in world.api.asked if one.method == "answerCallbackQuery"]
    assert [9.0 <= later - earlier <= 9.5 for earlier, later in pairwise(moments)] == [True, True]
    assert (await _describe(world)).failed == 1


async def test_an_answer_to_a_tap_that_comes_too_late_is_left(world: World) -> None:
    """Telegram forgets the tap: the answer is counted as too late, not as a failure, and troubles nobody."""
    world.api.answers["answerCallbackQuery"].append(refusal(429, "Too Many Requests: retry after 160", 160))
    sender = await world.sender()
    with capture_logs() as logs:
        world.system.send(sender, Perform(answer_callback("c1", "Saved")))
        await _until_described(world, lambda one: one.stale == 1)
        world.system.send(sender, Perform(answer_callback("c2")))
        await _until_described(world, lambda one: one.stale == 2)
    assert len(world.api.asked) == 1
    assert (await _describe(world)).failed == 0
    assert {log["log_level"] for log in logs} == {"info"}


async def _states(world: World) -> list[str]:
    batch = await world.ask("journal", TakeOutbox(MESSAGE_LANE, 0, 10))
    assert isinstance(batch, OutboxBatch)
    return [entry.state for entry in batch.entries]


async def test_refused_formatting_goes_out_as_plain_text(world: World) -> None:
    """The words are what matters; that it happened is in the log."""
    world.api.answers["sendMessage"].append(refusal(400, "Bad Request: can't parse entities: x"))
    await world.post(_entry("a", send_calls(7, bold("hi"))[0]))
    with capture_logs() as logs:
        await world.sender()
        await _settled(world)
    assert [("entities" in one.parameters, one.text) for one in world.api.asked] == [
        (True, "hi"),
        (False, "hi"),
    ]
    assert "formatting_refused" in [log["event"] for log in logs]


async def test_a_rep_who_blocked_the_bot_is_recorded_without_a_name(world: World) -> None:
    """Nothing is tried again, and the log holds neither chat nor token."""
    world.api.answers["sendMessage"].append(refusal(403, "Forbidden: bot was blocked by the user"))
    await world.post(_message("secret words", 987654321))
    with capture_logs() as logs:
        await world.sender()
        await _settled(world)
    assert (await world.journal()).dead == 1
    assert [log["detail"] for log in logs if log["event"] == "message_undelivered"] == ["blocked"]
    assert "987654321" not in repr(logs)
    assert "secret" not in repr(logs)
    assert TOKEN.split(":")[1] not in repr(logs)


async def test_an_unreadable_entry_does_not_hold_up_the_chat(world: World) -> None:
    """It is given up with its reason."""
    await world.post(NewOutboxEntry("bad", MESSAGE_LANE, "7", b"not json"), _message("good"))
    await world.sender()
    await _settled(world)
    assert world.api.sent_to(7) == ["good"]
    assert (await world.journal()).dead == 1


async def test_drafts_are_paced_and_the_latest_wins(world: World) -> None:
    """The first frame after a moment, then one every 0.8 s at most; overtaken frames are never sent."""
    sender = await world.sender()
    for place in range(2):
        world.system.send(sender, ShowDraft(7, 1, f"frame {place}"))
    await settle()
    assert world.api.asked == []
    await world.clock.advance(GATHERING_S)
    await until(lambda: len(world.api.asked) == 1)
    for place in range(2, 4):
        world.system.send(sender, ShowDraft(7, 1, f"frame {place}"))
    await settle()
    assert world.api.sent_to(7, "sendMessageDraft") == ["frame 1"]
    await world.clock.advance(0.8)
    await until(lambda: len(world.api.asked) == 2)
    assert world.api.sent_to(7, "sendMessageDraft") == ["frame 1", "frame 3"]
    assert world.api.asked[0].parameters["can_stop"] == "true"
    assert world.api.asked[1].at - world.api.asked[0].at >= 0.8


async def test_a_draft_is_kept_alive(world: World) -> None:
    """An unchanged frame is repeated every 25 s, not sooner."""
    sender = await world.sender()
    world.system.send(sender, ShowDraft(7, 1, "slow"))
    await world.time_until(lambda: len(world.api.asked) == 1)
    await settle()
    world.system.send(sender, ShowDraft(7, 1, "slow"))
    await settle()
    await world.pass_time(round(KEEP_ALIVE_S) - 1)
    await settle()
    assert len(world.api.asked) == 1
    await world.clock.advance(1.1)
    await until(lambda: len(world.api.asked) == 2)


async def test_the_frames_of_many_chats_share_one_pace(world: World) -> None:
    """The chats beyond a second's frames wait, show what their drafts have come to by then, and nothing is left out."""
    sender = await world.sender()
    chats = range(1, round(FRAMES_PER_S) + 11)
    for chat in chats:
        world.system.send(sender, ShowDraft(chat, 1, "early"))
    await settle()
    await world.clock.advance(GATHERING_S)
    await until(lambda: len(_drafted(world)) == FRAMES_PER_S)
    for chat in chats:
        world.system.send(sender, ShowDraft(chat, 1, "late"))
    await world.time_until(lambda: {chat for chat, _ in _drafted(world)} == set(chats))
    assert {text for chat, text in _drafted(world) if chat > FRAMES_PER_S} == {"late"}


def _drafted(world: World) -> list[tuple[int, str]]:
    frames = [one.parameters for one in world.api.asked if one.method == "sendMessageDraft"]
    return [(int(str(frame["chat_id"])), str(frame["text"])) for frame in frames]


async def test_the_answer_takes_the_place_of_waiting_frames(world: World) -> None:
    """A final message is not held up by drafts and nothing of them follows it."""
    sender = await world.sender()
    world.system.send(sender, ShowDraft(7, 1, "first"))
    await world.time_until(lambda: len(world.api.asked) == 1)
    world.system.send(sender, ShowDraft(7, 1, "second"))
    await world.post(_message("answer"))
    await _settled(world)
    await settle()
    await world.pass_time(25)
    await settle()
    assert [(one.method, one.text) for one in world.api.asked] == [
        ("sendMessageDraft", "first"),
        ("sendMessage", "answer"),
    ]


async def test_no_frame_gets_ahead_of_a_message_that_waits(world: World) -> None:
    """What was said before stands before what is being written; the draft follows it."""
    await world.post(*[_message(str(place)) for place in range(7)])
    sender = await world.sender()
    await world.until_journal(lambda one: one.outbox_pending.get(MESSAGE_LANE) == 2)
    await settle()
    world.system.send(sender, ShowDraft(7, 1, "the next answer"))
    await world.time_until(lambda: len(world.api.asked) == 8)
    assert [one.method for one in world.api.asked] == [*["sendMessage"] * 7, "sendMessageDraft"]


async def test_an_ended_draft_shows_nothing_more(world: World) -> None:
    """The failure or the cancellation follows."""
    sender = await world.sender()
    world.system.send(sender, ShowDraft(7, 1, "first"))
    await world.time_until(lambda: len(world.api.asked) == 1)
    world.system.send(sender, ShowDraft(7, 1, "second"))
    world.system.send(sender, EndDraft(7, 1))
    await settle()
    await world.pass_time(25)
    await settle()
    assert len(world.api.asked) == 1


async def test_a_long_draft_shows_its_end(world: World) -> None:
    """What was written last, within one message."""
    sender = await world.sender()
    world.system.send(sender, ShowDraft(7, 1, "word " * 2000 + "end"))
    await world.time_until(lambda: len(world.api.asked) == 1)
    text = world.api.asked[0].text
    assert text.endswith("word end")
    assert len(text) <= 4096


async def test_a_draft_told_to_wait_long_is_given_up_and_the_answer_comes(world: World) -> None:
    """Drafts have a flood limit of their own."""
    world.api.answers["sendMessageDraft"].append(refusal(429, "Too Many Requests: retry after 40", 40))
    sender = await world.sender()
    world.system.send(sender, ShowDraft(7, 1, "first"))
    await world.time_until(lambda: len(world.api.asked) == 1)
    await settle()
    world.system.send(sender, ShowDraft(7, 1, "second"))
    await settle()
    await world.pass_time(60)
    await settle()
    assert len(world.api.asked) == 1
    await world.post(_message("answer"))
    await _settled(world)
    assert world.api.sent_to(7) == ["answer"]


async def test_what_is_performed_at_once_passes_a_waiting_chat(world: World) -> None:
    """A tap is answered while the chat's messages wait; an answer too late is counted apart and raises nothing."""
    world.api.held["sendMessage"].append(asyncio.Event())
    world.api.answers["answerCallbackQuery"].append(refusal(400, "Bad Request: query is too old"))
    await world.post(_message("one"))
    sender = await world.sender()
    await until(lambda: len(world.api.asked) == 1)
    for _ in range(2):
        world.system.send(sender, Perform(answer_callback("c1")))
    await until(lambda: len(world.api.asked) == 3)
    described = await _until_described(world, lambda one: one.stale > 0)
    assert (described.stale, described.failed) == (1, 0)


async def test_an_edit_that_was_overtaken_is_not_sent(world: World) -> None:
    """Of the edits that wait for one message the last counts; other messages' edits and sends keep their place."""
    held = asyncio.Event()
    world.api.held["sendMessage"].append(held)
    edits = [edit_text(7, at, plain(text)) for at, text in ((1, "old"), (2, "other"), (1, "new"))]
    await world.post(_message("one"), *[_entry(f"edit {place}", edit) for place, edit in enumerate(edits)])
    await world.sender()
    await until(lambda: len(world.api.asked) == 1)
    await settle()
    held.set()
    await _settled(world)
    assert world.api.sent_to(7, "editMessageText") == ["other", "new"]


async def test_a_chat_is_not_sent_more_than_it_takes(world: World) -> None:
    """After a burst of five, one message a second."""
    await world.post(*[_message(str(place)) for place in range(7)])
    await world.sender()
    await until(lambda: len(world.api.asked) == 5)
    await settle()
    assert len(world.api.asked) == 5
    await world.time_until(lambda: len(world.api.asked) == 7)
    assert world.api.asked[5].at - world.api.asked[4].at >= 0.9
    assert world.api.asked[6].at - world.api.asked[4].at >= 1.9


async def test_a_rep_who_blocked_the_bot_is_named_to_the_sessions(world: World) -> None:
    """The session remembers it; nothing is sent again."""
    world.api.answers["sendMessage"].append(refusal(403, "Forbidden: bot was blocked by the user"))
    await world.post(_message("one"))
    await world.sender()
    await until(lambda: RepUnreachable("session/7") in world.received)
    assert (await _describe(world)).failed == 1


async def test_a_quiet_chat_gives_up_its_actor_and_comes_back(world: World) -> None:
    """Nothing is kept for a chat with nothing to send, and the next message finds its way."""
    sender = await world.sender()
    await world.post(_message("one"))
    await _settled(world)
    await settle()
    chats = [cell for cell in world.system.cells() if cell.type == "ChatSender"]
    assert len(chats) == 1
    await world.pass_time(int(QUIET_S) + 1)
    await until(lambda: not [cell for cell in world.system.cells() if cell.type == "ChatSender"])
    await world.post(_message("two"))
    await _settled(world)
    assert world.api.sent_to(7) == ["one", "two"]
    assert (await _describe(world)).waiting == 0
    assert sender


@pytest.mark.parametrize("chat", [-100, 0])
async def test_groups_get_no_drafts(world: World, chat: int) -> None:
    """Telegram has them in private chats only."""
    sender = await world.sender()
    world.system.send(sender, ShowDraft(chat, 1, "x"))
    assert (await _describe(world)).waiting == 0
    await settle()
    assert world.api.asked == []
