"""Session: the one owner of a rep's conversation and memory, whichever door a message comes through.

A turn is a transaction: what an update or a result changes is committed to the journal whole (state, messages to
send, rows to write, the update's end) and carried out only then. After a crash the journal's pending updates and
the state's open jobs are taken up again. Long work runs in `PipelineRun` children, so /cancel is always heard.
"""

import uuid
from collections.abc import Callable
from typing import ClassVar, TypeVar

import msgspec
import structlog

from actors.journal import DeadEntry, Loaded, NewInboxEntry
from actors.providers.messages import FailureKind, ForgetUsage
from actors.providers.transcription import Transcribed, TranscriptBegun, TranscriptionFailed, TranscriptionQueued
from actors.session import conversation, hearing, onboarding, reach
from actors.session.book import TEAM_AGE_S, Book, RowsMissing, RowsUnreachable
from actors.session.gathering import Reference
from actors.session.inbox import Inbox, MomentOver
from actors.session.listening import Listening
from actors.session.messages import (
    Act,
    Changed,
    Enter,
    HandleUpdate,
    Letter,
    Look,
    Nudge,
    Progressed,
    RepUnreachable,
    Resume,
    RunFinished,
    StepFailed,
    StepFinished,
    StepProgressed,
    StepQueued,
    StepStarted,
)
from actors.session.mishap import broken
from actors.session.page_desk import Asked, PageDesk
from actors.session.pipeline_run import PipelineRun, RunOrder
from actors.session.progress import Progress
from actors.session.questions import (
    HealthAnswered,
    KeyAnswered,
    ModelsAnswered,
    ask_about_health,
    ask_about_key,
    ask_for_models,
)
from actors.session.records import read_state
from actors.session.row_reader import ReadFailed, RowReader, RowsRead
from actors.session.services import Services
from actors.session.session_journal import LETTER_SOURCE, LONGEST_PAUSE_S, SessionJournal
from actors.session.state import Job, Profile, Rep, SessionState, read_snapshot
from actors.session.turn import (
    AskHealth,
    CheckKeyOf,
    Command,
    DropFiles,
    EndDraftOf,
    ForgetRep,
    ListModelsOf,
    StartHearing,
    StartJob,
    StopHearing,
    StopJob,
    Turn,
    World,
    say,
)
from actors.session.waiting import CheckingKey
from actors.telegram.messages import EndDraft, Perform, ShowDraft, TelegramCall
from actors.telegram.parsing import Incoming
from actors.texts import Texts, languages
from actors.uploads import DropUpload, ForgetUploads
from runtime import Actor, Address, ChildSpec, Idle, Mailbox, Restart, Retire, StillBusy, Terminated, Timer
from storage import StorageError

_LOG = structlog.get_logger(__name__)
_T = TypeVar("_T")


class _IdleNow(msgspec.Struct, frozen=True):
    pass


def _origin(reference: Reference) -> str:
    return f"{reference[0]}/{reference[1]}"


