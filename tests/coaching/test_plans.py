"""Plans: which step is next, when it is due, and what settling one changes."""

import pytest

from coaching.plans import DAY_S, ActionType, Plan, PlannedStep, PlanOutput, StepStatus, planned, settled

STEPS = tuple(PlannedStep(ActionType.CALL, f"Step {n}", "Call", days, None) for n, days in enumerate((0, 2, 3, 0, 7)))
PLAN = planned(PlanOutput("A trial", STEPS), "plan", 1_000.0)


def done(plan: Plan, number: int, now: float, status: StepStatus = StepStatus.DONE) -> Plan:
    after = settled(plan, number, status, now)
    assert after is not None
    return after


def test_days_add_up_from_the_beginning() -> None:
    """Nothing is settled: each step waits for those before it."""
    assert [PLAN.due(n) - 1_000.0 for n in range(5)] == [0, 2 * DAY_S, 5 * DAY_S, 5 * DAY_S, 12 * DAY_S]


def test_days_count_from_what_was_settled_last() -> None:
    """A rep who is late is not late with everything that follows."""
    late = done(PLAN, 0, 1_000.0 + 10 * DAY_S)
    assert late.next == 1
    assert late.due(1) == 1_000.0 + 12 * DAY_S


def test_settling_twice_or_nothing_is_nothing() -> None:
    """None where nothing changes."""
    assert settled(done(PLAN, 0, 5.0), 0, StepStatus.DONE, 6.0) is None
    assert settled(PLAN, 5, StepStatus.DONE, 6.0) is None
    assert settled(PLAN, -1, StepStatus.DONE, 6.0) is None


def test_a_step_taken_back_is_next_again() -> None:
    """Undo leaves no trace of the time."""
    assert done(done(PLAN, 0, 5.0, StepStatus.SKIPPED), 0, 9.0, StepStatus.PENDING) == PLAN


def test_a_plan_that_is_through_has_no_next_step() -> None:
    """Done and skipped count alike."""
    plan = PLAN
    for number in range(5):
        plan = done(plan, number, 5.0, StepStatus.SKIPPED if number % 2 else StepStatus.DONE)
    assert plan.next is None


@pytest.mark.parametrize("draft", ["", "  ", None])
def test_an_empty_draft_is_none(draft: str | None) -> None:
    """So that nobody is offered to copy nothing."""
    step = PlannedStep(ActionType.EMAIL, "Send", "It", 0, draft)
    assert planned(PlanOutput("A trial", (step,) * 5), "plan", 0.0).steps[0].draft is None
