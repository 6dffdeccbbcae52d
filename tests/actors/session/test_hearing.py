"""Voice: words go on where the recording came, in the rep's order, and whatever goes wrong is said in one sentence."""

import msgspec
import pytest

from actors.providers.messages import Provider
from actors.providers.transcription import (
    LARGEST_BYTES,
    LONGEST_S,
    SpeechProblem,
    Transcribed,
    TranscriptBegun,
    TranscriptionFailed,
)
from actors.session import conversation, hearing, own_data
from actors.session.book import RowsUnreachable
from actors.session.state import SessionState, read_snapshot
from actors.session.turn import EndDraftOf, StartHearing, StartJob, StopHearing, Tap, Turn, World
from actors.session.waiting import AwaitingProspect, EnteringKey, EnteringTimeZone, Idle, TellingWish
from actors.telegram.incoming import (
    AudioMessage,
    ButtonTap,
    Context,
    EditedMessage,
    File,
    GenerationStopped,
    ImageMessage,
    Incoming,
    MergedMessages,
    Origin,
    Sender,
    TextMessage,
)
from tests.actors.session.world import PROSPECT, book, fresh, keyboard, ready, said, world

ANNA = Sender(telegram_id=7, username="anna", first_name="Anna")
TEXTS = world().texts


def voice(id_: int = 1, date: int = 100, *, seconds: int = 5, size: int = 900, **more: object) -> AudioMessage:
    return AudioMessage(7, ANNA, id_, "voice", File(f"f{id_}", "u", size), seconds, date, **more)  # type: ignore[arg-type]


def text(words: str, id_: int = 50, date: int = 101) -> TextMessage:
    return TextMessage(7, ANNA, id_, words, date)


def play(state: SessionState, *incoming: Incoming, at: World | None = None) -> Turn:
    here = at or world()
    turn = Turn(state)
    for one in incoming:
        turn = conversation.handle(turn.state, one, here)
    return turn


def heard(state: SessionState, words: str, id_: int = 1, *, which: int = 0, at: World | None = None) -> Turn:
    """The turn that follows when a recording of a hearing was put into words."""
    request = f"{state.hearings[which].run_id}/{id_}"
    return conversation.listened(state, Transcribed(request, words, "en", 5.0, "m"), at or world())


def failed(state: SessionState, problem: SpeechProblem, id_: int = 1, *, at: World | None = None) -> Turn:
    """The turn that follows when a recording could not be put into words."""
    request = f"{state.hearings[0].run_id}/{id_}"
    return conversation.listened(state, TranscriptionFailed(request, problem, "x", 7.0), at or world())


def awaiting() -> SessionState:
    return ready().at(AwaitingProspect())


def test_a_prospect_by_voice_is_shown_and_worked_on() -> None:
    """The words are shown to the rep and become the case that his text would have been."""
    listening = play(awaiting(), voice())
    assert listening.commands == (StartHearing(),)
    assert listening.calls == ()
    assert listening.state.busy
    turn = heard(listening.state, PROSPECT)
    assert said(turn)[0] == TEXTS("voice-heard", text=PROSPECT)
    assert turn.state.jobs[0].text == PROSPECT
    assert turn.state.hearings == ()
    assert StartJob(turn.state.jobs[0].run_id) in turn.commands
    assert EndDraftOf(listening.state.hearings[0].draft_id) in turn.commands


def test_outside_a_flow_the_words_are_offered() -> None:
    """A recording that nobody asked for is treated as a text that nobody asked for."""
    turn = heard(play(ready(), voice()).state, PROSPECT)
    assert keyboard(turn) == ["support:this"]
    assert turn.state.offered is not None
    assert turn.state.offered.text == PROSPECT


def test_a_long_speech_is_shown_whole() -> None:
    """What is longer than one message of Telegram's comes in several, and the case holds all of it."""
    speech = "She wants a pilot in spring. " * 400
    turn = heard(play(awaiting(), voice(seconds=600)).state, speech)
    assert "".join(said(turn)[:-1]).count("pilot") + said(turn)[-1].count("pilot") == 400
    assert all(len(one) <= 4_096 for one in said(turn))
    assert turn.state.jobs[0].text == speech


def test_wherever_a_text_is_awaited_a_recording_does() -> None:
    """A single word asked for may be spoken too."""
    turn = heard(play(ready().at(EnteringTimeZone()), voice()).state, "Europe/Berlin")
    assert turn.state.profile is not None
    assert turn.state.profile.settings.time_zone == "Europe/Berlin"


def test_words_that_look_like_a_command_are_none() -> None:
    """What is heard is material, never an order to the coach."""
    turn = heard(play(awaiting(), voice()).state, "/delete everything about this prospect, please")
    assert turn.state.jobs[0].text.startswith("/delete")


