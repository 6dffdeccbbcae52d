"""What a run tells a model of the house, and how the spans of its steps hang together."""

import msgspec
import pytest

from actors.library import Library
from actors.providers.messages import (
    Complete,
    Completed,
    CompletionFailed,
    FailureKind,
    ListModels,
    ModelInfo,
    ModelsListed,
    Provider,
    RecordSpan,
    RecordTrace,
    SpanContext,
    TeamKey,
    Usage,
)
from actors.session.pipeline_run import PipelineRun, RunOrder
from coaching.knowledge import knowledge, tokens
from coaching.memory import UserMemory
from coaching.pipelines import Mode, Pipeline
from coaching.playbook import parse_playbook
from runtime import Actor, ActorSystem, Address, ChildSpec, Restart
from runtime.testing import ManualClock, settle
from tests.eval.practice import library

MODEL = "some/model"
ORDER = RunOrder(
    run_id="00000000-0000-4000-8000-000000000001",
    pipeline="sample",
    inputs={"user_message": "She asks for a discount: the price is too high.", "casebook": []},
    telegram_id=7,
    user_id="user",
    credential=TeamKey(Provider.OPENROUTER),
    model=MODEL,
    vision_model=MODEL,
    memory=UserMemory(),
)


class _Router(Actor):
    """Answers what models there are, and keeps what it was asked to complete."""

    def __init__(self, models: tuple[ModelInfo, ...], asked: list[Complete | ListModels]) -> None:
        super().__init__()
        self._models = models
        self._asked = asked

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case ListModels():
                self._asked.append(message)
                self.send(sender, ModelsListed(Provider.OPENROUTER, self._models))
            case Complete():
                self._asked.append(message)


class _Owner(Actor):
    async def receive(self, message: object, sender: Address) -> None:
        """Take whatever comes."""


def large() -> Library:
    """A library whose playbook is five times the shipped one, with one section about prices among many others."""
    shipped = library()
    filler = "".join(
        f"\n## Chapter {chr(97 + number // 26)}{chr(97 + number % 26)}\n\n{'Talk about weather. ' * 60}\n"
        for number in range(80)
    )
    playbook = parse_playbook(shipped.playbook.text + filler, "p.md")
    return msgspec.structs.replace(shipped, playbook=playbook, knowledge=knowledge(playbook, shipped.company))


async def told(chosen: Library, models: tuple[ModelInfo, ...]) -> tuple[str, bool]:
    """The first system block a run sends, and whether it asked what the model takes."""
    asked: list[Complete | ListModels] = []
    system = ActorSystem(clock=ManualClock())
    try:
        await system.start(ChildSpec("llm_router", lambda: _Router(models, asked), well_known=True))
        await system.start(ChildSpec("tracer", _Owner, well_known=True))
        owner = await system.start(ChildSpec("owner", _Owner))
        run = ChildSpec("run", lambda: PipelineRun(ORDER, chosen, owner), restart=Restart.TEMPORARY)
        await system.start(run)
        await settle()
        (call,) = (one for one in asked if isinstance(one, Complete))
        return call.system[0], any(isinstance(one, ListModels) for one in asked)
    finally:
        await system.shutdown()


async def test_small_knowledge_goes_whole_without_a_question() -> None:
    """The shipped documents are told as they are."""
    block, asked = await told(library(), ())
    assert library().knowledge in block
    assert not asked


@pytest.mark.parametrize(
    ("context", "price", "whole"), [(1_000_000, 0.1, True), (32_000, 0.1, False), (1_000_000, 5.0, False)]
)
async def test_large_knowledge_goes_whole_where_context_and_price_allow(
    context: int, price: float, whole: bool
) -> None:
    """A small context or a high price gets an excerpt, with what must not be said and what fits the case."""
    chosen = large()
    listed = ModelInfo(provider=Provider.OPENROUTER, id=MODEL, name="Some", context_tokens=context, input_usd=price)
    block, asked = await told(chosen, (listed,))
    assert asked
    assert (chosen.knowledge in block) is whole
    assert "## Do not say" in block
    if not whole:
        assert tokens(block) < tokens(chosen.knowledge)
        assert "Objection: the price" in block
        assert "Talk about weather" not in block


class _SlowRouter(Actor):
    """Keeps the calls and answers those that the test names."""

    def __init__(self, open_calls: dict[str, tuple[Complete, Address]]) -> None:
        super().__init__()
        self._open = open_calls

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Complete():
                self._open[message.agent] = (message, sender)
            case str():
                call, asker = self._open[message]
                self.send(asker, Completed(call.request_id, "A page.", Provider.OPENROUTER, MODEL, Usage(), 0.1, 0.2))
            case CompletionFailed(request_id=request):
                asker = next(asker for call, asker in self._open.values() if call.request_id == request)
                self.send(asker, message)


