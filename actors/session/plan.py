"""A lead's plan: made, shown, its steps done, skipped and taken back; every change sets the reminder anew."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.copying import to_copy
from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.lead_rows import activity, changed, find_lead, lead_input, scheduled, title
from actors.session.state import Job, Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.telegram.rendering import Button, Keyboard
from coaching.leads import Lead
from coaching.plans import ActionType, Plan, PlanOutput, StepStatus, planned, settled
from storage import to_text

SETTLING = {"done": StepStatus.DONE, "skip": StepStatus.SKIPPED, "undo": StepStatus.PENDING}
PROOF = "step_proof"
MARKS = {StepStatus.PENDING: "○", StepStatus.DONE: "✓", StepStatus.SKIPPED: "✕"}


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Make or show a plan, or settle one of its steps; a button of an older plan means nothing any more."""
    profile = state.profile
    if profile is None or len(tap.words) < 2:
        return None
    wish, lead_id, *rest = tap.words
    lead = find_lead(lead_id, world)
    if lead is None:
        return None
    match wish, rest:
        case "make", []:
            return _make(state, lead, world)
        case "show", [] if lead.plan:
            return show(state, tap, plan_text(lead, lead.plan, profile, world), _buttons(lead, lead.plan, world))
        case (("done" | "skip" | "undo"), [number, plan_id]) if lead.plan and plan_id == lead.plan.id:
            return _settle(state, profile, lead, lead.plan, wish, number, tap, world)
        case "draft", [number, plan_id] if lead.plan and plan_id == lead.plan.id:
            return _draft(state, lead, lead.plan, number, world)
    return None


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Keep the new plan with its lead and show it; its first step sets the reminder."""
    lead, profile = find_lead(job.subject, world), state.profile
    if lead is None or profile is None:
        return Turn(state, calls=say(state, world.texts("lead-gone")))
    output = msgspec.json.decode(job.finished["planner"], type=PlanOutput)
    plan = planned(output, job.run_id[-8:], world.now)
    kept = msgspec.structs.replace(lead, plan=plan)
    rows = (_kept(kept, plan, profile, world), activity(state, lead.id, "plan_made", plan.goal, world))
    text = plan_text(kept, plan, profile, world)
    return Turn(state, calls=say(state, text, _buttons(kept, plan, world)), rows=rows)


def step_name(plan: Plan, number: int) -> str:
    """What a step is called where something is kept with it: plans that came before have other steps."""
    return f"{plan.id}:{number}"


def keep_proof(state: SessionState, lead: Lead, number: str, upload: str, world: World) -> Turn | None:
    """Keep a picture with a step of the lead's plan; None where there is no such step."""
    steps = lead.plan.steps if lead.plan else ()
    if lead.plan is None or not number.isdecimal() or len(number) > 2 or int(number) >= len(steps):
        return None
    step = steps[int(number)]
    write = activity(state, lead.id, PROOF, step.title, world)
    kept = {**write.rows[0], "step": step_name(lead.plan, int(number)), "upload": upload}
    rows = (msgspec.structs.replace(write, rows=(kept,)),)
    return Turn(state, calls=say(state, world.texts("plan-proof", lead=title(lead, world), step=step.title)), rows=rows)


def plan_text(lead: Lead, plan: Plan, profile: Profile, world: World) -> str:
    """The plan with every step, what is next and when it is due on the rep's clock."""
    lines = [world.texts("plan-title", lead=title(lead, world), goal=plan.goal)]
    for number, step in enumerate(plan.steps):
        line = f"{MARKS[step.status]} {number + 1}. {world.texts(f'action-{step.action.value}')}: {step.title}"
        if number == plan.next:
            due = profile.settings.local(plan.due(number)).strftime("%d %b")
            line = "\n   ".join((line, step.detail, world.texts("plan-due", day=due)))
        lines.append(line)
    if plan.next is None:
        lines.append(world.texts("plan-through"))
    return "\n".join(lines)


def step_buttons(lead: Lead, plan: Plan, number: int, world: World) -> tuple[Button, ...]:
    """Done, Skip and Draft of one step."""
    names = ("done", "skip", *(("draft",) if plan.steps[number].draft else ()))
    return tuple(
        Button(label=world.texts(f"button-step-{name}"), data=f"plan:{name}:{lead.id}:{number}:{plan.id}")
        for name in names
    )


def _make(state: SessionState, lead: Lead, world: World) -> Turn:
    if any(job.kind == "plan" and job.subject == lead.id for job in state.jobs):
        return Turn(state, notice=world.texts("plan-under-way"))
    inputs: dict[str, object] = {"user_message": lead.context, "lead": lead_input(lead, world)}
    return enqueue(state, new_job("plan", inputs, world, subject=lead.id), world)


def _settle(
    state: SessionState, profile: Profile, lead: Lead, plan: Plan, wish: str, number: str, tap: Tap, world: World
) -> Turn | None:
    if not number.isdecimal() or len(number) > 2:
        return None
    after = settled(plan, int(number), SETTLING[wish], world.now)
    if after is None:
        return None
    step = plan.steps[int(number)]
    contact = wish == "done" and step.action is not ActionType.RESEARCH
    lead = msgspec.structs.replace(lead, plan=after, contacted_at=world.now if contact else lead.contacted_at)
    rows = (
        _kept(lead, after, profile, world, contact=contact),
        activity(state, lead.id, f"step_{wish}", step.title, world),
    )
    turn = show(state, tap, plan_text(lead, after, profile, world), _buttons(lead, after, world))
    return msgspec.structs.replace(turn, rows=rows, notice=world.texts(f"plan-{wish}"))


def _kept(lead: Lead, plan: Plan, profile: Profile, world: World, *, contact: bool = False) -> RowWrite:
    values = {"engagement_plan": msgspec.to_builtins(plan), **scheduled(lead, profile, world)}
    return changed(lead, values | ({"last_contacted": to_text(world.now)} if contact else {}), world)


def _draft(state: SessionState, lead: Lead, plan: Plan, number: str, world: World) -> Turn | None:
    """The draft of a step and, while the step is the next one, Done under it for when it was sent."""
    steps = plan.steps
    draft = steps[int(number)].draft if number.isdecimal() and len(number) < 3 and int(number) < len(steps) else None
    if draft is None:
        return None
    done = step_buttons(lead, plan, int(number), world)[:1] if int(number) == plan.next else ()
    return Turn(state, calls=to_copy(state.rep.telegram_id, draft, world, (done,) if done else ()))


def _buttons(lead: Lead, plan: Plan, world: World) -> Keyboard:
    rows: list[tuple[Button, ...]] = []
    if plan.next is not None:
        rows.append(step_buttons(lead, plan, plan.next, world))
    before = max((n for n, step in enumerate(plan.steps) if step.settled_at is not None), default=None)
    undo = (Button(label=world.texts("button-step-undo"), data=f"plan:undo:{lead.id}:{before}:{plan.id}"),)
    again = (Button(label=world.texts("button-plan-again"), data=f"plan:make:{lead.id}"),)
    rows.append((*(undo if before is not None else ()), *again))
    rows.append((Button(label=world.texts("button-back"), data=f"lead:view:{lead.id}"),))
    return tuple(rows)


FLOW = Flow(buttons={"plan": pressed}, jobs={"plan": JobFlow(answered=answered)})
