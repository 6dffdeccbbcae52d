"""Session: the one owner of a rep's conversation and memory, whichever door a message comes through.

A turn is a transaction: what an update or a result changes is committed to the journal whole (state, messages to
send, rows to write, the update's end) and carried out only then. After a crash the journal's pending updates and
the state's open cases are taken up again. Long work runs in `PipelineRun` children, so /cancel is always heard.
"""

import traceback
import uuid
from typing import ClassVar, Protocol

import msgspec
import structlog

from actors.library import Library
from actors.providers.messages import (
    RECORD_LANE,
    CheckKey,
    FailureKind,
    KeyChecked,
    KeyVerdict,
    SealedKey,
    TeamKey,
)
from actors.session import conversation, onboarding, support
from actors.session.messages import (
    HandleUpdate,
    Resume,
    RunFinished,
    StepFailed,
    StepFinished,
    StepProgressed,
    StepQueued,
    StepStarted,
)
from actors.session.pipeline_run import PipelineRun, RunOrder
from actors.session.progress import Progress
from actors.session.records import read_state
from actors.session.sessions import Idle, Retire, StillBusy
from actors.session.state import Case, Rep, SessionState
from actors.session.turn import CheckPendingKey, Command, EndDraftOf, StartCase, StopCase, Turn, World, say
from actors.telegram.errors import MalformedUpdate
from actors.telegram.messages import MESSAGE_LANE, EndDraft, Perform, ShowDraft, TelegramCall
from actors.telegram.parsing import Incoming, parse_update
from runtime import (
    Actor,
    ActorError,
    Address,
    ChildSpec,
    Commit,
    DeadEntry,
    JournalFailed,
    Load,
    Loaded,
    Mailbox,
    NewOutboxEntry,
    Restart,
    Terminated,
    Timer,
)
from storage import StorageError, Store

_LOG = structlog.get_logger(__name__)
JOURNAL_DEADLINE_S = 30.0
KEY_CHECK_DEADLINE_S = 30.0
LONGEST_RETRY_S = 5.0


class MakeWorld(Protocol):
    """Builds what flows may know, at the given time."""

    def __call__(self, now: float) -> World: ...


class Services(msgspec.Struct, frozen=True):
    """What every session shares and none of them owns."""

    make_world: MakeWorld
    library: Library
    store: Store
    idle_s: float = 900.0


class _PendingKeyChecked(msgspec.Struct, frozen=True):
    ciphertext: str
    verdict: KeyVerdict


class _IdleNow(msgspec.Struct, frozen=True):
    pass


