"""Where messages go: commands and buttons first, then the flow, then free text; each refusal is one sentence."""

import msgspec
import pytest

from actors.providers.messages import KeyVerdict, Provider
from actors.session import onboarding
from actors.session.conversation import handle
from actors.session.flows import COMMANDS
from actors.session.state import SessionState
from actors.session.turn import CheckKeyOf, StartJob, StopJob, Turn, World
from actors.session.waiting import (
    AwaitingProspect,
    CheckingKey,
    EnteringKey,
    EnteringTimeZone,
    Idle,
    SearchingLeads,
    Waiting,
)
from actors.telegram.parsing import (
    ButtonTap,
    EditedMessage,
    File,
    ImageMessage,
    Incoming,
    MergedMessages,
    OtherMessage,
    Sender,
    TextMessage,
    merge,
)
from tests.actors.session import practising
from tests.actors.session.places import PLACES
from tests.actors.session.world import NOW, PROSPECT, book, fresh, ready, said, world

ANNA = Sender(telegram_id=7, username="anna", first_name="Anna", language_code="en", is_bot=False)


def text(words: str, user: Sender = ANNA, chat_type: str = "private") -> TextMessage:
    return TextMessage(chat_id=7, user=user, message_id=11, text=words, date=0, chat_type=chat_type)


def tap(data: str) -> ButtonTap:
    return ButtonTap(callback_id="c1", user=ANNA, chat_id=7, message_id=12, data=data)


def play(state: SessionState, *incoming: Incoming, at: World | None = None) -> Turn:
    here = at or world()
    turn = Turn(state)
    for one in incoming:
        turn = handle(turn.state, one, here)
    return turn


def test_start_greets_and_offers_the_two_ways_to_set_up() -> None:
    """A newcomer sees what the coach does and two buttons."""
    turn = play(fresh(), text("/start"))
    assert "Anna" in said(turn)[0]
    assert "setup:quick" in msgspec.json.encode(turn.calls[-1].parameters).decode()


def test_quick_set_up_stores_the_rep_without_any_key() -> None:
    """The team's key is never copied into a rep's row."""
    turn = play(fresh(), text("/start"), tap("setup:quick"))
    users = next(write for write in turn.rows if write.table == "users")
    assert users.rows[0]["encrypted_api_key"] is None
    assert turn.state.profile is not None
    assert turn.state.waiting_for == AwaitingProspect()


def test_another_choice_of_key_is_no_new_set_up() -> None:
    """From the settings: the choice is stored and said in a sentence, and no first prospect is asked for."""
    back = play(ready(), tap("setup:own"), tap("setup:back"))
    assert said(back) == [world().texts("settings-key")]
    turn = play(ready(), tap("setup:quick"))
    assert said(turn) == [world().texts("key-switched-team")]
    assert turn.state.waiting_for == Idle()
    assert {write.table for write in turn.rows} == {"users", "user_memory"}


def test_an_own_key_is_sealed_deleted_from_the_chat_and_checked() -> None:
    """The message with the key is deleted, the key leaves the turn only sealed, and the provider is asked."""
    key = "sk-ant-planted-0123456789"
    turn = play(fresh(), tap("setup:own"), tap("provider:anthropic"), text(key))
    assert [call.method for call in turn.calls] == ["deleteMessage", "sendMessage"]
    assert turn.commands == (CheckKeyOf(),)
    assert key.encode() not in msgspec.json.encode((turn.state, turn.calls))


def test_an_accepted_key_finishes_the_set_up() -> None:
    """After the provider's yes the rep is set up with that provider and the sealed key is in the row."""
    here = world()
    asked = play(fresh(), tap("provider:anthropic"), text("sk-ant-planted-0123456789"), at=here)
    assert isinstance(asked.state.waiting_for, CheckingKey)
    turn = onboarding.key_checked(asked.state, KeyVerdict.ACCEPTED, here)
    assert turn.state.profile is not None
    assert turn.state.profile.provider is Provider.ANTHROPIC
    assert turn.rows[0].rows[0]["encrypted_api_key"] == asked.state.waiting_for.key.ciphertext