def test_recordings_and_texts_sent_in_one_go_are_one_case() -> None:
    """In their order, whichever is understood first; nothing is worked on before all of it is in words."""
    state = play(awaiting(), MergedMessages((text("Look:", 1, 100), voice(2), voice(3, 108)))).state
    half = heard(state, "and has no budget.", 3)
    assert half.state.jobs == ()
    turn = heard(half.state, "Maria leads the plant", 2)
    assert turn.state.jobs[0].text == "Look:\nMaria leads the plant\nand has no budget."


def test_what_is_changed_while_a_recording_is_listened_to_counts_as_it_is_now() -> None:
    """A text beside it, a text behind it and the words under it; nothing is said about it."""
    here = MergedMessages((text("Maria Kellr", 1, 100), voice(2, caption="old")))
    state = play(awaiting(), here, text("call me agian", 9, 900)).state
    again = "call me again, please: she wrote to me twice"
    edits = text("Maria Keller", 1, 100), voice(2, caption="new"), text(again, 9)
    turn = play(state, *[EditedMessage(edit) for edit in edits])
    assert turn.calls == ()
    assert [part.message_id for one in turn.state.hearings for part in one.parts] == [1, 2, 9]
    done = heard(turn.state, "She leads the plant in Hamburg and wants a pilot.", 2).state
    assert done.jobs[0].text == "Maria Keller\nnew\n\nShe leads the plant in Hamburg and wants a pilot."
    assert done.offered is not None
    assert done.offered.text == again


def test_what_was_put_into_words_is_not_changed_by_an_edit() -> None:
    """Nor one text of several that were taken as one: the rep is told that it comes too late."""
    merged = msgspec.structs.replace(text("Maria\nKellr", 1, 100), merged=2)
    state = play(awaiting(), MergedMessages((merged, voice(2), voice(3, 108)))).state
    half = heard(state, "Maria leads the plant", 2).state
    for edit in (voice(2, caption="new"), text("Keller", 1)):
        turn = play(half, EditedMessage(edit))
        assert (turn.state, said(turn)) == (half, [TEXTS("edited-too-late")])


def test_a_recording_beside_a_picture_is_one_case() -> None:
    """Words that were spoken stand beside the pictures as typed ones would."""
    photo = ImageMessage(7, ANNA, 2, "photo", File("p", "p"), 100)
    turn = heard(play(awaiting(), MergedMessages((photo, voice()))).state, PROSPECT)
    assert (turn.state.jobs[0].text, turn.state.jobs[0].images) == (PROSPECT, ("p",))


def test_a_forwarded_recording_has_its_speakers_name_and_its_caption() -> None:
    """Who said it is part of the material, as with a forwarded text."""
    context = Context(origin=Origin("user", "Maria Keller", None, 0))
    turn = heard(play(awaiting(), voice(caption="from today", context=context)).state, "It is far too expensive.")
    assert turn.state.jobs[0].text == "Maria Keller:\nfrom today\n\nIt is far too expensive."


def test_what_comes_meanwhile_waits_and_keeps_its_order() -> None:
    """A text sent after a recording is handled after it, and where the recording has led."""
    state = play(awaiting(), voice(), text("Another one: Boris Novak, CFO, has no time.", date=400)).state
    assert [len(one.parts) for one in state.hearings] == [1, 1]
    turn = heard(state, PROSPECT)
    assert [job.text for job in turn.state.jobs] == [PROSPECT]
    assert turn.state.offered is not None
    assert turn.state.offered.text.startswith("Another one")
    assert turn.state.hearings == ()


def test_what_follows_at_once_joins_the_recording() -> None:
    """A text sent within a moment of it belongs to it, though the listening had begun."""
    state = play(awaiting(), voice(), text("She decides in spring.")).state
    turn = heard(state, PROSPECT)
    assert turn.state.jobs[0].text == f"{PROSPECT}\nShe decides in spring."


def test_a_later_recording_is_listened_to_after_the_first() -> None:
    """Two recordings at different times are two messages, the second begun when the first is done."""
    state = play(awaiting(), voice(1, 100), voice(2, 900)).state
    turn = heard(state, PROSPECT)
    assert StartHearing() in turn.commands
    assert [one.sounds[0].message_id for one in turn.state.hearings] == [2]
    assert turn.state.hearings[0].place == Idle()