class Session(Actor):
    """Holds one rep's state; see the module's docstring for what a turn is."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=1_000)

    def __init__(self, actor_key: str, services: Services) -> None:
        super().__init__()
        self._actor_key = actor_key
        self._services = services
        self._state = SessionState(rep=Rep(telegram_id=int(actor_key.rpartition("/")[2]), username=None, first_name=""))
        self._journal = SessionJournal(self, actor_key, self._state.rep.telegram_id)
        self._book = Book()
        self._reader = RowReader(self, services.store, self._journal, self._book)
        self._inbox = Inbox(self, lambda: self._state, self._handle, self._malformed)
        self._listening = Listening(self, lambda: self._state)
        self._desk = PageDesk(self, self)
        self._runs: dict[Address, str] = {}
        self._progress: dict[str, Progress] = {}
        self._idle: Timer | None = None

    async def started(self) -> None:
        """Take up the state and whatever the journal still holds for this rep, in its order."""
        loaded = await self._journal.load()
        self._state = await self._initial(loaded)
        for job in self._state.jobs:
            if job.answered or job.background or job is self._state.line[0]:
                self._start(job)
        if self._state.checking:
            self._check_key()
        self._listening.start(self._world().texts)
        await self._take_up(loaded)
        self._rest()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case HandleUpdate():
                await self._inbox.take(message)
            case StepStarted() | StepQueued() | StepProgressed() | TranscriptionQueued():
                self._follow(message)
            case StepFinished() | StepFailed() | RunFinished():
                await self._work_done(message)
            case Transcribed() | TranscriptionFailed() | TranscriptBegun():
                await self._listened(message)
            case Nudge() | RepUnreachable() | MomentOver():
                await self._occasion(message)
            case Enter() | Look() | Act() | Asked():
                await self._desk.take(message, sender)
            case Terminated(address=address):
                await self._run_ended(address)
            case RowsRead() | ReadFailed() | KeyAnswered() | ModelsAnswered() | HealthAnswered():
                await self._answered(message)
            case Resume():
                await self._take_up(await self._journal.load())
            case _IdleNow():
                self.send(self.find("sessions"), Idle())
            case Retire():
                self._retire()
                return
            case _:
                await self.unhandled(message, sender)
        self._rest()

    async def _take_up(self, loaded: Loaded) -> None:
        """Handle what the journal holds; an update that also lies in the mailbox is passed over when it comes."""
        for entry in loaded.pending:
            if entry.source.startswith(LETTER_SOURCE):
                await self._letter(entry)
            else:
                await self._inbox.recover(entry)

    async def _letter(self, entry: NewInboxEntry) -> None:
        """Act on another session's word; one that needs unreachable rows stays in the journal for the next start."""
        letter = msgspec.json.decode(entry.raw, type=Letter)
        try:
            turn = await self.turn(
                lambda world: conversation.time_come(self._state, letter.kind, letter.subject, world)
            )
        except RowsUnreachable:
            return
        await self.commit(turn, f"{entry.source}/{entry.number}", done=((entry.source, entry.number),))

    async def _initial(self, loaded: Loaded) -> SessionState:
        kept = read_snapshot(loaded.snapshot)
        if kept is not None:
            return kept
        told = False
        while True:
            try:
                return await read_state(self._services.store, self._state.rep)
            except StorageError as error:
                if not error.retryable:
                    raise
                _LOG.warning("records_unreachable", error=type(error).__name__)
                if not told:
                    self._perform(say(self._state, self._world().texts("records-unreachable")))
                told = True
                await self.clock.sleep(error.retry_after or LONGEST_PAUSE_S)

    async def _malformed(self, reference: Reference) -> None:
        dead = (DeadEntry(*reference, "malformed"),)
        await self.commit(Turn(self._state), _origin(reference), dead=dead)

    async def _handle(self, incoming: Incoming, references: tuple[Reference, ...]) -> None:
        origin = _origin(references[0])
        try:
            turn = await self.turn(lambda world: conversation.handle(self._state, incoming, world))
        except RowsUnreachable:
            told = say(self._state, self._world().texts("records-unreachable-now"))
            await self.commit(Turn(self._state, calls=told), origin, done=references)
        except Exception as error:  # one bad update must not take the rep's other messages with it
            dead = tuple(DeadEntry(*reference, f"failed: {type(error).__name__}") for reference in references)
            turn = broken(Turn(self._state), origin, error, self._world().texts)
            await self.commit(turn, origin, dead=dead)
        else:
            await self.commit(turn, origin, done=references)

    @property
    def state(self) -> SessionState:
        """Where the conversation stands."""
        return self._state

    def admit(self, state: SessionState) -> None:
        """Take over the person's name as Telegram tells it now."""
        self._state = state

    async def turn(self, make: Callable[[World], _T], team_age_s: float = TEAM_AGE_S) -> _T:
        """Make a turn or a view; where rows are needed that were not read yet it is made again: flows are pure.

        Rows of the team are at most so old.
        Raises RowsUnreachable when the flow cannot go on without rows that storage does not give.
        """
        world = self._world()
        self._book.begin_turn(world.now, team_age_s)
        while True:
            try:
                return make(world)
            except RowsMissing as missing:
                await self._reader.read(missing.table, self._state.rep, team=missing.team)

    async def commit(
        self, turn: Turn, origin: str, *, done: tuple[Reference, ...] = (), dead: tuple[DeadEntry, ...] = ()
    ) -> None:
        await self._journal.commit(turn, origin, done=done, dead=dead)
        before, self._state = self._state, turn.state
        self._reader.wrote((*turn.rows, *turn.foreseen))
        self._perform(turn.at_once)
        self._tell_page(before, turn)
        for command in turn.commands:
            if isinstance(command, ForgetRep):
                await self._journal.forget()
                self.send(self.find("llm_router"), ForgetUsage(self._state.rep.telegram_id))
                self.send(self.find("uploads"), ForgetUploads(self._state.rep.telegram_id))
            else:
                self._obey(command)

    def _tell_page(self, before: SessionState, turn: Turn) -> None:
        tables = {write.table for write in turn.rows}
        if (before.jobs, before.hearings) != (turn.state.jobs, turn.state.hearings):
            tables.add("jobs")
        if before.checking != turn.state.checking:
            tables.add("users")
        if tables:
            self.send(self.find("web_server"), Changed(turn.state.rep.telegram_id, tuple(sorted(tables))))

    def _perform(self, calls: tuple[TelegramCall, ...]) -> None:
        for call in calls:
            self.send(self.find("message_sender"), Perform(call))

    def _obey(self, command: Command) -> None:
        match command:
            case StartJob(run_id=run_id):
                job = self._state.job(run_id)
                if job is not None:
                    self._start(job)
            case StopJob(run_id=run_id, draft_id=draft_id):
                self._stop(run_id)
                self._end_draft(draft_id)
            case EndDraftOf(draft_id=draft_id):
                self._end_draft(draft_id)
            case StartHearing():
                self._listening.start(self._world().texts)
            case StopHearing(hearing=left):
                self._listening.stop(left)
            case CheckKeyOf():
                self._check_key()
            case ListModelsOf(words=words):
                ask_for_models(self, self._profile.credential, words)
            case AskHealth(message_id=message_id):
                ask_about_health(self, message_id)
            case DropFiles(references=references):
                for reference in references:
                    self.send(self.find("uploads"), DropUpload(reference))

    @property
    def _profile(self) -> Profile:
        return onboarding.profile_of(self._state, self._world())

    def _start(self, job: Job) -> None:
        profile = self._profile
        order = RunOrder(
            run_id=job.run_id,
            pipeline=job.pipeline,
            inputs=job.inputs,
            telegram_id=self._state.rep.telegram_id,
            user_id=self._state.profile.user_id if self._state.profile else None,
            credential=profile.credential,
            model=profile.model,
            models=job.models if profile.key is None else {},
            vision_model=profile.vision_model(self._world().settings.vision_model),
            memory=self._state.memory,
            images=job.images,
            finished=job.finished,
        )
        library = self._services.shelf.library
        spec = ChildSpec(
            name=job.run_id, factory=lambda: PipelineRun(order, library, self.address), restart=Restart.TEMPORARY
        )
        address = self.spawn(spec)
        self._runs[address] = job.run_id
        if not job.answered and not job.background:
            self._progress[job.run_id] = Progress(self._world().texts, phased=job.kind in ("support", "sample"))

    def _stop(self, run_id: str) -> None:
        for address, running in self._runs.items():
            if running == run_id:
                self.stop_child(address)

    def _end_draft(self, draft_id: int) -> None:
        self.send(self.find("message_sender"), EndDraft(self._state.rep.telegram_id, draft_id))

    def _follow(self, news: StepStarted | StepQueued | StepProgressed | TranscriptionQueued) -> None:
        """Show how the work goes on; while a model begins there is time to read what its answer will be made with."""
        self._show(news)
        if isinstance(news, StepStarted):
            self._reader.read_ahead(conversation.reads(self._state, news.run_id), self._state.rep)

    def _show(self, news: StepStarted | StepQueued | StepProgressed | TranscriptionQueued) -> None:
        if isinstance(news, TranscriptionQueued):
            self._listening.wait(news, self._world().texts)
            return
        progress = self._progress.get(news.run_id)
        job = self._state.job(news.run_id)
        if progress is None or job is None or job.answered:
            return
        text = progress.after(news)
        self.send(self.find("message_sender"), ShowDraft(self._state.rep.telegram_id, job.draft_id, text))
        self.send(self.find("web_server"), Progressed(self._state.rep.telegram_id, job.run_id, text))

    async def _work_done(self, news: StepFinished | StepFailed | RunFinished) -> None:
        """Commit what a run reports; without rows that its flow cannot do without, the job fails and may be retried."""
        origin = f"{news.run_id}/{'end' if isinstance(news, RunFinished) else news.agent}"
        try:
            turn = await self.turn(lambda world: conversation.work_done(self._state, news, world))
        except RowsUnreachable:
            unreachable = StepFailed(news.run_id, "records", FailureKind.UNAVAILABLE)
            turn = await self.turn(lambda world: conversation.work_done(self._state, unreachable, world))
        await self.commit(turn, origin)

    async def _listened(self, news: Transcribed | TranscriptionFailed | TranscriptBegun) -> None:
        """Commit what became of a recording; a flow that breaks on the words must not have them paid for again."""
        origin = f"{news.request_id}/{type(news).__name__}"
        try:
            turn = await self.turn(lambda world: conversation.listened(self._state, news, world))
        except RowsUnreachable:
            turn = conversation.listened_in_vain(self._state, news, self._world())
        except Exception as error:
            turn = broken(hearing.drop(self._state), origin, error, self._world().texts)
        if not isinstance(news, TranscriptBegun):
            self._listening.over(news.request_id)
        if turn != Turn(self._state):
            await self.commit(turn, origin)

    async def _occasion(self, occasion: Nudge | RepUnreachable | MomentOver) -> None:
        match occasion:
            case Nudge():
                await self._time_come(occasion)
            case RepUnreachable():
                await self._unreachable()
            case MomentOver():
                await self._inbox.moment_over()

    async def _unreachable(self) -> None:
        """Telegram would not deliver to the rep: remembered until they are heard of again."""
        turn = await self.turn(lambda world: reach.lost(self._state, world))
        if turn.state != self._state:
            await self.commit(turn, f"reach/{uuid.uuid4()}")

    async def _time_come(self, nudge: Nudge) -> None:
        try:
            turn = await self.turn(lambda world: conversation.time_come(self._state, nudge.kind, nudge.subject, world))
        except RowsUnreachable:
            return  # whoever nudges does so again until the rows say that it is done
        calls = tuple(msgspec.structs.replace(call, bulk=True) for call in turn.calls)
        turn = msgspec.structs.replace(turn, calls=calls)
        await self.commit(turn, f"{nudge.kind}/{nudge.subject}/{nudge.token}")

    async def _run_ended(self, address: Address) -> None:
        """A run that ended without a word crashed: its job fails like one whose provider is out of reach."""
        run_id = self._runs.pop(address, None)
        job = self._state.job(run_id) if run_id else None
        if run_id is None or job is None:
            return
        self._progress.pop(run_id, None)
        if job.answered:
            await self._work_done(RunFinished(run_id))
        else:
            await self._work_done(StepFailed(run_id, "crash", FailureKind.UNAVAILABLE))

    def _check_key(self) -> None:
        if isinstance(self._state.waiting_for, CheckingKey):
            ask_about_key(self, self._state.waiting_for.key)

    async def _answered(self, answer: RowsRead | ReadFailed | KeyAnswered | ModelsAnswered | HealthAnswered) -> None:
        if isinstance(answer, RowsRead | ReadFailed):
            self._reader.take(answer)
            return
        turn = await self.turn(lambda world: conversation.provider_answered(self._state, answer, world))
        await self.commit(turn, f"provider/{uuid.uuid4()}")

    def _world(self) -> World:
        world = self._services.make_world(self.clock.time(), self._book)
        language = self._state.profile.settings.language if self._state.profile else None
        return msgspec.structs.replace(world, texts=Texts(language)) if language in languages() else world

    @property
    def _busy(self) -> bool:
        return self._state.busy or not self._inbox.is_empty

    def _rest(self) -> None:
        """Start the idle time anew; a session with work under way does not leave."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = None if self._busy else self.timer(self._services.idle_s, _IdleNow())

    def _retire(self) -> None:
        if self._busy:
            self.send(self.find("sessions"), StillBusy())
        else:
            self.stop()