@pytest.mark.parametrize("verdict", [KeyVerdict.REJECTED, KeyVerdict.UNREACHABLE])
def test_any_other_verdict_keeps_no_key_and_asks_again(verdict: KeyVerdict) -> None:
    """A wrong key and an unreachable provider give two distinct sentences and leave nothing stored."""
    here = world()
    asked = play(fresh(), tap("provider:anthropic"), text("sk-ant-planted-0123456789"), at=here)
    turn = onboarding.key_checked(asked.state, verdict, here)
    assert turn.state.waiting_for == EnteringKey(Provider.ANTHROPIC)
    assert said(turn) == [here.texts(f"key-{verdict}", provider="Anthropic")]


def test_a_command_in_the_key_flow_is_a_command() -> None:
    """A command typed where a key is awaited is never taken for the key."""
    turn = play(fresh(), tap("provider:openrouter"), text("/cancel"))
    assert turn.state.waiting_for == Idle()


def test_what_is_no_key_is_refused_with_its_shape() -> None:
    """Ordinary words where a key is awaited get one sentence and change nothing."""
    waiting = play(fresh(), tap("provider:openrouter")).state
    turn = play(waiting, text("what key do you mean?"))
    assert turn.state == waiting
    assert "sk-or-" in said(turn)[0]


