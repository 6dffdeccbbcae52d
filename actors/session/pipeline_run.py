"""PipelineRun: one case played through its pipeline, as one job with one span tree.

A child of the session, so that the session itself is always free to hear /cancel; the run's end cancels whatever it
still waits for. Steps finished before a restart are taken from the order and not run again.
"""

import uuid
from typing import ClassVar

import msgspec
import structlog

from actors.library import Library
from actors.providers.images import UnusableImage, read_image
from actors.providers.messages import (
    Attributes,
    ChatMessage,
    Complete,
    Completed,
    CompletionDelta,
    CompletionFailed,
    CompletionQueued,
    CompletionRestarted,
    Credential,
    FailureKind,
    Image,
    ListModels,
    ModelInfo,
    ModelsListed,
    Priority,
    RecordSpan,
    RecordTrace,
    SpanContext,
)
from actors.session.messages import RunFinished, StepFailed, StepFinished, StepProgressed, StepQueued, StepStarted
from actors.telegram.messages import FetchFile, FileFetched, FileRefused
from coaching.advice import Page, Research
from coaching.agents import AGENTS
from coaching.extraction import ExtractionOutput, material
from coaching.knowledge import SMALL_TOKENS, allowance, excerpt, tokens
from coaching.memory import UserMemory
from coaching.pipelines import Group, Source, Step, groups
from coaching.prompts import render, render_turn
from runtime import Actor, ActorError, Address, Mailbox

_LOG = structlog.get_logger(__name__)
MODEL_DEADLINE_S = 5.0
"""How long a run waits to learn how much a model takes, before it takes the careful answer."""
FETCH_DEADLINE_S = 200.0
_CANCELLED = "cancelled"


class RunOrder(msgspec.Struct, frozen=True):
    """Everything a run needs to know; `finished` maps agents to outputs that need not be made again.

    `inputs` are the job's own values for its steps, beside what every run is given; `images` are Telegram's ids of
    pictures, which `vision_model` looks at. `models` names the model of single agents in place of the run's.
    """

    run_id: str
    pipeline: str
    inputs: dict[str, object]
    telegram_id: int
    user_id: str | None
    credential: Credential
    model: str
    vision_model: str
    memory: UserMemory
    images: tuple[str, ...] = ()
    finished: dict[str, bytes] = {}
    models: dict[str, str] = {}


def _output(agent: str, answer: Completed) -> bytes:
    """What an agent answered, as JSON; of a search the pages it cites are part of the answer."""
    if AGENTS[agent].output is not None:
        return answer.text.encode()
    pages = tuple(Page(citation.url, citation.title) for citation in answer.citations)
    return msgspec.json.encode(Research(answer.text, pages, answer.truncated))


class _Call(msgspec.Struct):
    """A model call under way: its step, whether anybody waits for it, when it began, and its text so far."""

    step: Step
    background: bool
    span_id: str
    began_at: float
    text: str = ""


class _Pictures(msgspec.Struct, frozen=True):
    images: tuple[Image, ...]


class _NoPictures(msgspec.Struct, frozen=True):
    kind: FailureKind


class _FetchFailed(msgspec.Struct, frozen=True):
    error: Exception


