"""What a rep does with a lead on the page: each the turn of the chat's own button or of the answer to its question."""

from typing import Literal

import msgspec

from actors.session import lead_detail, news, outcome, plan, reminders, research
from actors.session.flow import ButtonHandler, Flow
from actors.session.page import Action, ActionHandler, NoBody, NotNow, NotThere, Parameters, Uploaded
from actors.session.page_leads import mine
from actors.session.page_words import Words
from actors.session.pressing import press, say_to
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from actors.session.waiting import EditingLead, NotingLead, TellingOutcome, UpdatingLead
from coaching.leads import LeadStatus


class StatusChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the lead stands now."""

    status: LeadStatus


class LeadEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a lead, whole; an empty one is cleared, except the name."""

    name: str
    title: str
    company: str
    location: str


class StepChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a step of this plan."""

    plan_id: str
    change: Literal["done", "skip", "undo"]


class Reminder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the reminder comes again, or that it does not."""

    choice: Literal["3h", "1d", "3d", "7d", "stop"]


def set_status(state: SessionState, parameters: Parameters, change: StatusChange, world: World) -> Turn:
    """Set the status; a closed lead's outcome is asked for in the chat too."""
    lead = mine(parameters, world)
    return press(lead_detail.pressed, state, ("set", lead.id, change.status.value), world)


def note(state: SessionState, parameters: Parameters, words: Words, world: World) -> Turn:
    """Add a note."""
    return say_to(lead_detail.take_note, state, NotingLead(mine(parameters, world).id), words.text, world)


def edit(state: SessionState, parameters: Parameters, fields: LeadEdit, world: World) -> Turn:
    """Set the fields."""
    question = EditingLead(mine(parameters, world).id)
    values = {**msgspec.structs.asdict(fields)}
    if not fields.name.strip() and mine(parameters, world).name is None:
        del values["name"]
    lines = "\n".join(f"{field}: {' '.join(value.split())}" for field, value in values.items())
    return say_to(lead_detail.take_edit, state, question, lines, world)


def step(state: SessionState, parameters: Parameters, change: StepChange, world: World) -> Turn:
    """Settle a step or take that back."""
    words = (change.change, mine(parameters, world).id, parameters["number"], change.plan_id)
    return press(plan.pressed, state, words, world)


def prove(state: SessionState, parameters: Parameters, picture: Uploaded, world: World) -> Turn:
    """Keep a screenshot with a step of the plan."""
    turn = plan.keep_proof(state, mine(parameters, world), parameters["number"], picture.reference, world)
    if turn is None:
        raise NotThere
    return turn


def remind(state: SessionState, parameters: Parameters, reminder: Reminder, world: World) -> Turn:
    """Put the reminder off or stop it."""
    lead_id = mine(parameters, world).id
    words = ("stop", lead_id) if reminder.choice == "stop" else ("snooze", reminder.choice, lead_id)
    return press(reminders.pressed, state, words, world)


def tell_outcome(state: SessionState, parameters: Parameters, words: Words, world: World) -> Turn:
    """Keep what decided a closed lead."""
    lead = mine(parameters, world)
    if not lead.status.closed:
        raise NotNow(world.texts("page-lead-open"))
    return say_to(outcome.take, state, TellingOutcome(lead.id), words.text, world)


def tell_news(state: SessionState, parameters: Parameters, words: Words, world: World) -> Turn:
    """Keep news of the lead, which the next analysis reads."""
    return say_to(news.take, state, UpdatingLead(mine(parameters, world).id), words.text, world)


def _button(handler: ButtonHandler, wish: str) -> ActionHandler:
    """The action that presses one button of a lead."""

    def act(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
        return press(handler, state, (wish, mine(parameters, world).id), world)

    return act


_ONE = "leads/{lead_id}"
FLOW = Flow(
    actions={
        f"{_ONE}/status": Action(set_status, then=_ONE, body=StatusChange),
        f"{_ONE}/note": Action(note, then=_ONE, body=Words),
        f"{_ONE}/edit": Action(edit, then=_ONE, body=LeadEdit),
        f"{_ONE}/delete": Action(_button(lead_detail.pressed, "gone"), then="leads"),
        f"{_ONE}/outcome": Action(tell_outcome, then=_ONE, body=Words),
        f"{_ONE}/plan": Action(_button(plan.pressed, "make"), then=_ONE),
        f"{_ONE}/steps/{{number}}": Action(step, then=_ONE, body=StepChange),
        f"{_ONE}/steps/{{number}}/proof": Action(prove, then=_ONE, body=Uploaded, upload="picture", purpose="proof"),
        f"{_ONE}/remind": Action(remind, then=_ONE, body=Reminder),
        f"{_ONE}/research": Action(_button(research.pressed, "make"), then=_ONE),
        f"{_ONE}/news": Action(tell_news, then=_ONE, body=Words),
        f"{_ONE}/advise": Action(_button(news.pressed, "advise"), then=_ONE),
        f"{_ONE}/analyse": Action(_button(news.pressed, "again"), then=_ONE),
    }
)
