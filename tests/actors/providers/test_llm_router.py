"""Promises of LlmRouter and its lanes, over real sockets to the emulated providers."""

import asyncio
from typing import Any

import pytest
from thespian.actors import ActorExitRequest

from actors.providers.lane_messages import LaneSettings
from actors.providers.messages import (
    CancelCompletion,
    CheckKey,
    Completed,
    CompletionDelta,
    CompletionFailed,
    CompletionQueued,
    CompletionRestarted,
    FailureKind,
    KeyChecked,
    KeyVerdict,
    ListModels,
    ModelChoice,
    ModelsListed,
    SpanContext,
    TeamKey,
)
from tests.actors.providers.conftest import ANTHROPIC, CLAUDE, FREE, OPENROUTER, PAID, World

SPAN = SpanContext("trace", "parent", 7)


async def test_an_answer_says_who_gave_it_and_what_it_used(world: World) -> None:
    """The reply, the status and the span name provider and model; tokens and the time to the first are in all."""
    await world.begin()
    request_id = world.ask(PAID, span=SPAN)
    deltas = await world.expect(CompletionDelta)
    done = await world.expect(Completed)
    assert (deltas.request_id, done.request_id, done.provider) == (request_id, request_id, OPENROUTER)
    assert done.text.startswith(deltas.text)
    assert done.model == "cornerman/offline-practice"
    assert done.usage.input_tokens > 0
    assert done.usage.cost_usd is not None
    lane = (await world.described()).lanes[0]
    assert (lane.lane, lane.state, lane.completed, lane.answered_by) == (
        "openrouter-team-paid",
        "closed",
        1,
        done.model,
    )
    (span,) = world.spans
    assert span.attributes["gen_ai.response.model"] == done.model
    assert span.attributes["gen_ai.usage.input_tokens"] == done.usage.input_tokens
    assert span.attributes["gen_ai.response.time_to_first_chunk"] >= 0
    assert span.attributes["gen_ai.response.finish_reasons"] == ("stop",)


async def test_retry_after_is_kept_to_the_second(world: World) -> None:
    """A limited account rests exactly as long as the provider asks, and the request then goes first."""
    await world.begin()
    await world.fault("rate_limit", retry_after=7, limit_headers=True)
    world.ask(PAID)
    waiting = await world.expect(CompletionQueued)
    assert (waiting.position, waiting.expected_wait_s) == (1, 7.0)
    await world.advance(6.99)
    await world.rest()
    assert len(await world.requests()) == 1
    assert (await world.described()).lanes[0].state == "open"
    await world.advance(0.01)
    await world.expect(Completed)
    assert len(await world.requests()) == 2


async def test_a_passing_fault_is_retried_with_full_jitter_within_bounds(world: World) -> None:
    """Two retries on paid models, each after a wait drawn from zero to a doubling bound; then the rep is told."""
    await world.begin()
    await world.fault("server_error", times=3)
    world.ask(PAID)
    await world.asked(1)
    await world.rest()
    await world.advance(1.0)
    await world.asked(2)
    await world.rest()
    await world.advance(2.0)
    failed = await world.expect(CompletionFailed)
    assert (failed.kind, len(await world.requests())) == (FailureKind.UNAVAILABLE, 3)


async def test_all_attempts_share_one_deadline(world: World) -> None:
    """A provider that hangs takes no longer than the request has, whatever its own timers say; the socket closes."""
    await world.begin()
    await world.fault("hang", times=0)
    world.ask(PAID, deadline_s=12.0)
    await world.asked(1)
    await world.advance(11.9)
    await world.rest()
    assert world.probe.messages == []
    await world.advance(0.1)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.DEADLINE
    await _closed(world)


async def test_a_cancel_closes_the_connection_at_once_and_frees_the_slot(world: World) -> None:
    """It goes without any time passing, while the provider still keeps it alive; the next request takes the place.

    How soon in milliseconds is measured by `make bench-router`, which fails beyond 100.
    """
    await world.begin(lane=LaneSettings(concurrency_start=1))
    await world.fault("keep_alive", match="stays")
    first = world.ask(PAID, system=("stays",))
    await world.asked(1)
    world.ask(PAID, telegram_id=8)
    now = world.clock.now()
    world.tell(CancelCompletion(first))
    await _closed(world)
    assert world.clock.now() == now
    assert (await world.expect(Completed)).request_id != first
    assert world.probe.messages == []


async def test_the_death_of_the_asker_cancels(world: World) -> None:
    """Nobody waits for it, so nobody pays for it."""
    await world.begin()
    await world.fault("keep_alive")
    world.ask(PAID)
    await world.asked(1)
    world.probe.actor.stop()
    await _closed(world)


