"""Changing a draft: by button or by words; the stored answer and its lead follow, nothing else does."""

import msgspec
import pytest

from actors.session import revise
from actors.session.case_rows import by_id, revised
from actors.session.state import SessionState
from actors.session.turn import StartJob, Tap, Turn
from actors.session.waiting import Idle, TellingWish
from actors.telegram.parsing import Sender, TextMessage
from coaching.rows import row_id
from coaching.strategist import Draft
from storage import Row
from tests.actors.session.world import PROSPECT, answer, book, finished, keyboard, ready, said, world

RUN = "00000000-0000-4000-8000-000000000099"
CASE = {
    "id": row_id(RUN, "support_sessions"),
    "input_text": PROSPECT,
    "output_json": msgspec.to_builtins(answer()),
    "telegram_id": 7,
}
HERE = world(book(support_sessions=(CASE,)))
NEW = msgspec.json.encode(Draft(platform="Email", message="Shorter now?", word_count=99, playbook_reference=None))


def press(*words: str, state: SessionState | None = None) -> Turn | None:
    return revise.pressed(state or ready(), Tap(words, 5), HERE)


def write(words: str) -> Turn:
    sender = Sender(telegram_id=7, username="anna", first_name="Anna")
    return revise.take_wish(ready().at(TellingWish(RUN)), TextMessage(7, sender, 9, words, 0), HERE)


@pytest.mark.parametrize("name", ["shorter", "bolder"])
def test_a_button_revises_the_draft_with_all_that_was_known(name: str) -> None:
    """The job carries the prospect, the whole answer and the wish."""
    turn = press(name, RUN)
    assert turn is not None
    job = turn.state.jobs[0]
    assert turn.commands == (StartJob(job.run_id),)
    assert job.inputs["user_message"] == PROSPECT
    assert job.inputs["wish"] == revise.WISHES[name]
    assert job.inputs["strategist_output"] == CASE["output_json"]


def test_the_changed_draft_is_sent_and_stored_with_its_lead() -> None:
    """Only the draft changes: the answer keeps its analysis, the lead gets the new text, words are counted by us."""
    asked = press("shorter", RUN)
    assert asked is not None
    turn = finished(asked.state, asked.state.jobs[0].run_id, "reviser", NEW, HERE)
    assert said(turn)[-1] == "Shorter now?"
    stored = msgspec.convert(turn.rows[0].values["output_json"], dict[str, dict[str, object]])
    assert stored["draft"]["message"] == "Shorter now?"
    assert stored["draft"]["word_count"] == 2
    assert stored["analysis"] == msgspec.to_builtins(answer().analysis)
    assert turn.rows[1].where == {"id": row_id(RUN, "lead_registry")}
    assert f"revise:again:{RUN}" in keyboard(turn)


def test_a_wish_in_words_is_taken() -> None:
    """After Change the next text is the wish, whatever it says."""
    asked = press("tell", RUN)
    assert asked is not None
    assert asked.state.waiting_for == TellingWish(RUN)
    turn = write("Mention the trial")
    assert turn.state.jobs[0].inputs["wish"] == "Mention the trial"
    assert turn.state.waiting_for == Idle()


@pytest.mark.parametrize("words", ["", "  ", "x" * (revise.MAXIMUM_WISH + 1)])
def test_a_wish_of_the_wrong_size_changes_nothing(words: str) -> None:
    """One sentence says what to write, and the next text is taken again."""
    turn = write(words)
    assert turn.state == ready().at(TellingWish(RUN))
    assert len(said(turn)) == 1


def test_the_whole_answer_again_is_a_run_about_the_same_prospect() -> None:
    """The strategist reads the same text; the new answer will replace what is stored of the first."""
    turn = press("again", RUN)
    assert turn is not None
    assert (turn.state.jobs[0].kind, turn.state.jobs[0].subject) == ("support", RUN)


@pytest.mark.parametrize("words", [("shorter", "gone"), ("tell", "gone"), ("again", "gone"), ("louder", RUN), ()])
def test_buttons_of_what_is_not_the_reps_are_stale(words: tuple[str, ...]) -> None:
    """A run that is not among the rep's own rows cannot be touched."""
    assert press(*words) is None


def test_a_case_named_by_its_own_id_brings_its_lead_along() -> None:
    """A change asked for on the page is stored with the case and with the lead made in the same turn."""
    case_id, made_at = next(iter(HERE.book.rows("support_sessions"))), "2026-01-01T00:00:00+00:00"
    case = dict(HERE.book.rows("support_sessions")[case_id]) | {"created_at": made_at}
    leads: tuple[Row, ...] = (
        {"id": "older", "created_at": "2025-01-01T00:00:00+00:00"},
        {"id": "made", "created_at": made_at},
    )
    here = world(book(support_sessions=(case,), lead_registry=leads))
    rows = revised(by_id(case_id), answer(), here)
    assert [(row.table, row.where["id"]) for row in rows] == [("support_sessions", case_id), ("lead_registry", "made")]
    alone = world(book(support_sessions=(case,), lead_registry=leads[:1]))
    assert [row.table for row in revised(by_id(case_id), answer(), alone)] == ["support_sessions"]
