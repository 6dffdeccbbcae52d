"""The jobs of a rep: how they wait in line, start, end, fail, are stopped and tried again, whatever their kind."""

import msgspec

from actors.session.agent_models import chosen_models
from actors.session.failure_text import failure_text
from actors.session.flow import Failure, JobFlow
from actors.session.state import Job, SessionState, draft_number
from actors.session.turn import Command, EndDraftOf, StartJob, StopJob, Tap, Turn, World, say
from actors.session.waiting import Idle
from actors.telegram.rendering import Button

MAXIMUM_WAITING = 10
"""How many jobs of one rep may wait for their answer; one more is declined with a sentence."""


def new_job(
    kind: str,
    inputs: dict[str, object],
    world: World,
    *,
    pipeline: str = "",
    subject: str = "",
    background: bool = False,
    images: tuple[str, ...] = (),
) -> Job:
    """A job that nobody works on yet; the pipeline has the kind's name unless another is given."""
    run_id = world.new_id()
    return Job(
        run_id=run_id,
        kind=kind,
        pipeline=pipeline or kind,
        inputs=inputs,
        draft_id=draft_number(run_id),
        received_at=world.now,
        subject=subject,
        background=background,
        images=images,
        models=chosen_models(world),
    )


def enqueue(state: SessionState, job: Job, world: World) -> Turn:
    """Accept a job; it starts at once or waits for those before it. The rep's next message is an ordinary one.

    One that asks for the very same as one in line, as a second tap does, is not done twice.
    """
    before = len(state.line)
    if job.background:
        return Turn(_with_new(state, job), commands=(StartJob(job.run_id),))
    if any(_same(job, one) for one in state.line):
        return Turn(state, calls=say(state, world.texts("jobs-same")))
    if before >= MAXIMUM_WAITING:
        return Turn(state, calls=say(state, world.texts("jobs-full", limit=MAXIMUM_WAITING)))
    queued = msgspec.structs.replace(_with_new(state, job), waiting_for=Idle(), offered=None, failed_job=None)
    if before:
        return Turn(queued, calls=say(state, world.texts("jobs-queued", position=before)))
    return Turn(queued, commands=(StartJob(job.run_id),))


def step_finished(
    state: SessionState, flow: JobFlow, run_id: str, agent: str, output: bytes, model: str, world: World, *, last: bool
) -> Turn:
    """Keep a step's output; with the last one that is waited for, the job's flow answers the rep."""
    job = state.job(run_id)
    if job is None or agent in job.finished:
        return Turn(state)
    job = msgspec.structs.replace(job, finished={**job.finished, agent: output}, model=job.model or model)
    if job.answered or not last:
        return Turn(state.with_job(job))
    job = msgspec.structs.replace(job, answered=True, model=model)
    turn = flow.answered(state.with_job(job), job, world)
    return msgspec.structs.replace(turn, commands=(EndDraftOf(job.draft_id), *turn.commands, *_next(turn, state)))


def failed(state: SessionState, flow: JobFlow, run_id: str, failure: Failure, world: World) -> Turn:
    """Tell the rep why there is no answer and keep the job for another try; background work fails silently."""
    job = state.job(run_id)
    if job is None or job.answered:
        return Turn(state)
    without = state.without_job(run_id)
    if flow.failed is not None:
        turn = flow.failed(without, job, failure, world)
    elif job.background:
        return Turn(without)
    else:
        turn = _failed(without, job, failure, world)
    return msgspec.structs.replace(turn, commands=(EndDraftOf(job.draft_id), *turn.commands, *_next(turn, state)))


def ended(state: SessionState, flow: JobFlow, run_id: str, world: World) -> Turn:
    """Every step has ended: the job is over."""
    job = state.job(run_id)
    if job is None:
        return Turn(state)
    over = state.without_job(run_id)
    if not job.answered or flow.ended is None:
        return Turn(over)
    return flow.ended(over, job, world)


def retry(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Put the job that failed last in line again, as a run of its own that repeats no finished step."""
    job = state.failed_job
    if job is None or tap.words != (job.run_id,):
        return None
    again = new_job(job.kind, job.inputs, world, pipeline=job.pipeline, subject=job.subject, images=job.images)
    return enqueue(state, msgspec.structs.replace(again, finished=job.finished), world)


def cancel(state: SessionState, world: World) -> Turn:
    """Stop the job being worked on and drop those that wait; answered and background ones go on."""
    current, *later = state.line
    kept = tuple(job for job in state.jobs if job not in state.line)
    stopped = msgspec.structs.replace(state, waiting_for=Idle(), jobs=kept)
    name = "cancelled-jobs" if later else "cancelled-job"
    said = say(state, world.texts(name, waiting=len(later)))
    return Turn(stopped, calls=said, commands=(StopJob(current.run_id, current.draft_id),))


def stop_draft(state: SessionState, draft_id: int, world: World) -> Turn:
    """Stop was pressed under a growing draft: the same as /cancel, if that job is still being worked on."""
    if not state.line or state.line[0].draft_id != draft_id:
        return Turn(state)
    return cancel(state, world)


def _same(job: Job, other: Job) -> bool:
    def wish(one: Job) -> tuple[object, ...]:
        return one.kind, one.subject, one.inputs, one.images

    return wish(job) == wish(other)


def _with_new(state: SessionState, job: Job) -> SessionState:
    return msgspec.structs.replace(state, jobs=(*state.jobs, job))


def _failed(state: SessionState, job: Job, failure: Failure, world: World) -> Turn:
    text = failure_text(state, failure, world)
    keyboard = ((Button(label=world.texts("button-retry"), data=f"retry:{job.run_id}"),),)
    return Turn(msgspec.structs.replace(state, failed_job=job), calls=say(state, text, keyboard))


def _next(turn: Turn, before: SessionState) -> tuple[Command, ...]:
    """The start of the job that is first in line now, unless it was before or the turn started it itself."""
    if not turn.state.line:
        return ()
    first = turn.state.line[0].run_id
    started = {command.run_id for command in turn.commands if isinstance(command, StartJob)}
    under_way = {before.line[0].run_id} if before.line else set()
    return () if first in started | under_way else (StartJob(first),)