async def test_an_error_in_mid_stream_voids_what_was_shown(world: World) -> None:
    """The text so far is withdrawn and the next attempt begins from nothing."""
    await world.begin(lane=LaneSettings(coalesce_s=0.0))
    await world.order("latency", pace=0.5)
    await world.fault("mid_stream_error", after_pieces=3)
    world.ask(PAID)
    await world.expect(CompletionDelta)
    await world.rest(0.2)
    await world.advance(1.0)
    await world.expect(CompletionRestarted)
    shown = ""
    while True:
        message: Any = await world.expect(object)
        if isinstance(message, CompletionDelta):
            shown += message.text
        if isinstance(message, Completed):
            break
    assert shown == message.text


async def test_keep_alives_are_no_sign_of_life(world: World) -> None:
    """Comments without text end at the lane's own timer for the first token."""
    await world.begin()
    await world.fault("keep_alive")
    world.ask(PAID)
    await world.asked(1)
    await world.rest()
    await world.advance(30.0)
    await world.rest()
    await world.advance(1.0)
    await world.expect(Completed)
    assert [entry["outcome"] for entry in await world.requests()] == ["client_gone", "answered"]


@pytest.mark.parametrize("kind", ["prose", "wrong_shape"])
async def test_an_undecodable_answer_is_repaired_once(world: World, kind: str) -> None:
    """The model is shown its answer and the decoder's words; a second misfit is a typed failure, never a success."""
    await world.begin()
    await world.fault(kind, times=1)
    world.ask(PAID, output="lead")
    await world.expect(CompletionRestarted)
    await world.expect(Completed)
    assert len(await world.requests()) == 2
    await world.fault(kind, times=2)
    world.ask(PAID, output="lead")
    failed = await world.expect(CompletionFailed)
    assert failed.kind is FailureKind.UNDECODABLE
    assert "lead_does_not_fit_$" in failed.detail


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("unauthorized", FailureKind.MISCONFIGURED),
        ("payment_required", FailureKind.NO_CREDIT),
        ("refusal", FailureKind.REFUSED),
    ],
)
async def test_what_repeating_cannot_mend_is_told_and_not_repeated(world: World, fault: str, kind: FailureKind) -> None:
    """A bad key of the team's, no credit and refused content: one request, one answer."""
    await world.begin()
    await world.fault(fault, times=0)
    world.ask(PAID)
    assert (await world.expect(CompletionFailed)).kind is kind
    assert len(await world.requests()) == 1