@pytest.mark.parametrize(
    "pasted",
    [
        "sk-or-v1-planted-0123456789",
        "My key is sk-proj-planted0123, thanks",
        "sk-ant-planted\n-0123456789",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_another_providers_key_is_refused_and_deleted_too(pasted: str) -> None:
    """Whatever may be a secret does not stay in the chat, and the rep reads where the message went."""
    waiting = play(fresh(), tap("provider:anthropic")).state
    turn = play(waiting, text(pasted))
    assert turn.state == waiting
    assert [call.method for call in turn.calls] == ["deleteMessage", "sendMessage"]
    assert said(turn) == [f"{world().texts('key-shape-anthropic')} {world().texts('key-removed')}"]


def test_a_second_key_is_deleted_while_the_first_is_checked() -> None:
    """It is not taken, and does not stay in the chat either."""
    checking = play(fresh(), tap("provider:anthropic"), text("sk-ant-planted-0123456789")).state
    turn = play(checking, text("sk-ant-planted-9876543210"))
    assert turn.state == checking
    assert [call.method for call in turn.calls] == ["deleteMessage", "sendMessage"]
    assert said(turn) == [f"{world().texts('key-wait')} {world().texts('key-removed')}"]


@pytest.mark.parametrize(
    "words", ["my dog", "https://openrouter.ai/settings/keys", "anna.berger1984@example.com", "risk-averse"]
)
def test_what_is_no_secret_stays_in_the_chat(words: str) -> None:
    """Words, addresses and links are answered and left alone."""
    turn = play(fresh(), tap("provider:anthropic"), text(words))
    assert said(turn) == [world().texts("key-shape-anthropic")]
    assert [call.method for call in turn.calls] == ["sendMessage"]


def test_after_the_sample_the_set_up_comes_first() -> None:
    """Whoever had the free sample is asked to choose whose key is used."""
    turn = play(msgspec.structs.replace(fresh(), sampled=True), text("/support"))
    assert turn.state.waiting_for == Idle()
    assert said(turn) == [world().texts("setup-first")]


def test_a_prospect_starts_a_case() -> None:
    """The text pasted after /support becomes a case and its run starts."""
    turn = play(ready(), text("/support"), text(PROSPECT))
    assert turn.commands == (StartJob(turn.state.jobs[0].run_id),)
    assert turn.state.jobs[0].text == PROSPECT


def test_a_prospect_may_come_with_the_command() -> None:
    """/support followed by text needs no second message."""
    turn = play(ready(), text(f"/support {PROSPECT}"))
    assert turn.state.jobs[0].text == PROSPECT


def test_a_second_prospect_waits_and_is_told_so() -> None:
    """While one is worked on, the next is queued in order and starts nothing."""
    turn = play(ready(), text(f"/support {PROSPECT}"), text(f"/support {PROSPECT} Also Tom."))
    assert [case.text for case in turn.state.line] == [PROSPECT, f"{PROSPECT} Also Tom."]
    assert turn.commands == ()
    assert len(said(turn)) == 1


def test_one_prospect_too_many_is_declined() -> None:
    """The queue is bounded: the eleventh gets one sentence and changes nothing."""
    full = play(ready(), *(text(f"/support {PROSPECT} Number {number}.") for number in range(10))).state
    turn = play(full, text(f"/support {PROSPECT}"))
    assert turn.state == full
    assert "10" in said(turn)[0]


@pytest.mark.parametrize(
    ("words", "name"), [("  \n ", "support-empty"), ("short", "support-short"), ("x" * 100_000, "support-long")]
)
def test_a_prospect_of_the_wrong_size_gets_one_sentence(words: str, name: str) -> None:
    """Too little and too much text are refused with what to do, and change nothing."""
    awaiting = play(ready(), text("/support")).state
    turn = play(awaiting, text(words))
    assert turn.state == awaiting
    assert len(said(turn)) == 1
    assert said(turn)[0].startswith(world().texts(name, length=100_000, limit=20_000)[:20])


def test_free_text_is_offered_as_a_prospect() -> None:
    """Outside a flow a text is not guessed at: one tap makes it a case."""
    offered = play(ready(), text(PROSPECT))
    assert offered.state.jobs == ()
    turn = play(offered.state, tap("support:this"))
    assert turn.state.jobs[0].text == PROSPECT


def test_cancel_stops_the_case_and_drops_those_that_wait() -> None:
    """/cancel ends the work under way and everything in line behind it."""
    busy = play(ready(), text(f"/support {PROSPECT}"), text(f"/support {PROSPECT}")).state
    turn = play(busy, text("/cancel"))
    assert turn.state.jobs == ()
    assert turn.commands == (StopJob(busy.jobs[0].run_id, busy.jobs[0].draft_id),)


def test_a_stale_button_says_so_and_changes_nothing() -> None:
    """A button from an earlier time answers with a notice."""
    turn = play(ready(), tap("retry:gone"))
    assert turn.state == ready()
    assert "text" in turn.at_once[0].parameters


def test_strangers_are_refused_and_nothing_is_kept_of_them() -> None:
    """Someone not on the list gets one sentence; no row is written."""
    here = world(book(team_invitations=()), ALLOWED_USERNAMES="bob")
    turn = play(fresh(), text("/start"), at=here)
    assert len(said(turn)) == 1
    assert turn.rows == ()
    assert turn.state.profile is None


def test_other_kinds_of_messages_get_one_sentence() -> None:
    """A sticker is answered, not ignored."""
    other = OtherMessage(kind="sticker", chat_id=7, user=ANNA, message_id=13, date=0, caption=None, chat_type="private")
    assert len(said(play(ready(), other))) == 1


def test_pictures_and_words_together_are_offered_as_one_prospect() -> None:
    """A screenshot sent with a text loses neither; one tap makes both a job whose pictures are looked at."""
    photo = ImageMessage(7, ANNA, 13, "photo", File("f", "u"), 0)
    words = TextMessage(7, ANNA, 14, PROSPECT, 0)
    offered = play(ready(), MergedMessages((photo, words)))
    job = play(offered.state, tap("support:this")).state.jobs[0]
    assert (job.text, job.images, job.pipeline) == (PROSPECT, ("f",), "support_photo")


def test_a_picture_where_a_word_is_awaited_changes_nothing() -> None:
    """One sentence says that words are wanted."""
    state = ready().at(EnteringTimeZone())
    turn = play(state, ImageMessage(7, ANNA, 13, "photo", File("f", "u"), 0))
    assert (turn.state, said(turn)) == (state, [world().texts("no-pictures-here")])


def test_words_beside_a_picture_that_is_no_help_are_taken() -> None:
    """What was written in the same moment is not lost with the picture."""
    photo, words = ImageMessage(7, ANNA, 13, "photo", File("f", "u"), 0), TextMessage(7, ANNA, 14, "Berlin", 0)
    state = ready().at(EnteringTimeZone())
    turn = play(state, MergedMessages((photo, words)))
    assert turn.state == play(state, words).state != state
    assert said(turn)[0] == world().texts("no-pictures-here")


def test_a_location_that_moves_is_not_answered() -> None:
    """Telegram tells each move of a shared location as an edit."""
    moved = OtherMessage(kind="location", chat_id=7, user=ANNA, message_id=13, date=0)
    assert play(ready(), EditedMessage(moved)) == Turn(ready())


def test_an_edit_of_what_was_taken_changes_nothing_and_is_answered() -> None:
    """The rep knows that the first version counts."""
    turn = play(ready(), EditedMessage(TextMessage(7, ANNA, 14, PROSPECT, 0)))
    assert turn.state == ready()
    assert len(said(turn)) == 1


def test_unknown_commands_are_answered_with_the_nearest_or_help() -> None:
    """A mistyped command gets one sentence: the command that was meant, or /help."""
    assert "/support" in said(play(ready(), text("/suport")))[0]
    assert "/help" in said(play(ready(), text("/xyzzy")))[0]


def test_what_is_pasted_after_the_greeting_is_worked_on_at_once() -> None:
    """The greeting invites to paste a prospect: no second question is asked, of a newcomer or of a rep."""
    for state, kind in ((fresh(), "sample"), (ready(), "support")):
        greeted = play(state, text("/start"))
        turn = play(greeted.state, text(PROSPECT))
        assert [job.kind for job in turn.state.jobs] == [kind]


def test_an_unknown_link_greets() -> None:
    """A deep link that leads nowhere is a plain /start."""
    assert said(play(ready(), text("/start nowhere_7"))) == [world().texts("welcome-back", name="Anna")]


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"cancel", "start", "support", "comment", "export"}))
def test_every_command_leaves_the_flow_it_comes_in(command: str) -> None:
    """What is written after it is an ordinary message again."""
    at = practising.here()
    for table in ("lead_activity_log", "support_sessions", "team_invitations", "model_usage", "user_memory"):
        at.book.fill(table.removeprefix("team_"), (), team=table.startswith("team_"), at=NOW)
    assert practising.write(ready().at(SearchingLeads()), f"/{command}", at).state.waiting_for == Idle()


