"""The support flow: answers in order, failures with another try, nothing answered twice."""

import msgspec

from actors.providers.messages import FailureKind
from actors.session import jobs, support
from actors.session.turn import EndDraftOf, StartJob, Tap
from coaching.memory import MemoryOutput, PreferencesUpdate
from tests.actors.session.world import PROSPECT, answer, failed, finished, over, ready, said, world

OUTPUT = msgspec.json.encode(answer())
LEARNED = msgspec.json.encode(MemoryOutput((), (), PreferencesUpdate()))


def test_an_answer_is_sent_with_the_draft_in_a_message_of_its_own() -> None:
    """The last message is the draft and nothing else, so that copying it copies just that."""
    here = world()
    state = support.take(ready(), PROSPECT, here).state
    turn = finished(state, state.jobs[0].run_id, "strategist", OUTPUT, here, model="some/model")
    assert said(turn)[-1] == answer().draft.message
    assert "Maria Keller" in said(turn)[0]
    assert "some/model" in said(turn)[0]
    assert {write.table for write in turn.rows} == {"support_sessions", "lead_registry", "lead_activity_log"}


def test_a_long_strategy_never_cuts_the_draft() -> None:
    """Whatever the length of the answer, every message fits and the draft is whole."""
    here = world()
    long = msgspec.structs.replace(answer("word " * 2000))
    state = support.take(ready(), PROSPECT, here).state
    run = state.jobs[0].run_id
    turn = finished(state, run, "strategist", msgspec.json.encode(long), here)
    texts = said(turn)
    assert all(len(text.encode("utf-16-le")) // 2 <= 4096 for text in texts)
    assert "".join(texts).count("word") == 2000


def test_an_answer_that_comes_twice_is_sent_once() -> None:
    """A step's output is taken once; a repetition changes nothing."""
    here = world()
    state = support.take(ready(), PROSPECT, here).state
    run = state.jobs[0].run_id
    once = finished(state, run, "strategist", OUTPUT, here)
    twice = finished(once.state, run, "strategist", OUTPUT, here)
    assert twice.calls == ()
    assert twice.state == once.state


def test_the_next_case_starts_when_the_one_before_is_answered() -> None:
    """Background steps of an answered case do not hold up the next."""
    here = world()
    state = support.take(support.take(ready(), PROSPECT, here).state, f"{PROSPECT} Also Tom.", here).state
    first, second = state.jobs
    turn = finished(state, first.run_id, "strategist", OUTPUT, here)
    assert turn.commands == (EndDraftOf(first.draft_id), StartJob(second.run_id))


def test_what_a_case_taught_is_remembered_when_it_is_over() -> None:
    """At the end of the run the memory row holds one more interaction, even if the memory agent failed."""
    here = world()
    state = support.take(ready(), PROSPECT, here).state
    run = state.jobs[0].run_id
    state = finished(state, run, "strategist", OUTPUT, here).state
    for learned in (False, True):
        told = finished(state, run, "memory", LEARNED, here, last=False).state if learned else state
        turn = over(told, run, here)
        assert turn.state.jobs == ()
        assert turn.state.memory.total_sessions == 1
        assert turn.rows[0].table == "user_memory"


def test_a_failure_is_one_sentence_with_another_try() -> None:
    """Each way to fail has its words; the text is kept and one tap runs it again."""
    for kind in FailureKind:
        here = world()
        state = support.take(ready(), PROSPECT, here).state
        run = state.jobs[0].run_id
        turn = failed(state, run, kind, here, 7.0)
        assert len(said(turn)) == 1
        assert turn.state.jobs == ()
        again = jobs.retry(turn.state, Tap((run,), None), here)
        assert again is not None
        assert again.state.jobs[0].text == PROSPECT
        assert again.state.jobs[0].run_id != run


def test_a_failed_background_step_is_not_the_reps_business() -> None:
    """When the memory agent fails, the rep, who has the answer, hears nothing."""
    here = world()
    state = support.take(ready(), PROSPECT, here).state
    run = state.jobs[0].run_id
    state = finished(state, run, "strategist", OUTPUT, here).state
    assert failed(state, run, FailureKind.UNAVAILABLE, here).calls == ()


def test_stop_under_the_draft_cancels_that_case() -> None:
    """Telegram's Stop button ends the work, not just the picture of it; a stale one does nothing."""
    here = world()
    state = support.take(ready(), PROSPECT, here).state
    assert jobs.stop_draft(state, state.jobs[0].draft_id, here).state.jobs == ()
    assert jobs.stop_draft(state, state.jobs[0].draft_id + 1, here).state == state


def test_a_second_answer_about_the_same_prospect_replaces_the_first() -> None:
    """A run about an earlier one updates its stored answer and its lead, and adds no lead."""
    here = world()
    job = jobs.new_job("support", {"user_message": PROSPECT}, here, subject="first")
    state = jobs.enqueue(ready(), job, here).state
    turn = finished(state, job.run_id, "strategist", OUTPUT, here)
    assert [(write.table, write.action) for write in turn.rows] == [
        ("support_sessions", "update"),
        ("lead_registry", "update"),
    ]
