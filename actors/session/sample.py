"""The free sample: one prospect worked on before the set-up, on the team's key, of which nothing is stored."""

import msgspec

from actors.session.answer import answer_calls
from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.onboarding import choice
from actors.session.state import Job, SessionState
from actors.session.turn import Turn, World, say
from coaching.strategist import StrategistOutput, tidied


def take(state: SessionState, text: str, images: tuple[str, ...], world: World) -> Turn:
    """Work on a newcomer's first prospect; the sample counts as spent once it was answered."""
    pipeline = "sample_photo" if images else "sample"
    return enqueue(state, new_job("sample", {"user_message": text}, world, pipeline=pipeline, images=images), world)


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Send the answer, and the choice of how to go on under it."""
    output = tidied(msgspec.json.decode(job.finished["strategist"], type=StrategistOutput))
    practice = world.default_provider in world.practice
    answer = answer_calls(state.rep.telegram_id, output, job.model, None, practice=practice, world=world)
    sampled = msgspec.structs.replace(state, sampled=True)
    return Turn(sampled, calls=(*answer, *say(state, world.texts("sample-over"), choice(world))))


FLOW = Flow(jobs={"sample": JobFlow(answered=answered)})
