"""A rep who blocks the bot is left in peace until heard of again."""

from actors.session import conversation
from actors.session.reach import lost
from actors.telegram.parsing import Blocked, Sender, Unblocked
from tests.actors.session.test_conversation import play, text
from tests.actors.session.world import ready, world

_ANNA = Sender(7, "anna", "Anna")


def test_blocking_is_noted_once() -> None:
    """In the state and in the rep's row; a second word of it changes nothing."""
    turn = conversation.handle(ready(), Blocked(7, _ANNA), world())
    assert not turn.state.reachable
    assert [write.values["reachable"] for write in turn.rows] == [False]
    assert lost(turn.state, world()).rows == ()


def test_no_reminder_goes_to_someone_out_of_reach() -> None:
    """Whatever the time has come for."""
    away = lost(ready(), world()).state
    assert conversation.time_come(away, "anything", "", world()).calls == ()


def test_the_next_word_brings_the_rep_back() -> None:
    """Unblocking does too."""
    away = lost(ready(), world()).state
    back = play(away, text("/help"))
    assert back.state.reachable
    assert back.calls
    assert [write.values["reachable"] for write in back.rows] == [True]
    assert conversation.handle(away, Unblocked(7, _ANNA), world()).state.reachable