async def test_a_rejected_key_is_the_business_of_whose_it_is(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A rep is told of their own; of the team's the operator is, as an error in the log."""
    await world.begin()
    await world.fault("unauthorized", "anthropic", times=2)
    world.ask(CLAUDE, credential=world.sealed())
    assert (await world.expect(CompletionFailed)).kind is FailureKind.KEY_REJECTED
    assert "[error" not in capsys.readouterr().out
    world.ask(CLAUDE, credential=TeamKey(ANTHROPIC))
    assert (await world.expect(CompletionFailed)).kind is FailureKind.MISCONFIGURED
    assert "[error" in capsys.readouterr().out


async def test_a_router_that_ends_answers_who_waits(world: World) -> None:
    """Also those that another lane might still have served: nobody is left to their deadline."""
    await world.begin(fallbacks={"": (ModelChoice(ANTHROPIC, CLAUDE),)})
    await world.fault("hang")
    request_id = world.ask(PAID)
    await world.asked(1)
    world.tell(ActorExitRequest())
    failed = await world.expect(CompletionFailed)
    assert (failed.request_id, failed.kind) == (request_id, FailureKind.UNAVAILABLE)


async def test_a_closed_account_refuses_at_once(world: World) -> None:
    """After a 402 nobody on that account waits for the provider to say it again; a minute later it is tried."""
    await world.begin()
    await world.fault("payment_required")
    world.ask(PAID)
    await world.expect(CompletionFailed)
    world.ask(PAID)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.NO_CREDIT
    assert len(await world.requests()) == 1
    assert (await world.described()).lanes[0].state == "refused"
    await world.advance(60.0)
    lane = (await world.described()).lanes[0]
    assert (lane.state, lane.reason) == ("closed", "")
    world.ask(PAID)
    await world.expect(Completed)


async def test_a_model_that_keeps_failing_is_left_alone_and_probed(world: World) -> None:
    """After five failures in a row requests fail fast with the time to wait; then a single one probes."""
    await world.begin(lane=LaneSettings(retries_paid=0))
    await world.fault("bad_gateway", times=5)
    for _ in range(5):
        world.ask(PAID)
        await world.expect(CompletionFailed)
    world.ask(PAID)
    failed = await world.expect(CompletionFailed)
    assert (failed.detail, failed.retry_after_s) == ("provider_keeps_failing", 15.0)
    assert len(await world.requests()) == 5
    assert (await world.described()).lanes[0].state == "open"
    await world.advance(15.0)
    assert (await world.described()).lanes[0].state == "half_open"
    world.ask(PAID)
    await world.expect(Completed)
    assert (await world.described()).lanes[0].state == "closed"


async def test_the_state_of_a_lane_that_nobody_asks_ends_in_time(world: World) -> None:
    """A rest is over when it is over and not with the next request, so that no alert tells of it for minutes."""
    await world.begin()
    await world.fault("rate_limit", retry_after=30, limit_headers=True)
    world.ask(PAID, deadline_s=10.0)
    await world.expect(CompletionFailed)
    await world.advance(29.9)
    assert (await world.described()).lanes[0].state == "open"
    await world.advance(0.1)
    lane = (await world.described()).lanes[0]
    assert (lane.state, lane.reason, lane.resting_for_s) == ("closed", "", 0.0)


async def test_one_broken_model_leaves_the_others_in_service(world: World) -> None:
    """The breaker is the model's, not the account's."""
    await world.begin(lane=LaneSettings(retries_paid=0))
    await world.fault("bad_gateway", times=5, match="gpt-oss-120b")
    for _ in range(5):
        world.ask(PAID)
        await world.expect(CompletionFailed)
    world.ask("moonshotai/kimi-k2.5")
    await world.expect(Completed)


async def test_limits_of_unknown_origin_become_the_accounts(world: World) -> None:
    """A bare 429 rests the model; the third within a minute, from two reps, rests the whole account."""
    await world.begin(lane=LaneSettings(retries_paid=0))
    await world.fault("rate_limit", times=3)
    for rep, model in ((1, PAID), (2, "moonshotai/kimi-k2.5"), (1, "anthropic/claude-haiku-5.5")):
        world.ask(model, telegram_id=rep)
        assert (await world.expect(CompletionFailed)).kind is FailureKind.RATE_LIMITED
    assert (await world.described()).lanes[0].resting_for_s == 60.0
    world.ask("anthropic/claude-sonnet-5.5", deadline_s=30.0)
    assert (await world.expect(CompletionFailed)).retry_after_s == 60.0
    assert len(await world.requests()) == 3


async def test_one_call_probes_an_account_that_rested_for_unclear_limits(world: World) -> None:
    """After the minute one request goes out alone, and the others follow when it is over."""
    await world.begin(lane=LaneSettings(retries_paid=0, concurrency_start=16))
    await world.fault("rate_limit", times=3)
    for rep, model in ((1, PAID), (2, "moonshotai/kimi-k2.5"), (1, "anthropic/claude-haiku-5.5")):
        world.ask(model, telegram_id=rep)
        await world.expect(CompletionFailed)
    await world.fault("keep_alive", times=1)
    probe, *_ = [world.ask("anthropic/claude-sonnet-5.5", telegram_id=rep) for rep in range(3)]
    await world.advance(60.0)
    await world.asked(4)
    await world.rest()
    assert len(await world.requests()) == 4
    world.tell(CancelCompletion(probe))
    for _ in range(2):
        await world.expect(Completed)


async def test_the_free_minute_is_never_overrun(world: World) -> None:
    """Of 45 requests at once 20 go out in each minute; who waits is told the truth."""
    await world.order("accounts", limits=True, key="sk-or-v1-planted-team-key-7f3a", free_per_day=1000)
    await world.begin(lane=LaneSettings(free_requests_per_day=1000, concurrency_start=64, concurrency_cap=64))
    for rep in range(45):
        world.ask(FREE, telegram_id=rep, deadline_s=300.0)
    for minute in range(3):
        expected = (20, 40, 45)[minute]
        await world.asked(expected)
        await world.rest()
        assert len(await world.requests()) == expected
        await world.advance(60.5)
    assert all(entry["status"] == 200 for entry in await world.requests())
    queued = [one for one, _ in world.probe.received if isinstance(one, CompletionQueued)]
    last = [one.expected_wait_s for one in queued if one.request_id == "request-45"]
    assert last[0] == 121.0
    assert last == sorted(last, reverse=True)
    assert sum(isinstance(one, Completed) for one, _ in world.probe.received) == 45


async def test_keys_are_checked_at_no_cost(world: World) -> None:
    """Accepted, rejected and unreachable are told apart without asking a model."""
    await world.begin()
    world.tell(CheckKey(world.sealed()))
    assert (await world.expect(KeyChecked)).verdict is KeyVerdict.ACCEPTED
    world.tell(CheckKey(world.sealed(key="sk-ant-invalid")))
    assert (await world.expect(KeyChecked)).verdict is KeyVerdict.REJECTED
    await world.fault("server_error", "anthropic", route="models")
    world.tell(CheckKey(world.sealed()))
    assert (await world.expect(KeyChecked)).verdict is KeyVerdict.UNREACHABLE
    assert await world.requests() == []


async def test_models_are_listed_alike_for_both_providers(world: World) -> None:
    """One form for both lists; retired models are left out; a list is kept for a day."""
    await world.begin()
    world.tell(ListModels(TeamKey(OPENROUTER)))
    listed = await world.expect(ModelsListed)
    known = {model.id: model for model in listed.models or ()}
    assert known[FREE].free
    assert not known[FREE].sees_images
    assert (known[PAID].input_usd, known[PAID].output_usd) == (0.039, 0.19)
    assert known["moonshotai/kimi-k2.5"].sees_images
    assert "openai/gpt-4-32k" not in known
    world.tell(ListModels(world.sealed()))
    claude = {model.id: model for model in (await world.expect(ModelsListed)).models or ()}
    assert (claude[CLAUDE].name, claude[CLAUDE].input_usd) == ("Claude Sonnet 5.5", 2.0)
    assert "claude-sonnet-4-20250514" not in claude
    assert len(await world.requests("models")) == 2


async def test_configured_models_that_end_are_warned_about(world: World) -> None:
    """The status says which configured model is missing or ends soon, and what to do."""
    await world.begin(checked_models={ANTHROPIC: ("claude-sonnet-4-20250514", "claude-nonsense"), OPENROUTER: (FREE,)})
    warnings = (await world.described()).warnings
    assert len(warnings) == 2
    assert all("Choose another one" in warning for warning in warnings)


async def test_a_vision_model_that_takes_no_pictures_is_warned_about(world: World) -> None:
    """At the start, not when the first rep sends a screenshot; one that takes them is no news."""
    sighted = "mistralai/mistral-small-3.2-24b-instruct:free"
    checked = {ANTHROPIC: (CLAUDE,), OPENROUTER: (FREE, PAID, sighted)}
    await world.begin(checked_models=checked, seeing_models={ANTHROPIC: (CLAUDE,), OPENROUTER: (PAID, sighted)})
    (warning,) = (await world.described()).warnings
    assert warning.startswith(f"The model {PAID} takes no pictures at openrouter;")


async def test_a_lane_of_a_rep_comes_and_goes(world: World) -> None:
    """A rep's own key has a lane of its own, which leaves when idle."""
    await world.begin(lane=LaneSettings(leaves_after_s=60.0))
    world.ask(CLAUDE, credential=world.sealed())
    assert (await world.expect(Completed)).provider is ANTHROPIC
    (lane,) = (await world.described()).lanes
    assert lane.lane.startswith("anthropic-rep-")
    await world.advance(61.0)
    assert (await world.described()).lanes == ()


async def test_another_reps_ciphertext_opens_nothing(world: World) -> None:
    """A sealed key copied to another rep is unreadable there, even while its owner's lane is open."""
    await world.begin()
    stolen = world.sealed(telegram_id=8)
    world.ask(CLAUDE, credential=stolen, telegram_id=8)
    await world.expect(Completed)
    world.ask(CLAUDE, credential=type(stolen)(ANTHROPIC, 7, stolen.ciphertext))
    assert (await world.expect(CompletionFailed)).kind is FailureKind.KEY_UNREADABLE
    assert len(await world.requests()) == 1


async def _closed(world: World) -> None:
    async def gone() -> bool:
        return any(entry["outcome"] == "client_gone" for entry in await world.requests())

    await asyncio.wait_for(world.until(gone), 5)


async def test_the_order_of_turns_outlives_a_models_rest(world: World) -> None:
    """Who waited before a model's rest is served before those who came in it."""
    await world.begin(lane=LaneSettings(concurrency_start=1, concurrency_cap=1, retries_paid=5))
    await world.fault("rate_limit", upstream=True, retry_after=3)
    for rep in range(5):
        world.ask(PAID, telegram_id=rep)
    await world.asked(1)
    await world.rest()
    world.ask(PAID, telegram_id=9)
    await world.advance(3.0)
    await world.until(lambda: sum(isinstance(one, Completed) for one in world.probe.messages) == 6)
    order = [one.request_id for one in world.probe.messages if isinstance(one, Completed)]
    assert order == [f"request-{number}" for number in range(1, 7)]
