"""What comes in the middle of a flow and is no use there: one clear sentence, nothing changed, and the flow goes on."""

from typing import get_args

import msgspec
import pytest

from actors.session import conversation
from actors.session.flows import PICTURES
from actors.session.state import Commented, SessionState
from actors.session.turn import Turn, World
from actors.session.waiting import CheckingKey, Idle, RewordingMemory, TellingOutcome, Waiting
from actors.telegram.parsing import File, ImageMessage, OtherMessage
from coaching.advice import CommentsOutput
from tests.actors.session.leading import LEAD, lead, with_leads
from tests.actors.session.places import PLACES
from tests.actors.session.practising import ANNA, tap, write
from tests.actors.session.test_memory import WEAK, knowing
from tests.actors.session.test_revise import CASE, RUN
from tests.actors.session.world import NOW, PROSPECT, said

TOO_LONG = "x" * 20_001
FLOWS: dict[str, tuple[str, str, str]] = {
    "set-up": ("setup:own", "support-empty", "support-long"),
    "key": ("provider:openrouter", "key-shape-openrouter", "key-shape-openrouter"),
    "key under check": ("", "key-wait", "key-wait"),
    "prospect": ("support:new", "support-empty", "support-long"),
    "time zone": ("settings:zone", "settings-zone-unknown", "settings-zone-unknown"),
    "draft": (f"revise:tell:{RUN}", "revise-wish-size", "revise-wish-size"),
    "casebook": ("casebook:search", "casebook-search-size", "casebook-search-size"),
    "memory": (f"memory:edit:{WEAK.id}", "memory-size", "memory-size"),
    "leads": ("leads:search", "leads-search-size", "leads-search-size"),
    "note": (f"lead:note:{LEAD}", "lead-note-size", "lead-note-size"),
    "edit": (f"lead:edit:{LEAD}", "lead-edit-unread", "lead-edit-unread"),
    "outcome": ("", "outcome-size", "outcome-size"),
    "news": (f"news:tell:{LEAD}", "news-size", "news-size"),
    "post": (f"comment:ask:{LEAD}", "comment-size", "comment-size"),
    "comments": (f"comment:tell:{RUN}", "revise-wish-size", "revise-wish-size"),
    "drill": ("train:next:1", "practice-empty", "practice-long"),
    "invitation": ("admin:users:invite", "admin-invite-shape", "admin-invite-shape"),
    "model": ("model:ask", "model-words", "model-words"),
    "agent's model": ("admin:models:of:trainer", "model-words", "model-words"),
}
"""Each place of a conversation: the button that leads there, and what too little and far too much is answered with."""
NAMED = [pytest.param(PLACES[name], *flow, id=name) for name, flow in FLOWS.items()]


def at() -> World:
    """A world with one lead, one stored answer and one drill, in which the rep is an admin."""
    world = with_leads(lead())
    for table in ("attempts", "track_progress", "scenarios_seen", "badges", "model_usage", "user_memory"):
        world.book.fill(table, (), team=False, at=NOW)
    for table in ("generated_scenarios", "invitations", "users", "lead_activity_log"):
        world.book.fill(table, (), team=True, at=NOW)
    world.book.fill("support_sessions", (CASE,), team=False, at=NOW)
    return msgspec.structs.replace(world, settings=msgspec.structs.replace(world.settings, admin_usernames=("anna",)))


def rep(place: Waiting) -> SessionState:
    """A rep at this place, whom the coach remembers things of and wrote comments for."""
    comments = (Commented(RUN, PROSPECT, "", (), None, CommentsOutput("The post", ())),)
    return msgspec.structs.replace(knowing(), comments=comments).at(place)


def changes_nothing(turn: Turn, state: SessionState) -> bool:
    """Whether a turn says one sentence and leaves all as it was."""
    return turn.state == state and turn.rows == () and turn.commands == () and len(said(turn)) == 1


def test_every_place_of_a_conversation_is_in_the_table() -> None:
    """But the one where nothing was asked."""
    assert {type(place) for place in PLACES.values()} == set(get_args(Waiting)) - {Idle}
    assert FLOWS.keys() == PLACES.keys()


