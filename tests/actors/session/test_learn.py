"""Lessons: the list, the gate, the scenario that ends a lesson, and what a score changes."""

import msgspec
import pytest

from actors.providers.messages import FailureKind
from actors.session.state import SessionState
from actors.session.turn import StartJob, Turn, World
from actors.session.waiting import AnsweringScenario, Idle
from tests.actors.session.practising import evidence, here, rows_of, tap, write
from tests.actors.session.world import failed, finished, fresh, keyboard, over, ready, said
from tests.coaching.samples import shipped

FIRST, SECOND = shipped().learn_tracks[0].levels[:2]
ANSWER = FIRST.scenario.ideal_response


def opened(at: World) -> SessionState:
    """The state in which the first level's scenario waits for its answer."""
    return tap(ready(), "learn:start:1.1", at).state


def scored(at: World, answer: str = ANSWER, only: tuple[str, ...] | None = None) -> Turn:
    """The turn that scores an answer to the first level."""
    asked = write(opened(at), answer, at)
    return finished(asked.state, asked.state.jobs[0].run_id, "trainer", evidence(FIRST.scenario, answer, only=only), at)


def passed(level_id: str) -> dict[str, object]:
    """The row of a level that was passed."""
    return {"id": level_id, "level_id": level_id, "status": "completed", "best_score": 80, "attempts_count": 1}


def test_the_list_shows_what_is_open() -> None:
    """One level open, three locked, a button for each."""
    turn = write(ready(), "/learn", here())
    assert keyboard(turn) == [f"learn:level:1.{n}" for n in (1, 2, 3, 4)]
    assert "60 of 100" in said(turn)[0]


@pytest.mark.parametrize("data", ["learn:level:1.2", "learn:start:1.4"])
def test_a_locked_level_opens_by_no_button(data: str) -> None:
    """A tap says what has to be passed first, and changes nothing."""
    turn = tap(ready(), data, here())
    assert turn.state == ready()
    assert (turn.calls, turn.rows) == ((), ())
    assert "Still locked: pass" in str(turn.at_once[0].parameters["text"])


def test_the_lesson_comes_before_its_scenario_and_the_rubric_before_the_answer() -> None:
    """Key points in the lesson; weights, criteria and the time in the scenario, which is marked as seen."""
    assert FIRST.lesson.key_points[0] in said(tap(ready(), "learn:level:1.1", here()))[0]
    turn = tap(ready(), "learn:start:1.1", here())
    (card,) = said(turn)
    assert "35 for: The first line is about something real in her plant." in card
    assert "2:00" in card
    assert rows_of(turn, "scenarios_seen")[0]["scenario_id"] == "learn_1_1"
    assert isinstance(turn.state.waiting_for, AnsweringScenario)


def test_an_answer_becomes_a_job_with_the_scenario_as_it_was_shown() -> None:
    """The trainer gets the answer and the sheet, without weights."""
    turn = write(opened(here()), ANSWER, here())
    (job,) = turn.state.jobs
    assert turn.commands == (StartJob(job.run_id),)
    assert (job.kind, job.pipeline, job.text) == ("learn", "learn", ANSWER)
    assert "weight" not in str(job.inputs["scenario"])
    assert turn.state.waiting_for == Idle()


def test_a_pass_is_written_whole_and_opens_the_next_level() -> None:
    """Attempt with the answer itself, points, level, badge and progress come in one turn."""
    turn = scored(here())
    (attempt,) = rows_of(turn, "attempts")
    assert (attempt["score"], attempt["user_response"], attempt["mode"]) == (100, ANSWER, "learn")
    assert attempt["xp_earned"] == 110
    (points,) = rows_of(turn, "users")
    assert (points["total_xp"], points["current_level"], points["streak_days"]) == (110, 1, 1)
    (progress,) = rows_of(turn, "track_progress")
    assert (progress["status"], progress["best_score"], progress["attempts_count"]) == ("completed", 100, 1)
    assert {row["badge"] for row in rows_of(turn, "badges")} == {"first_win", "perfect_score"}
    assert "1.2 Find the cost is open now." in said(turn)[-1]
    assert "learn:level:1.2" in keyboard(turn)


