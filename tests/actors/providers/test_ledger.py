"""Promises of what the ledger counts where no answer came, over real sockets to the emulated providers."""

from typing import Any

import pytest

from actors.providers.lane_messages import LaneSettings
from actors.providers.messages import (
    CancelCompletion,
    Completed,
    CompletionDelta,
    CompletionFailed,
    FailureKind,
    SpanContext,
    TeamKey,
)
from actors.providers.usage_book import Budget
from tests.actors.providers.conftest import ANTHROPIC, CLAUDE, PAID, World

PRACTICE = "cornerman/offline-practice"
ONCE = LaneSettings(retries_paid=0, coalesce_s=0.0)


def ask_claude(world: World, **more: Any) -> str:
    return world.ask(CLAUDE, credential=TeamKey(ANTHROPIC), **more)


async def counted(world: World) -> dict[str, object]:
    (row,) = await world.written()
    return row


def tokens(row: dict[str, object]) -> int:
    assert isinstance(row["input_tokens"], int)
    return row["input_tokens"]


async def test_a_stop_is_counted_with_what_it_had_used(world: World) -> None:
    """Anthropic says at once what went in; who stops the answer has used that, once, and got no answer."""
    await world.begin(lane=ONCE)
    await world.fault("stall", "anthropic", after_pieces=2)
    request_id = ask_claude(world, span=SpanContext("trace", None, 7))
    await world.expect(CompletionDelta)
    world.tell(CancelCompletion(request_id))
    row = await counted(world)
    assert (row["model"], row["requests"], row["answers"]) == (PRACTICE, 1, 0)
    assert tokens(row) > 0
    calls = (await world.described()).by_provider
    assert [call.tokens_in_total for call in calls] == [tokens(row)]
    (span,) = world.spans
    assert span.attributes["gen_ai.usage.input_tokens"] == tokens(row)


async def test_a_deadline_is_counted_with_what_it_had_used(world: World) -> None:
    """The provider bills what it began, whether or not somebody still waited."""
    await world.begin(lane=ONCE)
    await world.fault("stall", "anthropic", after_pieces=2)
    ask_claude(world, deadline_s=10.0)
    await world.expect(CompletionDelta)
    await world.advance(10.0)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.DEADLINE
    row = await counted(world)
    assert (row["requests"], row["answers"]) == (1, 0)
    assert tokens(row) > 0


@pytest.mark.parametrize("fault", ["mid_stream_error", "cut", "refusal"])
async def test_a_failed_call_is_counted_with_what_it_had_used(world: World, fault: str) -> None:
    """An error in the middle, a cut and a refusal cost what they had used, each attempt once."""
    await world.begin(lane=ONCE)
    await world.fault(fault, "anthropic", times=2, after_pieces=2)
    ask_claude(world)
    await world.expect(CompletionFailed)
    once = await counted(world)
    assert (once["requests"], once["answers"]) == (1, 0)
    assert tokens(once) > 0
    ask_claude(world)
    await world.expect(CompletionFailed)
    ask_claude(world)
    await world.expect(Completed)
    all_three = await counted(world)
    assert (all_three["requests"], all_three["answers"]) == (3, 1)
    assert tokens(all_three) == 3 * tokens(once)


async def test_a_refusal_costs_what_openrouter_says(world: World) -> None:
    """Its usage comes behind the reason of the end and is waited for."""
    await world.begin(lane=ONCE)
    await world.fault("refusal")
    world.ask(PAID)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.REFUSED
    row = await counted(world)
    assert (row["model"], row["answers"], row["unpriced"]) == (PRACTICE, 0, 0)
    assert tokens(row) > 0


async def test_what_a_stopped_call_cost_may_be_unknown(world: World) -> None:
    """OpenRouter tells it at the end alone: such a call is counted as unpriced, and a refused one as free of charge."""
    await world.begin(lane=ONCE)
    await world.fault("stall", after_pieces=2)
    request_id = world.ask(PAID)
    await world.expect(CompletionDelta)
    world.tell(CancelCompletion(request_id))
    row = await counted(world)
    assert (row["requests"], row["answers"], row["unpriced"], row["cost_usd"]) == (1, 0, 1, 0.0)
    await world.fault("bad_gateway")
    world.ask(PAID)
    await world.expect(CompletionFailed)
    refused = {row["model"]: row["unpriced"] for row in await world.written()}
    assert refused == {PRACTICE: 1, PAID: 0}


async def test_a_budget_counts_what_was_stopped(world: World) -> None:
    """Whoever stops every answer spends the day's budget all the same."""
    await world.begin(lane=ONCE, rep_budget=Budget(tokens=5))
    await world.fault("stall", "anthropic", after_pieces=2)
    request_id = ask_claude(world)
    await world.expect(CompletionDelta)
    world.tell(CancelCompletion(request_id))
    await world.rest()
    ask_claude(world)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.BUDGET_SPENT
