"""The rep's worked prospects as the page shows them: the list, one answer whole, and handing in another one."""

from typing import Literal

import msgspec

from actors.session import jobs, revise, support
from actors.session.case_rows import by_id
from actors.session.casebook import team_cases
from actors.session.flow import Flow
from actors.session.page import Action, NoBody, NotNow, NotThere, Parameters, Uploaded, View
from actors.session.pressing import aside, keep_keys_out, listen, press, say_to
from actors.session.state import Job, SessionState
from actors.session.turn import Turn, World
from actors.session.waiting import AwaitingProspect, TellingWish
from coaching.prospect import MAXIMUM_LENGTH, Verdict, judge
from coaching.rows import row_id
from coaching.strategist import StrategistOutput, prospect_name
from storage import Row, from_text

_PREVIEW = 200


class CaseLine(msgspec.Struct, frozen=True):
    """One worked prospect in a list; times are UTC epoch seconds.

    `run_id` is the run it came from, null for the oldest.
    """

    id: str
    run_id: str | None
    name: str | None
    company: str | None
    preview: str
    at: float


class Cases(msgspec.Struct, frozen=True):
    """The worked prospects, newest first, those still in line, and how many recordings are being put into words."""

    cases: tuple[CaseLine, ...]
    working: tuple["Working", ...]
    listening: int


class Working(msgspec.Struct, frozen=True):
    """A prospect that is being worked on or waits in line, in order."""

    run_id: str
    preview: str
    at: float


class CaseDetail(msgspec.Struct, frozen=True):
    """One answer, whole.

    `reference` is the playbook section that the draft really follows, `saved_as` its case in the casebook, or null.
    """

    id: str
    run_id: str | None
    text: str
    answer: StrategistOutput
    reference: str | None
    saved_as: str | None
    at: float


class DraftChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the draft is to be changed: as a button says, in the rep's own words, or all of the answer once more."""

    change: Literal["shorter", "bolder", "tell", "again"]
    text: str = ""


class Prospect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prospect handed in on the page."""

    text: str


def listed(state: SessionState, parameters: Parameters, world: World) -> Cases:
    """The rep's worked prospects."""
    rows = sorted(world.book.rows("support_sessions").values(), key=lambda row: str(row["created_at"]), reverse=True)
    return Cases(tuple(_line(row) for row in rows), tuple(_working(job) for job in state.line), len(state.hearings))


def one(state: SessionState, parameters: Parameters, world: World) -> CaseDetail:
    """One worked prospect."""
    row = world.book.rows("support_sessions").get(parameters["case_id"])
    if row is None:
        raise NotThere
    answer, case_id = _answer(row), row_id(str(row["id"]), "casebook")
    saved = any(case.id == case_id for case in team_cases(world))
    return CaseDetail(
        id=str(row["id"]),
        run_id=_run_id(row),
        text=str(row["input_text"]),
        answer=answer,
        reference=world.cited(answer.draft.playbook_reference),
        saved_as=case_id if saved else None,
        at=from_text(str(row["created_at"])),
    )


def hand_in(state: SessionState, parameters: Parameters, prospect: Prospect, world: World) -> Turn:
    """Take a prospect from the page; its answer comes to the chat as well."""
    text = prospect.text
    match judge(text):
        case Verdict.EMPTY:
            raise NotNow(world.texts("support-empty"))
        case Verdict.TOO_SHORT:
            raise NotNow(world.texts("support-short"))
        case Verdict.TOO_LONG:
            raise NotNow(world.texts("support-long", length=len(text), limit=MAXIMUM_LENGTH))
    return _taken(state, text, (), world)


def hand_in_picture(state: SessionState, parameters: Parameters, picture: Uploaded, world: World) -> Turn:
    """Take a screenshot of a prospect, with the words beside it, as the chat takes a photo."""
    return _taken(state, picture.text, (picture.reference,), world)


def hand_in_sound(state: SessionState, parameters: Parameters, sound: Uploaded, world: World) -> Turn:
    """Take a spoken prospect; its words come to the chat, and its answer to both."""
    if state.profile is None:
        raise NotNow(world.texts("setup-first"))
    return listen(state, AwaitingProspect(), sound, world)


def _taken(state: SessionState, text: str, images: tuple[str, ...], world: World) -> Turn:
    if state.profile is None:
        raise NotNow(world.texts("setup-first"))
    keep_keys_out(text, world)
    return aside(state, support.take(state, text, world, images), world)


def change(state: SessionState, parameters: Parameters, wanted: DraftChange, world: World) -> Turn:
    """Have the draft changed; the new one comes to the chat as well."""
    case_id = parameters["case_id"]
    if case_id not in world.book.rows("support_sessions"):
        raise NotThere
    if wanted.change == "tell":
        return say_to(revise.take_wish, state, TellingWish(by_id(case_id)), wanted.text, world)
    return press(revise.pressed, state, (wanted.change, by_id(case_id)), world)


def stop(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Stop what is being worked on and what waits, as /cancel does."""
    if not state.line:
        raise NotNow(world.texts("nothing-to-cancel"))
    turn = jobs.cancel(state, world)
    return msgspec.structs.replace(turn, state=turn.state.at(state.waiting_for))


def _line(row: Row) -> CaseLine:
    answer = _answer(row)
    return CaseLine(
        id=str(row["id"]),
        run_id=_run_id(row),
        name=prospect_name(answer),
        company=answer.prospect_info.company,
        preview=str(row["input_text"])[:_PREVIEW],
        at=from_text(str(row["created_at"])),
    )


def _working(job: Job) -> Working:
    return Working(job.run_id, job.text[:_PREVIEW], job.received_at)


def _run_id(row: Row) -> str | None:
    return str(row["run_id"]) if row.get("run_id") else None


def _answer(row: Row) -> StrategistOutput:
    return msgspec.convert(row["output_json"], StrategistOutput)


FLOW = Flow(
    views={"cases": View(listed, Cases), "cases/{case_id}": View(one, CaseDetail)},
    actions={
        "cases": Action(hand_in, then="cases", body=Prospect),
        "cases/photo": Action(hand_in_picture, then="cases", body=Uploaded, upload="picture"),
        "cases/voice": Action(hand_in_sound, then="cases", body=Uploaded, upload="sound"),
        "jobs/cancel": Action(stop, then="cases", writes=False),
        "cases/{case_id}/revise": Action(change, then="cases/{case_id}", body=DraftChange),
    },
)