def test_the_feedback_quotes_the_rep() -> None:
    """Each point stands beside the rep's own words."""
    text = "\n".join(said(scored(here())))
    assert "“Hello Ms Oberlin,”" in text
    assert "+110 XP (strong first try)" in text


def test_below_the_gate_nothing_opens() -> None:
    """35 points: in progress, no next level, another try offered."""
    turn = scored(here(), only=("relevance",))
    (progress,) = rows_of(turn, "track_progress")
    assert (progress["status"], progress["best_score"]) == ("in_progress", 35)
    assert "learn:level:1.2" not in keyboard(turn)
    assert "practice:retry:learn_1_1:0" in keyboard(turn)
    assert "60 opens the next level" in said(turn)[-1]


def test_a_passed_level_stays_passed() -> None:
    """A worse retry counts, and takes nothing back."""
    turn = scored(here(track_progress=(passed("1.1"),)), only=("relevance",))
    (progress,) = rows_of(turn, "track_progress")
    assert (progress["status"], progress["best_score"], progress["attempts_count"]) == ("completed", 80, 2)


def test_the_last_level_of_a_track_has_a_bonus_once() -> None:
    """Fifty points and a word, the first time only."""
    rows = tuple(passed(f"1.{n}") for n in (2, 3, 4))
    first = scored(here(track_progress=rows))
    assert rows_of(first, "attempts")[0]["xp_earned"] == 160
    assert "the track is yours" in said(first)[-1]
    again = scored(here(track_progress=(*rows, passed("1.1"))))
    assert rows_of(again, "attempts")[0]["xp_earned"] == 110
    assert "the track is yours" not in said(again)[-1]


def test_memory_learns_from_the_answer() -> None:
    """The conversation is remembered with its category and score; an invented quote is not."""
    at = here()
    turn = scored(at)
    run_id = turn.state.jobs[0].run_id
    learned = {
        "patterns": [
            {"observation": "Offers an easy no.", "evidence": "one word is enough"},
            {"observation": "Invented.", "evidence": "never said"},
        ],
        "weak_areas": [],
        "preferences": {"response_length": None, "preferred_tone": None, "language": None},
    }
    kept = finished(turn.state, run_id, "memory", msgspec.json.encode(learned), at, last=False)
    memory = over(kept.state, run_id, at).state.memory
    assert [note.observation for note in memory.patterns_noted] == ["Offers an easy no."]
    assert (memory.recent_interactions[-1].category, memory.recent_interactions[-1].score) == ("opening", 100)


def test_a_failed_model_costs_nothing() -> None:
    """No attempt with score 0: the answer is kept for another try, which needs no writing again."""
    asked = write(opened(here()), ANSWER, here())
    turn = failed(asked.state, asked.state.jobs[0].run_id, FailureKind.UNAVAILABLE, here())
    assert turn.rows == ()
    retried = tap(turn.state, f"retry:{asked.state.jobs[0].run_id}", here())
    assert retried.state.jobs[0].text == ANSWER


def test_links_lead_to_a_lesson_or_to_the_list() -> None:
    """learn_1_1 opens its lesson, a locked or unknown one does not break."""
    assert "The first three lines" in said(write(ready(), "/start learn_1_1", here()))[0]
    assert "Still locked" in said(write(ready(), "/start learn_1_2", here()))[0]
    assert "60 of 100" in said(write(ready(), "/start learn_no_such", here()))[0]


def test_somebody_without_a_set_up_is_asked_for_it() -> None:
    """Lessons come after the set-up."""
    assert "setup:quick" in keyboard(write(fresh(), "/learn", here()))
    assert tap(fresh(), "learn:start:1.1", here()).state.waiting_for == Idle()