STRAY = "sk-or-v1-planted-0123456789"


@pytest.mark.parametrize(
    "place", [Idle(), *(one for one in PLACES.values() if not isinstance(one, EnteringKey | CheckingKey))]
)
@pytest.mark.parametrize("pasted", [STRAY, f"Maria wrote. My key is {STRAY}, thanks", f"/support {STRAY}"])
def test_a_key_that_nobody_asked_for_is_kept_out_of_everything(place: Waiting, pasted: str) -> None:
    """No model reads it, no row keeps it, what was asked stays asked; it is deleted, and the way to set it is told."""
    waiting = ready().at(place)
    turn = play(waiting, text(pasted))
    assert (turn.state, turn.commands, turn.rows) == (waiting, (), ())
    assert [call.method for call in turn.calls] == ["deleteMessage", "sendMessage"]
    assert said(turn) == [f"{world().texts('key-stray')} {world().texts('key-stray-removed')}"]


def test_a_newcomers_key_is_kept_out_too() -> None:
    """Before the set-up nothing is known of whose it is."""
    turn = play(fresh(), text(STRAY))
    assert turn.state.profile is None
    assert [call.method for call in turn.calls] == ["deleteMessage", "sendMessage"]


def test_of_words_in_several_messages_the_rep_deletes_the_key() -> None:
    """Which of them held it is not known any more; beside pictures each message is its own."""
    several = msgspec.structs.replace(text(f"Maria wrote.\n{STRAY}"), merged=2)
    turn = play(ready(), several)
    assert said(turn) == [f"{world().texts('key-stray')} {world().texts('key-stray-left')}"]
    pictures = [
        ImageMessage(7, ANNA, number, "photo", File(f"p{number}", f"p{number}"), 0, caption=caption)
        for number, caption in ((1, "Maria's profile"), (2, STRAY))
    ]
    turn = play(ready(), merge(pictures))
    assert [call.parameters.get("message_id") for call in turn.calls] == [2, None]
    assert said(turn) == [f"{world().texts('key-stray')} {world().texts('key-stray-removed')}"]


def test_a_key_that_a_message_is_changed_to_is_kept_out_too() -> None:
    """The changed message goes."""
    turn = play(ready(), EditedMessage(text(STRAY)))
    assert [call.method for call in turn.calls] == ["deleteMessage", "sendMessage"]
