"""What a session remembers between turns: one frozen value, kept whole in the journal as its snapshot."""

import msgspec

from actors.providers.messages import Provider, SealedKey, TeamKey
from actors.session.waiting import CheckingKey, Idle, Waiting
from actors.telegram.incoming import AudioMessage, Message
from coaching.advice import CommentsOutput
from coaching.memory import UserMemory
from coaching.rep_settings import RepSettings

SCHEMA = 2
"""Raised when a stored snapshot of an older shape can no longer be read as it is."""


class Rep(msgspec.Struct, frozen=True):
    """The person on the other side, as Telegram last named them; their private chat has their own id."""

    telegram_id: int
    username: str | None
    first_name: str


class Profile(msgspec.Struct, frozen=True):
    """A rep who finished the set-up; `key` is None for those who use the team's."""

    user_id: str
    provider: Provider
    key: SealedKey | None
    openrouter_model: str
    anthropic_model: str
    created_at: float
    settings: RepSettings = RepSettings()

    @property
    def model(self) -> str:
        """The model this rep's coaching runs on."""
        return self.anthropic_model if self.provider is Provider.ANTHROPIC else self.openrouter_model

    @property
    def credential(self) -> SealedKey | TeamKey:
        """Whose key this rep's models are asked with."""
        return self.key or TeamKey(self.provider)

    def vision_model(self, of_openrouter: str) -> str:
        """The model that looks at this rep's pictures: all of Anthropic's can, of OpenRouter's the one given."""
        return self.anthropic_model if self.provider is Provider.ANTHROPIC else of_openrouter


class Job(msgspec.Struct, frozen=True):
    """One piece of long work: a pipeline's run for a rep, in its order of arrival.

    `kind` names who takes its answer (`Flow.jobs`); `inputs` are the values its pipeline asks for beside what every
    run is given, JSON values all; `subject` is the flow's own reference: a lead, a scenario;
    `images` are Telegram's ids of pictures. A `background` job
    starts at once and is not waited for; of the others one runs at a time. `finished` holds the output of each step
    that ended, by agent, so that a restart repeats none of them; `answered` says that only background steps are left.
    `models` are those an admin had chosen for single agents when the job was accepted.
    """

    run_id: str
    kind: str
    pipeline: str
    inputs: dict[str, object]
    draft_id: int
    received_at: float
    subject: str = ""
    background: bool = False
    images: tuple[str, ...] = ()
    finished: dict[str, bytes] = {}
    answered: bool = False
    model: str = ""
    models: dict[str, str] = {}

    @property
    def text(self) -> str:
        """What the rep handed in, as its pipeline's `user_message`."""
        return str(self.inputs.get("user_message", ""))


class Offered(msgspec.Struct, frozen=True):
    """What a rep sent unasked and may have worked on with one tap."""

    text: str
    images: tuple[str, ...] = ()


class Hearing(msgspec.Struct, frozen=True):
    """Messages sent in one go, some of them spoken, which go on as one message once they are all in words.

    `place` is what the session waited for when they came. A recording that was put into words has become a
    TextMessage of the same number among the `parts`; `begun` holds, by number, the provider's ids of transcripts under
    way, so that a restart pays for none twice. One that came `aside`, from the page, goes on at its place and leaves
    the conversation where it is.
    """

    run_id: str
    draft_id: int
    place: Waiting
    parts: tuple[Message, ...]
    begun: dict[int, str] = {}
    aside: bool = False

    @property
    def sounds(self) -> tuple[AudioMessage, ...]:
        """The recordings that are not in words yet."""
        return tuple(part for part in self.parts if isinstance(part, AudioMessage))


class Commented(msgspec.Struct, frozen=True):
    """Comments that were written and may be changed; `seen` is what was read in the post's pictures, if it had any."""

    run_id: str
    text: str
    lead_id: str
    images: tuple[str, ...]
    seen: bytes | None
    output: CommentsOutput


class SessionState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rep's conversation: who, what the next message is taken for, and the jobs in their order of arrival.

    `link` is the payload of a deep link that waits for the set-up; `sampled` says that the free sample is spent;
    `hearings` are spoken messages and what came after them, in order, the first being put into words; `unheard` is the
    one that could not be, kept for another try.
    `reachable` is False after Telegram refused to deliver to the rep; `acted` holds the ids of the page's last actions;
    `comments` are the last that were written, oldest first.
    """

    rep: Rep
    schema: int = SCHEMA
    waiting_for: Waiting = Idle()
    profile: Profile | None = None
    link: str = ""
    sampled: bool = False
    revoked: bool = False
    reachable: bool = True
    offered: Offered | None = None
    failed_job: Job | None = None
    jobs: tuple[Job, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    unheard: Hearing | None = None
    acted: tuple[str, ...] = ()
    comments: tuple[Commented, ...] = ()
    memory: UserMemory = UserMemory()

    @property
    def busy(self) -> bool:
        """Whether work is under way that a restart must take up again."""
        return bool(self.jobs or self.hearings) or self.checking

    @property
    def checking(self) -> bool:
        """Whether the provider is being asked about the rep's key."""
        return isinstance(self.waiting_for, CheckingKey)

    @property
    def line(self) -> tuple[Job, ...]:
        """The jobs whose answer the rep still waits for, oldest first; the first is being worked on."""
        return tuple(job for job in self.jobs if not job.answered and not job.background)

    def job(self, run_id: str) -> Job | None:
        """The job of this run, unless it is over or was cancelled."""
        return next((job for job in self.jobs if job.run_id == run_id), None)

    def with_job(self, changed: Job) -> "SessionState":
        """The state with this job in place of its former self."""
        jobs = tuple(changed if job.run_id == changed.run_id else job for job in self.jobs)
        return msgspec.structs.replace(self, jobs=jobs)

    def without_job(self, run_id: str) -> "SessionState":
        """The state without this job."""
        return msgspec.structs.replace(self, jobs=tuple(job for job in self.jobs if job.run_id != run_id))

    def at(self, waiting_for: Waiting) -> "SessionState":
        """The state in which the rep's next message is taken for this."""
        return msgspec.structs.replace(self, waiting_for=waiting_for)


def draft_number(run_id: str) -> int:
    """The number of the draft that shows how a piece of work goes on."""
    return int(run_id.replace("-", "")[:7], 16) + 1


class _Versioned(msgspec.Struct, frozen=True):
    schema: int = 1


def read_snapshot(snapshot: bytes | None) -> SessionState | None:
    """The state of a snapshot; None where there is none of this schema, and storage is to be read instead."""
    if snapshot is None or msgspec.json.decode(snapshot, type=_Versioned).schema != SCHEMA:
        return None
    return msgspec.json.decode(snapshot, type=SessionState)
