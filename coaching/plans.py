"""Engagement plans: what a model proposes, the steps as kept with the lead, and which comes next.

Days are counted from the step before: a step is due `after_days` after the one before it was done or skipped, so a
rep who is late is not told off for the whole rest of the plan.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from coaching.strategist import Line, Passage

DAY_S = 86_400.0
MINIMUM_STEPS, MAXIMUM_STEPS = 5, 8
LONGEST_WAIT_DAYS = 60


class ActionType(StrEnum):
    """What a step is, so that a rep sees at a glance what it takes."""

    EMAIL = "email"
    CALL = "call"
    MESSAGE = "message"
    COMMENT = "comment"
    MEETING = "meeting"
    RESEARCH = "research"


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    DONE = "done"
    SKIPPED = "skipped"


class PlannedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step as a model proposes it."""

    action: ActionType
    title: Annotated[Line, Meta(description="What to do, in a few words")]
    detail: Annotated[Passage, Meta(description="How, with this prospect, in one to three sentences")]
    after_days: Annotated[
        int, Meta(ge=0, le=LONGEST_WAIT_DAYS, description="Days after the step before; 0 for the same day")
    ]
    draft: Annotated[str, Meta(max_length=3000, description="The words to send or say; null for a step without")] | None


class PlanOutput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the planner answers."""

    goal: Annotated[Line, Meta(description="The one commitment this plan works towards")]
    steps: Annotated[tuple[PlannedStep, ...], Meta(min_length=MINIMUM_STEPS, max_length=MAXIMUM_STEPS)]


class PlanStep(msgspec.Struct, frozen=True):
    """A step as kept; `settled_at` says when it was done or skipped, in UTC epoch seconds."""

    action: ActionType
    title: str
    detail: str
    after_days: int
    draft: str | None = None
    status: StepStatus = StepStatus.PENDING
    settled_at: float | None = None


class Plan(msgspec.Struct, frozen=True):
    """A lead's plan; `id` tells the buttons of one plan from those of the one made after it."""

    id: str
    goal: str
    steps: tuple[PlanStep, ...]
    begun_at: float

    @property
    def next(self) -> int | None:
        """The number of the first pending step, from 0; None when the plan is through."""
        return next((n for n, step in enumerate(self.steps) if step.status is StepStatus.PENDING), None)

    def due(self, number: int) -> float:
        """When a step is due, in UTC epoch seconds: its days after what was settled last, or after the beginning.

        Steps that are pending in between add their days.
        """
        since, days = self.begun_at, 0
        for step in self.steps[: number + 1]:
            days += step.after_days
            if step.settled_at is not None:
                since, days = max(since, step.settled_at), 0
        return since + days * DAY_S


def planned(output: PlanOutput, plan_id: str, now: float) -> Plan:
    """A new plan from a model's proposal."""
    steps = tuple(
        PlanStep(step.action, step.title, step.detail, step.after_days, (step.draft or "").strip() or None)
        for step in output.steps
    )
    return Plan(plan_id, output.goal, steps, now)


def settled(plan: Plan, number: int, status: StepStatus, now: float) -> Plan | None:
    """The plan with this step done, skipped, or pending again; None where that changes nothing or there is none."""
    if not 0 <= number < len(plan.steps) or plan.steps[number].status is status:
        return None
    at = None if status is StepStatus.PENDING else now
    step = msgspec.structs.replace(plan.steps[number], status=status, settled_at=at)
    return msgspec.structs.replace(plan, steps=(*plan.steps[:number], step, *plan.steps[number + 1 :]))
