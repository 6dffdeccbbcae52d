"""Promises about answers that are empty or end too early, over real sockets to the emulated providers."""

import json

import pytest

from actors.providers.anthropic import AnthropicReader
from actors.providers.failures import Failure, ProviderError
from actors.providers.lane_messages import LaneSettings
from actors.providers.messages import (
    Completed,
    CompletionDelta,
    CompletionFailed,
    CompletionRestarted,
    FailureKind,
    ModelChoice,
    TeamKey,
)
from actors.providers.model_call import StreamReader
from actors.providers.openrouter import OpenRouterReader
from actors.providers.sse import ServerEvent
from tests.actors.providers.conftest import ANTHROPIC, CLAUDE, OPENROUTER, PAID, World, fallbacks

HAIKU = "claude-haiku-5-5"


def ended(reader: StreamReader, *events: object) -> Failure:
    """The failure that the last of these events ends in."""
    *said, last = [event if isinstance(event, str) else json.dumps(event) for event in events]
    for text in said:
        reader.read(ServerEvent("message", text))
    with pytest.raises(ProviderError) as caught:
        reader.read(ServerEvent("message", last))
    return caught.value.failure


def claude_ends(reason: str) -> Failure:
    started = {"type": "message_start", "message": {"id": "m", "model": CLAUDE}}
    thought = {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}}
    stopping = {"type": "message_delta", "delta": {"stop_reason": reason}}
    return ended(AnthropicReader(), started, thought, stopping, {"type": "message_stop"})


def openrouter_ends(text: str, reason: str | None) -> Failure:
    choice = {"delta": {"content": text}, "finish_reason": reason}
    return ended(OpenRouterReader(), {"model": PAID, "choices": [choice]}, "[DONE]")


@pytest.mark.parametrize(
    ("failure", "error_type"),
    [
        (claude_ends("end_turn"), "empty_answer"),
        (claude_ends("max_tokens"), "token_limit_before_text"),
        (openrouter_ends("", "stop"), "empty_answer"),
        (openrouter_ends("\n\n", "stop"), "empty_answer"),
        (openrouter_ends("", "length"), "token_limit_before_text"),
    ],
)
def test_an_empty_answer_is_no_fault_of_the_provider(failure: Failure, error_type: str) -> None:
    """The model had its turn and was paid: it is not repeated, not held against the model, and another may do it."""
    assert failure.error_type == error_type
    assert (failure.fault, failure.retryable, failure.fallback) == ("content", False, True)


def test_an_answer_without_a_reason_of_its_end_was_broken_off() -> None:
    """With text or without it: the provider's fault, which costs nothing and may pass."""
    for text in ("", "half a sen"):
        failure = openrouter_ends(text, None)
        assert (failure.error_type, failure.fault, failure.retryable) == ("no_finish_reason", "provider", True)


async def test_an_empty_answer_goes_to_the_next_model(world: World) -> None:
    """At once, without asking the same model the same again; the model stays in service however often it happens."""
    await world.begin(fallbacks=fallbacks(ModelChoice(ANTHROPIC, HAIKU)))
    await world.fault("empty_choices", "anthropic", match=f"{CLAUDE}\n", times=6)
    for _ in range(6):
        world.ask(CLAUDE, credential=TeamKey(ANTHROPIC))
        await world.expect(Completed)
    assert [entry["model"] for entry in await world.requests()] == [CLAUDE, HAIKU] * 6
    assert (await world.described()).lanes[0].state == "closed"


async def test_an_empty_answer_of_the_last_model_is_a_typed_failure(world: World) -> None:
    """After one request."""
    await world.begin()
    await world.fault("empty_choices", "anthropic", times=0)
    world.ask(CLAUDE, credential=TeamKey(ANTHROPIC))
    failed = await world.expect(CompletionFailed)
    assert (failed.kind, failed.detail) == (FailureKind.UNDECODABLE, "empty_answer")
    assert len(await world.requests()) == 1


@pytest.mark.parametrize("provider", [OPENROUTER, ANTHROPIC])
async def test_a_cut_structured_answer_is_never_passed_as_whole(world: World, provider: str) -> None:
    """It is asked for once more, to be shorter; the second cut one is a typed failure."""
    await world.begin(lane=LaneSettings(coalesce_s=0.0))
    asked = {"model": CLAUDE, "credential": TeamKey(ANTHROPIC)} if provider == ANTHROPIC else {"model": PAID}
    await world.fault("truncated", provider)
    world.ask(output="note", **asked)
    await world.expect(CompletionRestarted)
    assert not (await world.expect(Completed)).truncated
    await world.fault("truncated", provider, times=2)
    world.ask(output="note", **asked)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.UNDECODABLE
    assert len(await world.requests()) == 4


async def test_a_model_that_never_fits_is_left_for_the_next(world: World) -> None:
    """After its one repair; the next model is asked afresh, and what was shown before is withdrawn."""
    await world.begin(fallbacks=fallbacks(ModelChoice(ANTHROPIC, HAIKU)), lane=LaneSettings(coalesce_s=0.0))
    await world.fault("prose", "anthropic", match=f"{CLAUDE}\n", times=2)
    world.ask(CLAUDE, credential=TeamKey(ANTHROPIC), output="note")
    shown = ""
    while not isinstance(message := await world.expect(object), Completed):
        if isinstance(message, CompletionRestarted):
            shown = ""
        elif isinstance(message, CompletionDelta):
            shown += message.text
    assert json.loads(shown) == json.loads(message.text)
    assert [entry["model"] for entry in await world.requests()] == [CLAUDE, CLAUDE, HAIKU]


async def test_cut_prose_says_that_it_is_cut(world: World) -> None:
    """It may be of use as far as it goes, and is not whole."""
    await world.begin()
    await world.fault("truncated")
    world.ask(PAID)
    assert (await world.expect(Completed)).truncated
    world.ask(PAID)
    assert not (await world.expect(Completed)).truncated