def _frames(error: BaseException) -> str:
    """Where an error came from: files and lines without a single value."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)


class Session(Actor):
    """Holds one rep's state; see the module's docstring for what a turn is."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=1_000)

    def __init__(self, actor_key: str, services: Services) -> None:
        super().__init__()
        self._actor_key = actor_key
        self._services = services
        self._state = SessionState(rep=Rep(telegram_id=int(actor_key.rpartition("/")[2]), username=None, first_name=""))
        self._taken_up: set[tuple[str, int]] = set()
        self._runs: dict[Address, str] = {}
        self._progress: dict[str, Progress] = {}
        self._idle: Timer | None = None

    async def started(self) -> None:
        """Take up the state and whatever the journal still holds for this rep, in its order."""
        loaded = await self._load()
        self._state = await self._initial(loaded)
        for case in self._state.cases:
            if case.answered or case is self._state.waiting[0]:
                self._start(case)
        if self._state.flow == "checking_key":
            self._check_key()
        await self._take_up(loaded)
        self._rest()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case HandleUpdate():
                await self._update(message)
            case StepStarted() | StepQueued() | StepProgressed():
                self._show(message)
            case StepFinished() | StepFailed() | RunFinished():
                await self._step(message)
            case Terminated(address=address):
                await self._run_ended(address)
            case _PendingKeyChecked():
                await self._key_checked(message)
            case Resume():
                await self._take_up(await self._load())
            case _IdleNow():
                self.send(self.find("sessions"), Idle(actor_key=self._actor_key))
            case Retire():
                self._retire()
                return
            case _:
                await self.unhandled(message, sender)
        self._rest()

    async def _take_up(self, loaded: Loaded) -> None:
        """Handle what the journal holds; an update that also lies in the mailbox is passed over when it comes."""
        for entry in loaded.pending:
            await self._update(HandleUpdate(entry.actor_key, entry.source, entry.number, entry.raw))
            self._taken_up.add((entry.source, entry.number))

    async def _load(self) -> Loaded:
        reply = await self._journal(Load(actor_key=self._actor_key))
        assert isinstance(reply, Loaded)  # noqa: S101  # the journal's contract, narrowed for the type checker
        return reply

    async def _journal(self, request: Load | Commit) -> object:
        """Ask until the journal has done it: nothing goes on before, and /cancel of the whole actor interrupts."""
        pause = 0.2
        while True:
            try:
                reply = await self.ask(self.find("journal"), request, deadline_s=JOURNAL_DEADLINE_S)
            except ActorError as error:
                _LOG.warning("journal_unanswered", error=type(error).__name__)
            else:
                if not isinstance(reply, JournalFailed):
                    return reply
            await self.clock.sleep(pause)
            pause = min(LONGEST_RETRY_S, pause * 2)

    async def _initial(self, loaded: Loaded) -> SessionState:
        if loaded.snapshot is not None:
            return msgspec.json.decode(loaded.snapshot, type=SessionState)
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
                await self.clock.sleep(error.retry_after or LONGEST_RETRY_S)

    async def _update(self, update: HandleUpdate) -> None:
        reference = (update.source, update.number)
        if reference in self._taken_up:  # it was in the journal and in the mailbox when this session began
            self._taken_up.discard(reference)
            return
        origin = f"{update.source}/{update.number}"
        try:
            turn = self._turn_of(parse_update(update.raw))
        except MalformedUpdate:
            _LOG.warning("update_malformed", number=update.number)
            await self._commit(Turn(self._state), origin, dead=(DeadEntry(*reference, "malformed"),))
        except Exception as error:  # one bad update must not take the rep's other messages with it
            _LOG.error("update_failed", number=update.number, error=type(error).__name__, frames=_frames(error))
            told = say(self._state, self._world().texts("broken-update"))
            dead = (DeadEntry(*reference, f"failed: {type(error).__name__}"),)
            await self._commit(Turn(self._state, calls=told), origin, dead=dead)
        else:
            await self._commit(turn, origin, done=(reference,))

    def _turn_of(self, incoming: Incoming) -> Turn:
        return conversation.handle(self._state, incoming, self._world())

    async def _commit(
        self, turn: Turn, origin: str, *, done: tuple[tuple[str, int], ...] = (), dead: tuple[DeadEntry, ...] = ()
    ) -> None:
        await self._journal(
            Commit(
                actor_key=self._actor_key,
                snapshot=msgspec.json.encode(turn.state),
                wake=turn.state.busy,
                outbox=self._outbox(turn, origin),
                done=done,
                dead=dead,
            )
        )
        self._state = turn.state
        self._perform(turn.at_once)
        for command in turn.commands:
            self._obey(command)

    def _outbox(self, turn: Turn, origin: str) -> tuple[NewOutboxEntry, ...]:
        owner = str(self._state.rep.telegram_id)
        lanes = ((MESSAGE_LANE, turn.calls), (RECORD_LANE, turn.rows))
        return tuple(
            NewOutboxEntry(id=f"{origin}/{lane}/{place}", lane=lane, order_key=owner, payload=msgspec.json.encode(item))
            for lane, items in lanes
            for place, item in enumerate(items)
        )

    def _perform(self, calls: tuple[TelegramCall, ...]) -> None:
        for call in calls:
            self.send(self.find("message_sender"), Perform(call))

    def _obey(self, command: Command) -> None:
        match command:
            case StartCase(run_id=run_id):
                case = self._state.case(run_id)
                if case is not None:
                    self._start(case)
            case StopCase(run_id=run_id, draft_id=draft_id):
                self._stop(run_id)
                self._end_draft(draft_id)
            case EndDraftOf(draft_id=draft_id):
                self._end_draft(draft_id)
            case CheckPendingKey():
                self._check_key()

    def _start(self, case: Case) -> None:
        profile = self._state.profile
        if profile is None:
            return
        order = RunOrder(
            run_id=case.run_id,
            pipeline="support",
            text=case.text,
            telegram_id=self._state.rep.telegram_id,
            user_id=profile.user_id,
            credential=profile.key or TeamKey(profile.provider),
            model=profile.model,
            memory=self._state.memory,
            finished=case.finished,
        )
        library = self._services.library
        spec = ChildSpec(
            name=case.run_id, factory=lambda: PipelineRun(order, library, self.address), restart=Restart.TEMPORARY
        )
        address = self.spawn(spec)
        self._runs[address] = case.run_id
        if not case.answered:
            self._progress[case.run_id] = Progress(self._world().texts)

    def _stop(self, run_id: str) -> None:
        for address, running in self._runs.items():
            if running == run_id:
                self.stop_child(address)

    def _end_draft(self, draft_id: int) -> None:
        self.send(self.find("message_sender"), EndDraft(self._state.rep.telegram_id, draft_id))

    def _show(self, news: StepStarted | StepQueued | StepProgressed) -> None:
        progress = self._progress.get(news.run_id)
        case = self._state.case(news.run_id)
        if progress is None or case is None or case.answered:
            return
        text = progress.after(news)
        self.send(self.find("message_sender"), ShowDraft(self._state.rep.telegram_id, case.draft_id, text))

    async def _step(self, news: StepFinished | StepFailed | RunFinished) -> None:
        match news:
            case StepFinished(run_id=run_id, agent=agent, output=output, model=model):
                turn = support.step_finished(self._state, run_id, agent, output, model, self._world())
            case StepFailed(run_id=run_id, agent=agent, kind=kind, retry_after_s=after):
                turn = support.step_failed(self._state, run_id, kind, after, self._world())
            case RunFinished(run_id=run_id):
                agent, turn = "end", support.run_finished(self._state, run_id, self._world())
        await self._commit(turn, f"{run_id}/{agent}")

    async def _run_ended(self, address: Address) -> None:
        """A run that ended without a word crashed: its case fails like one whose provider is out of reach."""
        run_id = self._runs.pop(address, None)
        if run_id is None:
            return
        self._progress.pop(run_id, None)
        case = self._state.case(run_id)
        if case is None:
            return
        if case.answered:
            await self._commit(support.run_finished(self._state, run_id, self._world()), f"{run_id}/end")
            return
        turn = support.step_failed(self._state, run_id, FailureKind.UNAVAILABLE, None, self._world())
        await self._commit(turn, f"{run_id}/crash")

    def _check_key(self) -> None:
        key = self._state.pending_key
        if key is not None:
            self.pipe(self._verdict(key), failed=lambda _: _PendingKeyChecked(key.ciphertext, KeyVerdict.UNREACHABLE))

    async def _verdict(self, key: SealedKey) -> _PendingKeyChecked:
        reply = await self.ask(self.find("llm_router"), CheckKey(key), deadline_s=KEY_CHECK_DEADLINE_S)
        verdict = reply.verdict if isinstance(reply, KeyChecked) else KeyVerdict.UNREACHABLE
        return _PendingKeyChecked(key.ciphertext, verdict)

    async def _key_checked(self, checked: _PendingKeyChecked) -> None:
        pending = self._state.pending_key
        if pending is None or pending.ciphertext != checked.ciphertext:
            return
        turn = onboarding.key_checked(self._state, checked.verdict, self._world())
        await self._commit(turn, f"key/{uuid.uuid4()}")

    def _world(self) -> World:
        return self._services.make_world(self.clock.time())

    def _rest(self) -> None:
        """Start the idle time anew; a session with work under way does not leave."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = None if self._state.busy else self.timer(self._services.idle_s, _IdleNow())

    def _retire(self) -> None:
        if self._state.busy:
            self.send(self.find("sessions"), StillBusy(actor_key=self._actor_key))
        else:
            self.stop()
