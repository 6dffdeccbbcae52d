"""What a run tells a model of the house, and how the spans of its steps hang together."""

import msgspec
import pytest

from actors.library import Library
from actors.providers.messages import (
    Complete,
    Completed,
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


class _Tracer(Actor):
    def __init__(self, recorded: list[RecordSpan | RecordTrace]) -> None:
        super().__init__()
        self._recorded = recorded

    async def receive(self, message: object, sender: Address) -> None:
        assert isinstance(message, RecordSpan | RecordTrace)
        self._recorded.append(message)


async def test_each_call_hangs_under_its_own_step_however_the_steps_end() -> None:
    """Parallel steps have spans of their own under the trace, a call's parent is its step, whoever ends first."""
    steps = library().pipelines["research"].steps + library().pipelines["sample"].steps
    both = tuple(msgspec.structs.replace(step, mode=Mode.PARALLEL) for step in steps)
    pipelines = {**library().pipelines, "sample": Pipeline("sample", "Both at once.", both)}
    calls: dict[str, tuple[Complete, Address]] = {}
    recorded: list[RecordSpan | RecordTrace] = []
    clock = ManualClock()
    system = ActorSystem(clock=clock)
    try:
        router = await system.start(ChildSpec("llm_router", lambda: _SlowRouter(calls), well_known=True))
        await system.start(ChildSpec("tracer", lambda: _Tracer(recorded), well_known=True))
        owner = await system.start(ChildSpec("owner", _Owner))
        chosen = msgspec.structs.replace(library(), pipelines=pipelines)
        order = msgspec.structs.replace(ORDER, inputs={**ORDER.inputs, "lead": {}})
        await system.start(ChildSpec("run", lambda: PipelineRun(order, chosen, owner), restart=Restart.TEMPORARY))
        await settle()
        for agent in ("strategist", "researcher"):
            await clock.advance(1.0)
            system.send(router, agent)
            await settle()
    finally:
        await system.shutdown()
    spans = {span.span_name: span for span in recorded if isinstance(span, RecordSpan)}
    (trace,) = (one for one in recorded if isinstance(one, RecordTrace))
    assert [span.ended_at - span.started_at for span in spans.values()] == [1.0, 2.0]
    for agent, (call, _) in calls.items():
        span = spans[f"agent:{agent}"]
        assert (span.trace_id, span.parent_span_id) == (trace.trace_id, None)
        assert call.span == SpanContext(trace.trace_id, span.span_id, ORDER.telegram_id)
    assert len({span.span_id for span in spans.values()}) == len(both)