@pytest.mark.parametrize(("place", "button", "little", "much"), NAMED)
def test_a_kind_that_is_no_use(place: Waiting, button: str, little: str, much: str) -> None:
    """A sticker is declined everywhere, a picture where no picture can be read."""
    here = at()
    other = OtherMessage(chat_id=7, user=ANNA, message_id=13, kind="sticker", date=0)
    assert changes_nothing(conversation.handle(rep(place), other, here), rep(place))
    if type(place) not in PICTURES:
        seen = conversation.handle(rep(place), ImageMessage(7, ANNA, 13, "photo", File("f", "u"), 0), here)
        assert changes_nothing(seen, rep(place))
        assert said(seen) == [here.texts("no-pictures-here")]


@pytest.mark.parametrize(("place", "button", "little", "much"), NAMED)
@pytest.mark.parametrize("words", ["\x00\u200b", TOO_LONG], ids=["nothing", "too much"])
def test_words_of_the_wrong_size(place: Waiting, button: str, little: str, much: str, words: str) -> None:
    """One sentence that says what is wanted."""
    turn = write(rep(place), words, at())
    assert changes_nothing(turn, rep(place))
    fixed = at().texts(little if words != TOO_LONG else much, **dict.fromkeys(_VALUES, "~")).split("~")[0]
    assert said(turn)[0].startswith(fixed)


@pytest.mark.parametrize(("place", "button", "little", "much"), NAMED)
def test_a_command_in_the_middle_leaves(place: Waiting, button: str, little: str, much: str) -> None:
    """It is answered as anywhere, nothing is stored; only a key under check stays with the provider."""
    turn = write(rep(place), "/help", at())
    assert said(turn) == [at().texts("help")]
    assert turn.state == (rep(place) if isinstance(place, CheckingKey) else rep(Idle()))
    assert turn.rows == ()


@pytest.mark.parametrize(("place", "button", "little", "much"), NAMED)
@pytest.mark.parametrize(
    "old", ["retry:gone", "lead:note:somebody-elses", "outcome:skip:gone", "memory:edit:gone", "x"]
)
def test_a_button_that_is_stale_or_somebody_elses(
    place: Waiting, button: str, little: str, much: str, old: str
) -> None:
    """It says so over the chat, and the flow goes on."""
    turn = tap(rep(place), old, at())
    assert (turn.state, turn.rows, turn.calls) == (rep(place), (), ())
    assert turn.at_once[0].parameters["text"] == at().texts("stale-button")


@pytest.mark.parametrize(("place", "button", "little", "much"), [one for one in NAMED if one.values[1]])
def test_a_double_tap_opens_it_once(place: Waiting, button: str, little: str, much: str) -> None:
    """After the second tap the rep is where the first one led."""
    here = at()
    once = tap(rep(Idle()), button, here)
    again = tap(once.state, button, here)
    assert type(once.state.waiting_for) is type(place)
    assert again.state == once.state
    assert once.rows == () or again.rows == ()


def test_the_same_wish_from_two_devices_is_worked_on_once() -> None:
    """Two taps on Shorter: one run, and the second tap is told so."""
    here = at()
    first = tap(rep(Idle()), f"revise:shorter:{RUN}", here)
    second = tap(first.state, f"revise:shorter:{RUN}", here)
    assert changes_nothing(second, first.state)
    assert said(second) == [here.texts("jobs-same")]
    assert len(tap(second.state, f"revise:bolder:{RUN}", here).state.line) == 2


@pytest.mark.parametrize(
    ("words", "place"), [("I ask first.", RewordingMemory(WEAK.id)), ("Trial.", TellingOutcome(LEAD))]
)
def test_words_from_two_devices(words: str, place: Waiting) -> None:
    """The first is the answer, the second an ordinary text that is offered as a prospect: none is lost."""
    first = write(rep(place), words, at())
    assert len(first.rows) >= 1
    assert first.state.waiting_for == Idle()
    second = write(first.state, PROSPECT, at())
    assert second.rows == ()
    assert said(second) == [at().texts("offer-support")]


_VALUES = ("limit", "length", "line", "words", "name")
