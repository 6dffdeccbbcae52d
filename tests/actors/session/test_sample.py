"""The free sample: a newcomer sees what the coach does before any set-up, and nothing of it is kept."""

import msgspec

from actors.session import support
from actors.session.turn import StartJob
from tests.actors.session.world import PROSPECT, answer, finished, fresh, said, world


def test_a_newcomers_first_prospect_is_answered_without_a_set_up() -> None:
    """The answer comes whole, then the choice of how to go on; no row is written."""
    here = world()
    taken = support.take(fresh(), PROSPECT, here)
    job = taken.state.jobs[0]
    assert (job.kind, taken.commands) == ("sample", (StartJob(job.run_id),))
    turn = finished(taken.state, job.run_id, "strategist", msgspec.json.encode(answer()), here)
    assert answer().draft.message in said(turn)
    assert said(turn)[-1] == here.texts("sample-over")
    assert turn.rows == ()


def test_there_is_one_sample() -> None:
    """The second prospect of a newcomer asks for the set-up; a sample that failed may be tried again."""
    here = world()
    taken = support.take(fresh(), PROSPECT, here)
    spent = finished(taken.state, taken.state.jobs[0].run_id, "strategist", msgspec.json.encode(answer()), here).state
    again = support.take(spent, PROSPECT, here)
    assert said(again) == [here.texts("setup-first")]
    assert not taken.state.sampled