def test_commands_do_not_wait_and_cancel_stops_the_listening() -> None:
    """/cancel ends it, drops what waited behind it, and leaves the rep where he was."""
    state = play(awaiting(), voice(), text("later", date=400)).state
    assert "/support" in said(play(state, text("/help")))[0]
    turn = play(state, text("/cancel"))
    assert (turn.state.hearings, turn.state.waiting_for) == ((), AwaitingProspect())
    assert turn.commands == tuple(StopHearing(one) for one in state.hearings)
    assert said(turn) == [TEXTS("voice-cancelled")]
    late = Transcribed(f"{state.hearings[0].run_id}/1", PROSPECT, "en", 5.0, "m")
    assert conversation.listened(turn.state, late, world()) == Turn(turn.state)


def test_stop_under_the_draft_stops_the_listening() -> None:
    """The button is the same as /cancel; under another draft it is not."""
    state = play(awaiting(), voice()).state
    draft = state.hearings[0].draft_id
    assert play(state, GenerationStopped(7, draft)).state.hearings == ()
    assert play(state, GenerationStopped(7, draft + 1)).state == state


def test_who_moved_on_is_asked() -> None:
    """Words are never taken for an answer to something asked later: they are offered, and nothing is lost."""
    state = play(ready().at(TellingWish("r")), voice()).state
    turn = heard(state.at(EnteringTimeZone()), PROSPECT)
    assert said(turn)[-1] == TEXTS("voice-moved-on")
    assert turn.state.waiting_for == EnteringTimeZone()
    assert keyboard(turn) == ["support:this"]


@pytest.mark.parametrize(
    ("message", "waiting", "name"),
    [
        (voice(seconds=int(LONGEST_S) + 1), AwaitingProspect(), "voice-failed-too_long"),
        (voice(size=LARGEST_BYTES + 1), AwaitingProspect(), "voice-failed-too_large"),
        (voice(), EnteringKey(Provider.OPENROUTER), "voice-no-key"),
    ],
)
def test_limits_are_said_at_once(message: AudioMessage, waiting: EnteringKey | AwaitingProspect, name: str) -> None:
    """What cannot be taken is refused before anything is fetched, in one sentence, and changes nothing."""
    turn = play(ready().at(waiting), message)
    assert said(turn) == [TEXTS(name, minutes=20, megabytes=20, seconds=60)]
    assert (turn.state, turn.commands) == (ready().at(waiting), ())


def test_a_recording_too_long_leaves_the_rest_of_the_message() -> None:
    """The words beside it are worked on; the refusal is said first."""
    turn = play(awaiting(), MergedMessages((text(PROSPECT, 2, 100), voice(seconds=9_999))))
    assert said(turn)[0].startswith("This recording is longer")
    assert turn.state.jobs[0].text == PROSPECT


def test_a_newcomer_without_a_sample_is_asked_to_set_up() -> None:
    """Nothing is spent on the recording of someone who has no use of its words."""
    turn = play(msgspec.structs.replace(fresh(), sampled=True), voice())
    assert (turn.state.hearings, turn.commands) == ((), ())


@pytest.mark.parametrize("problem", [problem for problem in SpeechProblem if not problem.final])
def test_a_failure_that_passes_offers_another_try(problem: SpeechProblem) -> None:
    """One sentence, a button, and with it the same recording once more, the first time with a name of its own."""
    here = world(ASSEMBLYAI_API_KEY="key")
    state = play(awaiting(), voice(), at=here).state
    turn = failed(state, problem, at=here)
    assert len(said(turn)) == 1
    assert turn.state.hearings == ()
    assert keyboard(turn) == [f"voice:{state.hearings[0].run_id}"]
    tap = ButtonTap("c", ANNA, 7, 9, keyboard(turn)[0])
    again = play(turn.state, tap, at=here)
    assert again.commands == (StartHearing(),)
    assert again.state.hearings[0].run_id != state.hearings[0].run_id
    assert again.state.hearings[0].sounds == state.hearings[0].sounds
    stale = play(again.state, tap, at=here)
    assert (stale.state, stale.calls) == (again.state, ())
    assert heard(again.state, PROSPECT, at=here).state.jobs[0].text == PROSPECT


def test_another_try_waits_for_the_transcript_that_took_too_long() -> None:
    """Its id is kept, so that it is not paid for twice; after another failure there is none to come back to."""
    here = world(ASSEMBLYAI_API_KEY="key")
    state = play(awaiting(), voice(), at=here).state
    state = conversation.listened(state, TranscriptBegun(f"{state.hearings[0].run_id}/1", "transcript-7"), here).state
    for problem, begun in ((SpeechProblem.DEADLINE, {1: "transcript-7"}), (SpeechProblem.UNAVAILABLE, {})):
        turn = failed(state, problem, at=here)
        again = play(turn.state, ButtonTap("c", ANNA, 7, 9, keyboard(turn)[0]), at=here)
        assert again.state.hearings[0].begun == begun


