"""/memory: shown with its evidence, put right, forgotten; stale buttons and poor words change nothing."""

import msgspec
import pytest

from actors.session.state import SessionState
from actors.session.waiting import Idle, RewordingMemory
from coaching.memory import MemoryOutput, Observation, PreferencesUpdate, default_memory, merge
from coaching.remembered import items
from tests.actors.session.practising import rows_of, tap, write
from tests.actors.session.world import fresh, keyboard, ready, said, world

UPDATE = MemoryOutput(
    (Observation("Follows up on contacts that went quiet.", "I wrote again"),),
    (Observation("Names the price first.", "it costs 390"),),
    PreferencesUpdate(response_length="short"),
)
WEAK, HABIT, WISH = items(merge(default_memory(), UPDATE))


def knowing() -> SessionState:
    """A rep of whom three things are remembered."""
    return msgspec.structs.replace(ready(), memory=merge(default_memory(), UPDATE))


def test_memory_is_shown_with_the_words_that_taught_it() -> None:
    """Each item with its evidence, and a way to change it."""
    turn = write(knowing(), "/memory", world())
    (text,) = said(turn)
    assert "to work on: Names the price first. You wrote: “it costs 390”" in text
    assert "length you asked for: short" in text
    assert keyboard(turn) == [f"memory:view:{item.id}" for item in (WEAK, HABIT, WISH)] + ["memory:clear"]
    assert "nothing of how you sell yet" in said(write(ready(), "/memory", world()))[0]


def test_an_item_is_put_right_in_the_reps_words() -> None:
    """Opened, asked, written: state and row change."""
    opened = tap(knowing(), f"memory:view:{WEAK.id}", world())
    assert keyboard(opened)[:2] == [f"memory:edit:{WEAK.id}", f"memory:forget:{WEAK.id}"]
    asked = tap(opened.state, f"memory:edit:{WEAK.id}", world())
    assert asked.state.waiting_for == RewordingMemory(WEAK.id)
    turn = write(asked.state, "I name the price when they ask.", world())
    assert turn.state.memory.weakest_areas[0].observation == "I name the price when they ask."
    assert "I name the price when they ask." in str(rows_of(turn, "user_memory"))
    assert turn.state.waiting_for == Idle()


def test_an_item_is_forgotten_with_one_tap() -> None:
    """A second tap finds nothing any more and says so."""
    turn = tap(knowing(), f"memory:forget:{HABIT.id}", world())
    assert turn.state.memory.patterns_noted == ()
    assert "Follows up" not in str(rows_of(turn, "user_memory"))
    again = tap(turn.state, f"memory:forget:{HABIT.id}", world())
    assert (again.state, again.rows) == (turn.state, ())
    assert "no longer in use" in str(again.at_once[0].parameters["text"])


def test_everything_is_forgotten_after_one_more_question() -> None:
    """The first tap only asks."""
    asked = tap(knowing(), "memory:clear", world())
    assert asked.rows == ()
    turn = tap(asked.state, "memory:clear:yes", world())
    assert items(turn.state.memory) == ()
    assert rows_of(turn, "user_memory") != []


@pytest.mark.parametrize("words", ["x" * 301, "\x00"])
def test_poor_words_leave_the_question_open(words: str) -> None:
    """Too long or empty: one sentence, nothing changed."""
    asked = knowing().at(RewordingMemory(WEAK.id))
    turn = write(asked, words, world())
    assert (turn.state, turn.rows) == (asked, ())
    assert "at most 300" in said(turn)[0]


def test_an_item_that_changed_meanwhile_is_told() -> None:
    """The answer to an old question changes nothing."""
    turn = write(knowing().at(RewordingMemory("gone")), "Other words.", world())
    assert turn.rows == ()
    assert "changed or was forgotten" in said(turn)[0]


def test_a_command_in_the_middle_is_a_command() -> None:
    """It is not taken for the new words."""
    turn = write(knowing().at(RewordingMemory(WEAK.id)), "/cancel", world())
    assert turn.state.waiting_for == Idle()
    assert turn.state.memory == knowing().memory


def test_somebody_without_a_set_up_is_asked_for_it() -> None:
    """Nothing is remembered of a stranger."""
    assert "setup:quick" in keyboard(write(fresh(), "/memory", world()))