class PipelineRun(Actor):
    """Plays the groups of a pipeline in order and reports each step to the session that owns it."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=10_000)

    def __init__(self, order: RunOrder, library: Library, owner: Address) -> None:
        super().__init__()
        self._order = order
        self._library = library
        self._owner = owner
        self._outputs = dict(order.finished)
        self._images: tuple[Image, ...] = ()
        self._groups: list[Group] = list(groups(library.pipelines[order.pipeline]))
        self._calls: dict[str, _Call] = {}
        self._trace_id = str(uuid.uuid4())
        self._began_at = 0.0
        self._knowledge = library.knowledge
        self._error: str | None = _CANCELLED

    async def started(self) -> None:
        """Begin with the pictures, if a step has to see them, and then with the first steps not finished yet."""
        self._began_at = self.clock.time()
        self._knowledge = await self._told()
        if self._unseen():
            self.pipe(self._fetch_images(), failed=_FetchFailed)
        else:
            self._advance()

    async def stopped(self) -> None:
        """Record the trace, of a cancelled run too, and what was still under way: spans of its calls name it."""
        order = self._order
        for call in self._calls.values():
            self._record(call, _CANCELLED, None)
        self.send(
            self.find("tracer"),
            RecordTrace(
                trace_id=self._trace_id,
                pipeline_name=order.pipeline,
                telegram_id=order.telegram_id,
                user_id=order.user_id,
                started_at=self._began_at,
                ended_at=self.clock.time(),
                success=self._error is None,
                error=self._error,
            ),
        )

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case CompletionDelta(request_id=request, text=text):
                self._grow(request, text)
            case CompletionRestarted(request_id=request):
                self._begin_again(request)
            case CompletionQueued(request_id=request, position=position, expected_wait_s=wait):
                self._queued(request, position, wait)
            case Completed():
                self._completed(message)
            case _Pictures(images=images):
                self._images = images
                self._advance()
            case _NoPictures(kind=kind):
                self._give_up(kind)
            case _FetchFailed(error=error):
                raise error
            case CompletionFailed():
                self._failed(message)
            case _:
                await self.unhandled(message, sender)

    async def _told(self) -> str:
        """The knowledge for this run: whole if it is small or the model's context and price allow, else an excerpt."""
        library, order = self._library, self._order
        if tokens(library.knowledge) <= SMALL_TOKENS:
            return library.knowledge
        model = await self._model()
        allowed = allowance(model.context_tokens, model.input_usd) if model else allowance(None, None)
        if tokens(library.knowledge) <= allowed:
            return library.knowledge
        query = msgspec.json.encode(order.inputs).decode()
        return excerpt(library.playbook, library.company, query, allowed)

    async def _model(self) -> ModelInfo | None:
        """What the provider says of the run's model, None where it cannot be asked in time."""
        try:
            listed = await self.ask(
                self.find("llm_router"), ListModels(self._order.credential), deadline_s=MODEL_DEADLINE_S
            )
        except ActorError:
            return None
        models = listed.models if isinstance(listed, ModelsListed) else None
        return next((model for model in models or () if model.id == self._order.model), None)

    def _unseen(self) -> bool:
        steps = self._library.pipelines[self._order.pipeline].steps
        return bool(self._order.images) and any(
            AGENTS[step.agent].sees and step.agent not in self._outputs for step in steps
        )

    async def _fetch_images(self) -> "_Pictures | _NoPictures":
        images = []
        for file_id in self._order.images:
            try:
                file = await self.ask(self.find("file_fetcher"), FetchFile(file_id), deadline_s=FETCH_DEADLINE_S)
            except ActorError:
                return _NoPictures(FailureKind.UNAVAILABLE)
            if not isinstance(file, FileFetched):
                gone = isinstance(file, FileRefused) and file.gone
                return _NoPictures(FailureKind.IMAGES_UNREADABLE if gone else FailureKind.UNAVAILABLE)
            try:
                images.append(read_image(file.data))
            except UnusableImage:
                return _NoPictures(FailureKind.IMAGES_UNREADABLE)
        return _Pictures(tuple(images))

    def _give_up(self, kind: FailureKind) -> None:
        agent = next(step.agent for group in self._groups for step in group.steps)
        self.send(self._owner, StepFailed(self._order.run_id, agent, kind))
        self._end(f"{agent}: {kind}")

    def _advance(self) -> None:
        """Start groups until one has to be waited for; with none left and nothing under way the run is over."""
        while self._groups and not self._awaited():
            group = self._groups.pop(0)
            for step in group.steps:
                if step.agent not in self._outputs:
                    self._begin(step, background=group.background)
        if not self._calls:
            self._end(None)

    def _awaited(self) -> bool:
        return any(not call.background for call in self._calls.values())

    def _begin(self, step: Step, *, background: bool) -> None:
        order, agent = self._order, AGENTS[step.agent]
        request_id = f"{order.run_id}/{step.agent}"
        call = _Call(step=step, background=background, span_id=str(uuid.uuid4()), began_at=self.clock.time())
        self._calls[request_id] = call
        prompt, inputs = self._library.prompts[step.agent], self._inputs(step)
        self.send(
            self.find("llm_router"),
            Complete(
                request_id=request_id,
                credential=order.credential,
                agent=step.agent,
                model=order.models.get(step.agent) or (order.vision_model if agent.sees else order.model),
                system=render(prompt, inputs),
                messages=(ChatMessage("user", render_turn(prompt, inputs), self._images if agent.sees else ()),),
                deadline_s=agent.deadline_s,
                telegram_id=order.telegram_id,
                output=agent.output,
                web_search=agent.output is None,
                max_tokens=agent.max_tokens,
                effort=agent.effort,
                priority=Priority.BACKGROUND if background else Priority.INTERACTIVE,
                span=SpanContext(self._trace_id, call.span_id, order.telegram_id),
            ),
        )
        if not background:
            self.send(self._owner, StepStarted(order.run_id, step.agent))

    def _inputs(self, step: Step) -> dict[str, object]:
        return {target: self._value(source) for target, source in step.inputs.items()}

    def _value(self, source: Source) -> object:
        if source.kind == "result":
            return self._result(source.name)
        given = {"user_memory": self._order.memory, "knowledge": self._knowledge, "casebook": ()}
        return self._order.inputs[source.name] if source.name in self._order.inputs else given[source.name]

    def _result(self, agent: str) -> object:
        """What an agent wrote, as the agents after it read it: what was read in pictures is material like any other."""
        if agent != "extraction":
            return self._outputs[agent]
        seen = msgspec.json.decode(self._outputs[agent], type=ExtractionOutput)
        return material(str(self._order.inputs["user_message"]), seen)

    def _grow(self, request: str, text: str) -> None:
        call = self._calls.get(request)
        if call is None:
            return
        call.text += text
        if not call.background:
            self.send(self._owner, StepProgressed(self._order.run_id, call.step.agent, call.text))

    def _begin_again(self, request: str) -> None:
        call = self._calls.get(request)
        if call is not None:
            call.text = ""

    def _queued(self, request: str, position: int, wait: float) -> None:
        call = self._calls.get(request)
        if call is not None and not call.background:
            self.send(self._owner, StepQueued(self._order.run_id, call.step.agent, position, wait))

    def _completed(self, answer: Completed) -> None:
        call = self._calls.pop(answer.request_id, None)
        if call is None:
            return
        agent, output = call.step.agent, _output(call.step.agent, answer)
        self._outputs[agent] = output
        self._record(call, None, answer)
        last = not call.background and not self._awaited() and all(group.background for group in self._groups)
        self.send(self._owner, StepFinished(self._order.run_id, agent, output, answer.model, last))
        self._advance()

    def _failed(self, failure: CompletionFailed) -> None:
        call = self._calls.pop(failure.request_id, None)
        if call is None:
            return
        self._record(call, failure.kind.value, None)
        _LOG.warning("step_failed", agent=call.step.agent, kind=failure.kind.value, detail=failure.detail)
        if call.background:  # nobody waits for it, and the log has it
            self._advance()
            return
        agent, kind, after, provider = call.step.agent, failure.kind, failure.retry_after_s, failure.provider
        self.send(self._owner, StepFailed(self._order.run_id, agent, kind, after, provider))
        self._end(f"{call.step.agent}: {failure.kind}")

    def _record(self, call: _Call, error: str | None, answer: Completed | None) -> None:
        attributes: Attributes = {"gen_ai.operation.name": "invoke_agent"}
        if answer is not None:
            attributes |= {"gen_ai.response.model": answer.model, "output.bytes": len(answer.text.encode())}
        self.send(
            self.find("tracer"),
            RecordSpan(
                span_id=call.span_id,
                trace_id=self._trace_id,
                parent_span_id=None,
                span_name=f"agent:{call.step.agent}",
                started_at=call.began_at,
                ended_at=self.clock.time(),
                success=error is None,
                error=error,
                attributes=attributes,
            ),
        )

    def _end(self, error: str | None) -> None:
        self._error = error
        self.send(self._owner, RunFinished(self._order.run_id))
        self.stop()
