"""The one shape of every flow: what it is asked by, and the pure functions that answer.

A flow is a module of `actors.session` that exports `FLOW` and stands in `flows.FLOWS`. Every handler is pure: the
state and what came in give a `Turn`. A handler may be called twice for one event (see `book`), so it keeps nothing.
"""

from collections.abc import Callable, Mapping

import msgspec

from actors.providers.messages import FailureKind, Provider
from actors.session.gathering import Bundle
from actors.session.page import Action, View
from actors.session.state import Job, SessionState
from actors.session.turn import Tap, Turn, World
from actors.session.waiting import Waiting
from actors.telegram.parsing import TextMessage


class Failure(msgspec.Struct, frozen=True):
    """Why a job has no answer; `retry_after_s` where the provider said, and the provider where one was asked."""

    kind: FailureKind
    retry_after_s: float | None = None
    provider: Provider | None = None


CommandHandler = Callable[[SessionState, str, World], Turn]
"""Answers a command; the text is what stood after it, stripped."""
ButtonHandler = Callable[[SessionState, Tap, World], Turn | None]
"""Answers a tap; None for a button that no longer means anything, which the rep is told and nothing changes."""
PictureHandler = Callable[[SessionState, Bundle, World], Turn]
"""Takes pictures, with the words beside them, where the session waits for some."""
TextHandler = Callable[[SessionState, TextMessage, World], Turn]
"""Takes a text where the session waits for one."""
LinkHandler = Callable[[SessionState, str, World], Turn]
"""Follows a deep link; the text is what stood after the flow's own word in its payload."""
NudgeHandler = Callable[[SessionState, str, World], Turn]
"""Acts on a time that has come; the text is the nudge's subject."""
JobHandler = Callable[[SessionState, Job, World], Turn]
"""Takes a job's outputs, which are in `job.finished` by agent."""
FailureHandler = Callable[[SessionState, Job, Failure, World], Turn]
"""Says that a job failed, in place of the common sentence with its Try again."""


class JobFlow(msgspec.Struct, frozen=True):
    """Who takes the answer of one kind of job.

    `answered` runs once, when every step that is waited for has ended; `ended` once, when the background steps have
    too, with the job out of the state already. `failed` runs instead of `answered`. `reads` are the rep's tables that
    `answered` looks into: they are read while the model works, and nobody waits for them afterwards.
    """

    answered: JobHandler
    ended: JobHandler | None = None
    failed: FailureHandler | None = None
    reads: tuple[str, ...] = ()


class Flow(msgspec.Struct, frozen=True):
    """One flow's doors.

    `buttons` maps the first word of a button's data, `texts` and `pictures` the waiting state's type, `links` the
    payload of /start up to its first `_` (the longest word that fits wins), `views` and `actions` the paths a page
    asks for.
    """

    commands: Mapping[str, CommandHandler] = {}
    buttons: Mapping[str, ButtonHandler] = {}
    texts: Mapping[type[Waiting], TextHandler] = {}
    pictures: Mapping[type[Waiting], PictureHandler] = {}
    jobs: Mapping[str, JobFlow] = {}
    links: Mapping[str, LinkHandler] = {}
    nudges: Mapping[str, NudgeHandler] = {}
    views: Mapping[str, View] = {}
    actions: Mapping[str, Action] = {}