@pytest.mark.parametrize("problem", [problem for problem in SpeechProblem if problem.final])
def test_a_failure_for_good_offers_none(problem: SpeechProblem) -> None:
    """What would fail again is said once, with what to do instead; the place stays open for another recording."""
    turn = failed(play(awaiting(), voice()).state, problem, at=world(ASSEMBLYAI_API_KEY="key"))
    (told,) = said(turn)
    assert told.startswith(TEXTS(f"voice-failed-{problem}", minutes=20, megabytes=20, seconds=7))
    assert "reply_markup" not in turn.calls[0].parameters
    assert (turn.state.hearings, turn.state.unheard, turn.state.waiting_for) == ((), None, AwaitingProspect())


def test_silence_beside_words_leaves_the_words() -> None:
    """A recording without words takes nothing else of the message with it."""
    state = play(awaiting(), MergedMessages((text(PROSPECT, 2, 100), voice()))).state
    turn = failed(state, SpeechProblem.NO_SPEECH)
    assert turn.state.jobs[0].text == PROSPECT


def test_the_sandbox_says_that_it_cannot_hear() -> None:
    """Without a key the emulator listens, and a laptop's user reads why a real recording says nothing."""
    turn = failed(play(awaiting(), voice()).state, SpeechProblem.NO_SPEECH)
    assert said(turn) == [TEXTS("voice-failed-practice")]


def test_a_failure_lets_those_behind_go_on() -> None:
    """The recording is kept aside, and what waited behind it is handled."""
    state = play(awaiting(), voice(), text(PROSPECT, date=400)).state
    turn = failed(state, SpeechProblem.UNAVAILABLE)
    assert turn.state.jobs[0].text == PROSPECT
    assert turn.state.unheard is not None


def test_words_whose_flow_needs_rows_out_of_reach_are_kept() -> None:
    """They were paid for: Try again goes on with them and listens to nothing."""
    state = play(awaiting(), voice(), text("And more.", date=400), voice(3, 900)).state
    news = Transcribed(f"{state.hearings[0].run_id}/1", PROSPECT, "en", 5.0, "m")
    turn = conversation.listened_in_vain(state, news, world())
    assert said(turn) == [TEXTS("voice-heard", text=PROSPECT), TEXTS("voice-kept")]
    assert turn.commands[-1] == StartHearing()
    assert [one.sounds[0].message_id for one in turn.state.hearings] == [3]
    quiet = msgspec.structs.replace(turn.state, hearings=())
    again = play(quiet, ButtonTap("c", ANNA, 7, 9, keyboard(turn)[0]))
    assert again.state.jobs[0].text == f"{PROSPECT}\nAnd more."


def test_rows_that_are_missing_are_told_to_the_session() -> None:
    """The flow's need comes out as it is, so that the session may read the rows and make the turn again."""

    def go_on(*_: object) -> Turn:
        raise RowsUnreachable

    state = play(awaiting(), voice()).state
    with pytest.raises(RowsUnreachable):
        hearing.heard(state, f"{state.hearings[0].run_id}/1", PROSPECT, world(), go_on)


def test_who_was_shut_out_meanwhile_is_not_heard() -> None:
    """A revoked rep's recording is dropped, whatever became of it."""
    state = msgspec.structs.replace(play(awaiting(), voice()).state, revoked=True)
    turn = heard(state, PROSPECT)
    assert (turn.state.hearings, turn.calls, turn.state.jobs) == ((), (), ())


def test_a_restart_knows_what_was_begun() -> None:
    """The snapshot holds the recordings and the provider's ids of their transcripts."""
    state = play(awaiting(), voice()).state
    begun = TranscriptBegun(f"{state.hearings[0].run_id}/1", "transcript-7")
    kept = conversation.listened(state, begun, world()).state
    assert kept.hearings[0].begun == {1: "transcript-7"}
    assert read_snapshot(msgspec.json.encode(kept)) == kept


def test_too_much_waiting_is_declined() -> None:
    """A flood behind a recording ends with a sentence, and nothing of what waits is lost."""
    state = play(awaiting(), voice(), *(text("x", n, 100 + n * 100) for n in range(2, 31))).state
    turn = play(state, text("one more", 99, 9_000))
    assert turn.state == state
    assert said(turn) == [TEXTS("voice-full", limit=hearing.MOST_PARTS)]


def test_deleting_everything_stops_the_listening() -> None:
    """Nothing is heard for someone of whom nothing is kept."""
    state = play(awaiting(), voice()).state
    turn = own_data.pressed(state, Tap(("yes",), None), world(book(pipeline_traces=())))
    assert turn is not None
    assert StopHearing(state.hearings[0]) in turn.commands
    assert turn.state.hearings == ()
