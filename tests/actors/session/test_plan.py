"""A lead's plan in the chat: made once, settled step by step, and the reminder that follows every change."""

import msgspec
import pytest

from actors.session.turn import Turn, World
from coaching.plans import PlanOutput, StepStatus
from tests.actors.session.leading import DAY, LEAD, lead, plan, planned_lead, stored, with_leads
from tests.actors.session.practising import rows_of, tap, write
from tests.actors.session.world import NOW, finished, keyboard, ready, said
from tests.eval.practice import asked

SHOW = f"plan:show:{LEAD}"


def settle(wish: str, number: int, at: World, plan_id: str = "plan1") -> Turn:
    """Tap a button of the plan and keep what it writes."""
    turn = tap(ready(), f"plan:{wish}:{LEAD}:{number}:{plan_id}", at)
    at.book.apply(turn.rows)
    return turn


def test_a_plan_is_made_from_all_that_is_known_and_sets_the_reminder() -> None:
    """The practice model's own plan: five to eight steps, kept, shown with its next step, reminded of."""
    at = with_leads(lead(notes="met in Bremen"))
    made = tap(ready(), f"plan:make:{LEAD}", at)
    job = made.state.jobs[0]
    assert "met in Bremen" in str(job.inputs["lead"])
    output = asked("planner", user_message=str(job.inputs["user_message"]), lead=job.inputs["lead"])
    turn = finished(made.state, job.run_id, "planner", output, at)
    at.book.apply(turn.rows)
    kept = stored(at)
    assert kept.plan is not None
    assert 5 <= len(kept.plan.steps) <= 8
    assert kept.remind_at is not None
    assert f"plan:done:{LEAD}:0:{kept.plan.id}" in keyboard(turn)
    assert all(len(data.encode()) <= 64 for data in keyboard(turn))


def test_two_taps_make_one_plan() -> None:
    """The second says that it is under way."""
    at = with_leads(lead())
    once = tap(ready(), f"plan:make:{LEAD}", at)
    twice = tap(once.state, f"plan:make:{LEAD}", at)
    assert twice.state == once.state


def test_done_shows_the_next_step_and_when_it_is_due() -> None:
    """Days count from what was settled, contact is noted, the reminder follows."""
    at = with_leads(planned_lead())
    turn = settle("done", 0, at)
    assert stored(at).contacted_at == NOW
    assert stored(at).remind_at is not None
    assert stored(at).remind_at >= NOW + 2 * DAY  # type: ignore[operator]
    assert "✓ 1." in said(turn)[0]
    assert f"plan:done:{LEAD}:1:plan1" in keyboard(turn)
    assert settle("done", 0, at).rows == ()


def test_a_step_is_taken_back() -> None:
    """Undo makes it pending and due again."""
    at = with_leads(planned_lead())
    settle("skip", 0, at)
    assert stored(at).contacted_at is None
    settle("undo", 0, at)
    kept = stored(at).plan
    assert kept is not None
    assert kept.steps[0].status is StepStatus.PENDING


def test_a_plan_that_is_through_reminds_of_nothing() -> None:
    """After the last step there is no next moment."""
    at = with_leads(planned_lead())
    for number in range(5):
        turn = settle("done", number, at)
    assert stored(at).remind_at is None
    assert "Every step is settled" in said(turn)[0]


def test_a_draft_comes_alone() -> None:
    """So that copying copies nothing else; a step without one has no such button."""
    at = with_leads(planned_lead())
    assert said(settle("draft", 0, at)) == ["Hello Maria"]
    assert settle("draft", 1, at).calls == ()


@pytest.mark.parametrize(
    "data",
    [
        f"plan:done:{LEAD}:0:older",
        f"plan:done:{LEAD}:99:plan1",
        f"plan:done:{LEAD}:x:plan1",
        f"plan:undo:{LEAD}:0:plan1",
        f"plan:show:{LEAD[:-1]}b",
        f"plan:make:{LEAD[:-1]}b",
        f"plan:dance:{LEAD}",
        "plan",
    ],
)
def test_stale_buttons_change_nothing(data: str) -> None:
    """Another plan's, another rep's, or no step at all."""
    turn = tap(ready(), data, with_leads(planned_lead()))
    assert (turn.state, turn.calls, turn.rows) == (ready(), (), ())


def test_a_lead_deleted_while_it_was_planned_is_told() -> None:
    """Nothing is written for it."""
    at = with_leads(lead())
    made = tap(ready(), f"plan:make:{LEAD}", at)
    output = asked("planner", user_message="Maria Keller", lead={})
    at.book.apply(tap(ready(), f"lead:gone:{LEAD}", at).rows)
    turn = finished(made.state, made.state.jobs[0].run_id, "planner", output, at)
    assert turn.rows == ()
    assert msgspec.json.decode(output, type=PlanOutput).goal
    assert plan().next == 0
    assert rows_of(turn, "lead_registry") == []


def test_a_command_in_the_middle_leaves_the_plan() -> None:
    """Commands go their own way."""
    assert "leads" in said(write(ready(), "/leads", with_leads(planned_lead())))[0]
