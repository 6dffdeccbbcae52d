"""Messages understood and sent by the Sessions supervisor, the sessions and their pipeline runs."""

import msgspec

from actors.providers.messages import FailureKind, Provider


class HandleUpdate(msgspec.Struct, frozen=True):
    """A journalled Telegram update for one rep: `raw` is the update's JSON as Telegram sent it."""

    actor_key: str
    source: str
    number: int
    raw: bytes


class DescribeSessions(msgspec.Struct, frozen=True):
    """Ask how many reps are at work; answered by `SessionsDescribed`."""


class SessionsDescribed(msgspec.Struct, frozen=True):
    """Sessions that live now, and reps who wrote, tapped or used the page in the last hour and day, since the start."""

    active_now: int
    active_1h: int
    active_24h: int


class Resume(msgspec.Struct, frozen=True):
    """Wake this session after a start: the journal holds unfinished work for it."""

    actor_key: str


class RepUnreachable(msgspec.Struct, frozen=True):
    """Telegram refuses to deliver to this rep: blocked, or the account is gone."""

    actor_key: str


class Nudge(msgspec.Struct, frozen=True):
    """A time has come for this rep: what for, about what, and a token that tells this time from the next one.

    The same three are acted on once, however often they are sent.
    """

    actor_key: str
    kind: str
    subject: str
    token: str


class Letter(msgspec.Struct, frozen=True):
    """One session's word to another, kept in the journal until the other acted on it: what for, and about what."""

    telegram_id: int
    kind: str
    subject: str


class Enter(msgspec.Struct, frozen=True):
    """Somebody opened the page; `Answered` with an empty body where they may use it, else `Refused`."""

    actor_key: str
    username: str | None
    first_name: str


class Look(msgspec.Struct, frozen=True):
    """A page wants to see a view; answered by `Answered` or `Refused`."""

    actor_key: str
    view: str
    parameters: dict[str, str]


class Act(msgspec.Struct, frozen=True):
    """A page wants something done; `id` is the page's own, and the same one twice is done once.

    Answered by `Answered` with the view that follows, once the turn is durable, or by `Refused`.
    """

    actor_key: str
    action: str
    parameters: dict[str, str]
    body: bytes
    id: str


class Answered(msgspec.Struct, frozen=True):
    """A view, as JSON."""

    body: bytes


class Refused(msgspec.Struct, frozen=True):
    """No: an HTTP status, and one sentence that says what to do."""

    status: int
    text: str


class Changed(msgspec.Struct, frozen=True):
    """A rep's rows or line of work changed: what a page shows of these tables is old."""

    telegram_id: int
    tables: tuple[str, ...]


class Progressed(msgspec.Struct, frozen=True):
    """A run of this rep goes on: what is to be read of it so far, whole."""

    telegram_id: int
    run_id: str
    text: str


class StepStarted(msgspec.Struct, frozen=True):
    """A pipeline step began."""

    run_id: str
    agent: str


class StepQueued(msgspec.Struct, frozen=True):
    """A pipeline step waits for its provider."""

    run_id: str
    agent: str
    position: int
    expected_wait_s: float


class StepProgressed(msgspec.Struct, frozen=True):
    """The answer of a step so far, whole, as streamed."""

    run_id: str
    agent: str
    text: str


class StepFinished(msgspec.Struct, frozen=True):
    """A step's answer: JSON that decodes into the agent's output Struct; `last` when nothing awaited is left."""

    run_id: str
    agent: str
    output: bytes
    model: str
    last: bool


class StepFailed(msgspec.Struct, frozen=True):
    """A step ended without an answer; `provider` is the last one asked, None where it came to none."""

    run_id: str
    agent: str
    kind: FailureKind
    retry_after_s: float | None = None
    provider: Provider | None = None


class RunFinished(msgspec.Struct, frozen=True):
    """Every step of the run, the background ones included, has ended."""

    run_id: str
