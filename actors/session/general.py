"""What belongs to no flow: help, leaving, and another try of what failed."""

from actors.session import hearing, jobs
from actors.session.flow import Flow
from actors.session.state import SessionState
from actors.session.turn import Turn, World, say
from actors.session.waiting import Idle


def help_(state: SessionState, rest: str, world: World) -> Turn:
    """Say what the coach can do."""
    return Turn(state, calls=say(state, world.texts("help")))


def cancel(state: SessionState, rest: str, world: World) -> Turn:
    """Stop the work under way, or leave the place in a conversation the rep is in."""
    if state.hearings:
        return hearing.cancel(state, world)
    if state.line:
        return jobs.cancel(state, world)
    text = "nothing-to-cancel" if isinstance(state.waiting_for, Idle) else "cancelled-flow"
    return Turn(state.at(Idle()), calls=say(state, world.texts(text)))


FLOW = Flow(commands={"help": help_, "cancel": cancel}, buttons={"retry": jobs.retry})