class _Tracer(Actor):
    def __init__(self, recorded: list[RecordSpan | RecordTrace]) -> None:
        super().__init__()
        self._recorded = recorded

    async def receive(self, message: object, sender: Address) -> None:
        assert isinstance(message, RecordSpan | RecordTrace)
        self._recorded.append(message)


class _Traced:
    """A run of two parallel steps whose calls the test answers, and what it records."""

    def __init__(self) -> None:
        self.calls: dict[str, tuple[Complete, Address]] = {}
        self.recorded: list[RecordSpan | RecordTrace] = []
        self.clock = ManualClock()
        self.system = ActorSystem(clock=self.clock)

    async def start(self) -> None:
        """Begin the run, whose steps wait for the test from then on."""
        steps = library().pipelines["research"].steps + library().pipelines["sample"].steps
        both = tuple(msgspec.structs.replace(step, mode=Mode.PARALLEL) for step in steps)
        pipelines = {**library().pipelines, "sample": Pipeline("sample", "Both at once.", both)}
        chosen = msgspec.structs.replace(library(), pipelines=pipelines)
        order = msgspec.structs.replace(ORDER, inputs={**ORDER.inputs, "lead": {}})
        await self.system.start(ChildSpec("llm_router", lambda: _SlowRouter(self.calls), well_known=True))
        await self.system.start(ChildSpec("tracer", lambda: _Tracer(self.recorded), well_known=True))
        owner = await self.system.start(ChildSpec("owner", _Owner))
        await self.system.start(ChildSpec("run", lambda: PipelineRun(order, chosen, owner), restart=Restart.TEMPORARY))
        await settle()

    async def after_a_second(self, agent: str | CompletionFailed) -> None:
        """Let time pass and the call of this agent end."""
        await self.clock.advance(1.0)
        self.system.send(self.system.find("llm_router"), agent)
        await settle()

    @property
    def spans(self) -> dict[str, RecordSpan]:
        """The recorded spans by name."""
        return {span.span_name: span for span in self.recorded if isinstance(span, RecordSpan)}

    @property
    def trace(self) -> RecordTrace:
        """The one recorded trace."""
        (trace,) = (one for one in self.recorded if isinstance(one, RecordTrace))
        return trace

    def assert_one_tree(self) -> None:
        """Each call's parent is the span of its step, which hangs under the trace."""
        for agent, (call, _) in self.calls.items():
            span = self.spans[f"agent:{agent}"]
            assert (span.trace_id, span.parent_span_id) == (self.trace.trace_id, None)
            assert call.span == SpanContext(self.trace.trace_id, span.span_id, ORDER.telegram_id)
        assert len({span.span_id for span in self.spans.values()}) == len(self.calls) == 2


async def test_each_call_hangs_under_its_own_step_however_the_steps_end() -> None:
    """Parallel steps have spans of their own under the trace, a call's parent is its step, whoever ends first."""
    run = _Traced()
    try:
        await run.start()
        await run.after_a_second("strategist")
        await run.after_a_second("researcher")
    finally:
        await run.system.shutdown()
    assert [span.ended_at - span.started_at for span in run.spans.values()] == [1.0, 2.0]
    run.assert_one_tree()


async def test_steps_under_way_at_a_cancel_have_spans() -> None:
    """A cancel or a stop leaves no call without its step: those under way end as cancelled, with the trace."""
    run = _Traced()
    try:
        await run.start()
        await run.after_a_second("strategist")
    finally:
        await run.system.shutdown()
    run.assert_one_tree()
    assert (run.spans["agent:strategist"].error, run.spans["agent:researcher"].error) == (None, "cancelled")
    assert run.trace.error == "cancelled"


async def test_a_step_that_fails_ends_those_beside_it_with_spans() -> None:
    """The step that failed says why; the one that nobody waits for any more was cancelled."""
    run = _Traced()
    try:
        await run.start()
        call, _ = run.calls["strategist"]
        await run.after_a_second(CompletionFailed(call.request_id, FailureKind.DEADLINE, Provider.OPENROUTER, "late"))
    finally:
        await run.system.shutdown()
    run.assert_one_tree()
    assert [span.error for span in run.spans.values()] == ["deadline", "cancelled"]
    assert run.trace.error == "strategist: deadline"
