"""Promises of the fallback chain, the budgets and the ledger, over real sockets to the emulated providers."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from actors.providers.images import read_image
from actors.providers.lane_messages import LaneSettings
from actors.providers.messages import (
    ChatMessage,
    Complete,
    Completed,
    CompletionFailed,
    FailureKind,
    ForgetUsage,
    ModelChoice,
    Provider,
    TeamKey,
)
from actors.providers.route import BadFallbacks, plan, read_fallbacks
from actors.providers.usage_book import Budget
from sandbox.models.faults import Kind
from tests.actors.providers.conftest import (
    ANTHROPIC,
    CLAUDE,
    FREE,
    OPENROUTER,
    OTHER_FREE,
    PAID,
    SEEING,
    World,
    fallbacks,
)

PNG = read_image(b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d49484452000000020000000308060000009d74661a"))


def request(**more: Any) -> Complete:
    given: dict[str, Any] = {
        "request_id": "r",
        "credential": TeamKey(OPENROUTER),
        "agent": "strategist",
        "model": FREE,
        "system": (),
        "messages": (ChatMessage("user", "hello"),),
        "deadline_s": 60.0,
        "telegram_id": 7,
        **more,
    }
    return Complete(**given)


def legs(asked: Complete, *chain: ModelChoice, sees: frozenset[str] = frozenset()) -> list[tuple[str, tuple[str, ...]]]:
    planned = plan(asked, fallbacks(*chain), lambda _: True, lambda choice: choice.model in sees)
    return [(leg.lane.name, leg.models) for leg in planned]


def test_a_chain_is_written_in_one_line() -> None:
    """A model alone is OpenRouter's, colons of its own included; an agent may have a chain of its own."""
    chain = read_fallbacks(f"{OTHER_FREE}, anthropic:{CLAUDE}; memory=openrouter:{PAID}")
    assert chain == {
        "": (ModelChoice(OPENROUTER, OTHER_FREE), ModelChoice(ANTHROPIC, CLAUDE)),
        "memory": (ModelChoice(OPENROUTER, PAID),),
    }
    assert read_fallbacks("") == {}


@pytest.mark.parametrize("text", ["=a", "anthropic:", "a;b", "memory=a;memory=b"])
def test_an_unreadable_chain_is_refused(text: str) -> None:
    """At the start, with what is wrong."""
    with pytest.raises(BadFallbacks):
        read_fallbacks(text)


def test_a_chain_crosses_tiers_and_providers_in_one_direction() -> None:
    """Free before paid before another provider, each on its own lane; a paid request never becomes free."""
    chain = ModelChoice(OPENROUTER, OTHER_FREE), ModelChoice(OPENROUTER, PAID), ModelChoice(ANTHROPIC, CLAUDE)
    assert legs(request(), *chain) == [
        ("openrouter-team-free", (FREE, OTHER_FREE)),
        ("openrouter-team-paid", (PAID,)),
        ("anthropic-team-paid", (CLAUDE,)),
    ]
    assert legs(request(model=PAID), *chain) == [
        ("openrouter-team-paid", (PAID,)),
        ("anthropic-team-paid", (CLAUDE,)),
    ]


def test_a_reps_own_key_and_the_teams_are_never_mixed(world: World) -> None:
    """A rep's own key stays with its provider; nothing of theirs is sent with the team's key."""
    own = request(credential=world.sealed(), model=CLAUDE)
    (leg,) = legs(own, ModelChoice(OPENROUTER, PAID), ModelChoice(ANTHROPIC, "claude-haiku-5-5"))
    assert leg[0].startswith("anthropic-rep-")
    assert leg[1] == (CLAUDE, "claude-haiku-5-5")


def test_pictures_go_to_models_that_see() -> None:
    """Blind models are passed over; with none left there is nowhere to go."""
    looking = request(messages=(ChatMessage("user", "who?", (PNG,)),))
    chain = ModelChoice(OPENROUTER, OTHER_FREE), ModelChoice(OPENROUTER, SEEING)
    assert legs(looking, *chain, sees=frozenset({SEEING})) == [("openrouter-team-paid", (SEEING,))]
    assert legs(looking, *chain) == []


async def test_the_next_model_answers_while_one_rests(world: World) -> None:
    """An upstream limit concerns one model; the next of the chain is asked at once, on the same lane."""
    await world.begin(fallbacks=fallbacks(ModelChoice(OPENROUTER, OTHER_FREE)))
    await world.fault("rate_limit", upstream=True, match=f"{FREE}\n", times=0)
    world.ask(FREE)
    await world.expect(Completed)
    assert [entry["model"] for entry in await world.requests()] == [FREE, OTHER_FREE]


async def test_a_limit_of_one_model_leaves_its_fallback_free(world: World) -> None:
    """Anthropic limits each class of models by itself: the next answers at once, the limited one after its rest."""
    await world.begin(fallbacks=fallbacks(ModelChoice(ANTHROPIC, "claude-haiku-5-5"), agent="strategist"))
    await world.fault("rate_limit", "anthropic", match=f"{CLAUDE}\n", retry_after=30)
    claude: dict[str, Any] = {"model": CLAUDE, "credential": TeamKey(ANTHROPIC)}
    world.ask(**claude)
    await world.expect(Completed)
    world.ask(**claude, agent="memory")
    await world.rest()
    assert [entry["model"] for entry in await world.requests()] == [CLAUDE, "claude-haiku-5-5"]
    await world.advance(30.0)
    await world.expect(Completed)
    assert [entry["model"] for entry in await world.requests()][2:] == [CLAUDE]


async def test_those_who_wait_for_a_limited_model_go_elsewhere(world: World) -> None:
    """Once its rest outlasts their time, as they would if the whole account rested."""
    await world.begin(
        fallbacks=fallbacks(ModelChoice(OPENROUTER, PAID)), lane=LaneSettings(concurrency_start=1, retries_paid=0)
    )
    await world.fault("rate_limit", "anthropic", retry_after=600)
    for rep in (7, 8):
        world.ask(CLAUDE, credential=TeamKey(ANTHROPIC), telegram_id=rep)
    for _ in range(2):
        assert (await world.expect(Completed)).provider is OPENROUTER
    assert [entry["provider"] for entry in await world.requests()].count("anthropic") == 1


@pytest.mark.parametrize("fault", ["server_error", "gateway_timeout", "overloaded", "cut", "disconnect"])
@pytest.mark.parametrize("provider", [OPENROUTER, ANTHROPIC])
async def test_the_next_model_answers_once_the_retries_are_spent(world: World, provider: Provider, fault: str) -> None:
    """A model that stays out of reach is repeated within its retries, and then the next on the same lane is asked."""
    first, second = {OPENROUTER: (PAID, SEEING), ANTHROPIC: (CLAUDE, "claude-haiku-5-5")}[provider]
    await world.begin(fallbacks=fallbacks(ModelChoice(provider, second)), lane=LaneSettings(retries_paid=1))
    await world.fault(fault, provider, match=f"{first}\n", times=0)
    world.ask(first, credential=TeamKey(provider))
    await world.asked(1)
    await world.rest()
    await world.advance(0.5)
    await world.expect(Completed)
    assert [entry["model"] for entry in await world.requests()] == [first, first, second]


async def test_the_next_model_answers_where_no_time_is_left_for_a_retry(world: World) -> None:
    """A wait that would outlast the request is not begun."""
    await world.begin(
        fallbacks=fallbacks(ModelChoice(OPENROUTER, SEEING)),
        lane=LaneSettings(backoff_base_s=1e6, backoff_cap_s=1e6),
    )
    await world.fault("server_error", match=f"{PAID}\n", times=0)
    world.ask(PAID, deadline_s=1.0)
    await world.expect(Completed)
    assert [entry["model"] for entry in await world.requests()] == [PAID, SEEING]


async def test_a_provider_that_cannot_be_reached_has_no_next_model(world: World) -> None:
    """All its models stand behind the same door: the next lane is asked instead."""
    choices = ModelChoice(OPENROUTER, SEEING), ModelChoice(ANTHROPIC, CLAUDE)
    addresses = {OPENROUTER: "http://127.0.0.1:1/api/v1", ANTHROPIC: f"{world.server.url}/v1"}
    await world.begin(fallbacks=fallbacks(*choices), lane=LaneSettings(retries_paid=0), base_urls=addresses)
    world.ask(PAID)
    assert (await world.expect(Completed)).provider is ANTHROPIC
    assert [call.calls for call in (await world.described()).by_provider] == [1, 1]


async def test_another_provider_takes_over_and_says_so(world: World) -> None:
    """With the free day spent and no credit for the paid model, Anthropic answers; the reply names it."""
    await world.begin(fallbacks=fallbacks(ModelChoice(OPENROUTER, PAID), ModelChoice(ANTHROPIC, CLAUDE)))
    await world.order("accounts", key="sk-or-v1-planted-team-key-7f3a", limits=True, used_today=50, credits=0)
    world.ask(FREE)
    done = await world.expect(Completed)
    assert done.provider is ANTHROPIC
    assert [entry["provider"] for entry in await world.requests()][-1] == "anthropic"
    lanes = {lane.lane: lane.completed for lane in (await world.described()).lanes}
    assert lanes["anthropic-team-paid"] == 1


async def test_the_whole_chain_shares_one_deadline(world: World) -> None:
    """The second lane gets what the first has left of the time."""
    await world.begin(
        fallbacks=fallbacks(ModelChoice(ANTHROPIC, CLAUDE)), lane=LaneSettings(retries_paid=0, first_token_paid_s=30.0)
    )
    await world.fault("hang", "openrouter", times=0)
    await world.fault("hang", "anthropic", times=0)
    world.ask(PAID, deadline_s=50.0)
    await world.asked(1)
    await world.advance(30.0)
    await world.asked(2)
    await world.advance(19.9)
    assert not any(isinstance(one, CompletionFailed) for one in world.probe.messages)
    await world.advance(0.2)
    failed = await world.expect(CompletionFailed)
    assert (failed.kind, failed.provider) == (FailureKind.DEADLINE, ANTHROPIC)


async def test_a_picture_reaches_the_model_that_sees(world: World) -> None:
    """The default model is blind, so the answer comes from the next one; without it the rep is told."""
    looking = {"messages": (ChatMessage("user", "Who is this?", (PNG,)),)}
    await world.begin(fallbacks={"extractor": (ModelChoice(OPENROUTER, SEEING),)})
    world.ask(FREE, agent="extractor", **looking)
    assert "a PNG picture of 2 by 3 pixels" in (await world.expect(Completed)).text
    assert [entry["model"] for entry in await world.requests()] == [SEEING]
    world.ask(FREE, agent="strategist", **looking)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.IMAGES_UNSEEN


async def test_the_ledger_counts_by_day_rep_agent_and_model(world: World) -> None:
    """One row each, written whole: requests, answers, tokens and cost."""
    await world.begin()
    for rep, agent in ((7, "strategist"), (7, "strategist"), (7, "memory"), (8, "memory")):
        world.ask(PAID, telegram_id=rep, agent=agent)
        await world.expect(Completed)
    await world.fault("unauthorized")
    world.ask(PAID, telegram_id=8, agent="memory")
    await world.expect(CompletionFailed)
    rows = {(row["telegram_id"], row["agent"], row["model"]): row for row in await world.written()}
    practice = "cornerman/offline-practice"
    assert {key: (row["requests"], row["answers"]) for key, row in rows.items()} == {
        (7, "strategist", practice): (2, 2),
        (7, "memory", practice): (1, 1),
        (8, "memory", practice): (1, 1),
        (8, "memory", PAID): (1, 0),
    }
    row = rows[7, "strategist", practice]
    assert (row["day"], row["provider"], row["paid_by"]) == ("2027-01-15", "openrouter", "team")
    assert isinstance(row["cost_usd"], float)
    assert row["cost_usd"] > 0


async def test_a_spent_budget_refuses_until_midnight_and_survives_a_restart(world: World) -> None:
    """The rep's budget stops that rep alone, the team's everybody; a rep's own key is never bounded by either."""
    await world.begin(rep_budget=Budget(tokens=10))
    world.ask(PAID)
    await world.expect(Completed)
    await world.written()
    await world.end()
    await world.begin(rep_budget=Budget(tokens=10))
    world.ask(PAID)
    failed = await world.expect(CompletionFailed)
    assert (failed.kind, failed.detail) == (FailureKind.BUDGET_SPENT, "daily_budget_of_the_rep")
    assert failed.retry_after_s is not None
    world.ask(PAID, telegram_id=8)
    await world.expect(Completed)
    world.ask(CLAUDE, credential=world.sealed())
    await world.expect(Completed)
    await world.advance(failed.retry_after_s)
    world.ask(PAID)
    await world.expect(Completed)


async def test_the_teams_budget_bounds_everybody(world: World) -> None:
    """In money here; what has no price is not counted as nothing but left out."""
    await world.begin(team_budget=Budget(usd=0.00001))
    world.ask(PAID, telegram_id=1)
    await world.expect(Completed)
    world.ask(PAID, telegram_id=2)
    assert (await world.expect(CompletionFailed)).detail == "daily_budget_of_the_team"


async def test_the_free_day_survives_a_restart(world: World) -> None:
    """The counter goes on from the ledger before the provider is asked, and never beyond the allowance."""
    settings = {"lane": LaneSettings(free_requests_per_day=3, allowance_asked_s=1e9)}
    await world.fault("server_error", route="key", times=0)
    await world.begin(**settings)
    for _ in range(2):
        world.ask(FREE)
        await world.expect(Completed)
    await world.written()
    await world.end()
    await world.begin(**settings)
    world.ask(FREE)
    await world.expect(Completed)
    lane = (await world.described()).lanes[0]
    assert (lane.used_today, lane.allowed_today) == (3, 3)
    world.ask(FREE)
    failed = await world.expect(CompletionFailed)
    assert (failed.kind, failed.detail) == (FailureKind.QUOTA_SPENT, "free_requests_per_day")
    assert len(await world.requests()) == 3


async def test_the_provider_corrects_the_count_of_the_day(world: World) -> None:
    """Calls made elsewhere on the account count; the account's real allowance replaces the assumed one."""
    await world.order("accounts", key="sk-or-v1-planted-team-key-7f3a", used_today=900, free_per_day=1000)
    await world.begin()
    world.ask(FREE)
    await world.expect(Completed)

    async def known() -> bool:
        lane = (await world.described()).lanes[0]
        return (lane.used_today or 0) >= 900 and lane.allowed_today == 1000

    await world.until(known)


async def test_a_limit_of_the_account_lets_the_count_of_the_day_be_asked_for(world: World) -> None:
    """Somebody else may have used the account, so the count is not left to be five minutes old; once for a wave."""
    await world.begin()
    world.ask(FREE)
    await world.expect(Completed)
    await world.until(lambda: _keys_asked(world, 1))
    await world.advance(30.0)
    await world.fault("rate_limit", times=2, retry_after=60, limit_headers=True)
    for rep in range(2):
        world.ask(FREE, telegram_id=rep, deadline_s=20.0)
    await world.expect(CompletionFailed)
    await world.expect(CompletionFailed)
    await world.until(lambda: _keys_asked(world, 2))
    await world.rest()
    assert await _keys_asked(world, 2)


async def _keys_asked(world: World, times: int) -> bool:
    return len(await world.requests("key")) == times


@pytest.mark.parametrize("own", [False, True])
async def test_a_search_names_its_pages(world: World, own: bool) -> None:
    """Through either provider: prose, and each page it refers to once."""
    await world.begin()
    chosen: dict[str, Any] = {"model": CLAUDE, "credential": world.sealed()} if own else {"model": PAID}
    world.ask(web_search=True, **chosen)
    done = await world.expect(Completed)
    assert [citation.url.partition("//")[2].partition("/")[0] for citation in done.citations] == ["example.com"] * 2
    assert len({citation.url for citation in done.citations}) == 2
    assert done.usage.cost_usd is None or done.usage.cost_usd > 0
    world.ask(web_search=True, output="lead", **chosen)
    assert (await world.expect(CompletionFailed)).kind is FailureKind.MISCONFIGURED


async def test_a_picture_reaches_anthropic(world: World) -> None:
    """As a block with the type that its bytes have."""
    await world.begin()
    looking = (ChatMessage("user", "Who is this?", (PNG,)),)
    world.ask(CLAUDE, credential=world.sealed(), messages=looking, output="lead")
    await world.expect(Completed)
    (entry,) = await world.requests()
    assert (entry["provider"], entry["status"]) == ("anthropic", 200)


async def test_a_model_without_schemas_is_asked_in_json_mode(world: World) -> None:
    """The list says what it takes; its answer is held to the Struct all the same."""
    await world.begin()
    world.ask("mistralai/mistral-small-3.2-24b-instruct:free", output="lead")
    await world.expect(Completed)
    assert [entry["status"] for entry in await world.requests()] == [200]


async def test_a_forgotten_rep_leaves_counts_and_no_name(world: World) -> None:
    """What the team paid today still counts for the team; calls that end later name nobody either."""
    await world.begin()
    world.ask(PAID)
    await world.expect(Completed)
    world.tell(ForgetUsage(7))
    world.ask(PAID)
    await world.expect(Completed)
    rows = {row["telegram_id"]: row["answers"] for row in await world.written()}
    assert rows == {0: 2}
    await world.end()
    kept = b"".join(_snapshots(world))
    assert b"[7," not in kept


def _snapshots(world: World) -> list[bytes]:
    with closing(sqlite3.connect(world.path)) as connection:
        return [state for (state,) in connection.execute("select state from snapshots")]


async def test_the_stable_prefix_is_read_from_the_cache(world: World) -> None:
    """The second rep's call reads what the first one wrote, and the ledger counts it."""
    await world.begin()
    playbook = "Sell honestly. " * 1000
    for rep, memory in ((7, "likes numbers"), (8, "likes stories")):
        world.ask(CLAUDE, credential=TeamKey(ANTHROPIC), telegram_id=rep, system=(playbook, "Coach.", memory))
        done = await world.expect(Completed)
    assert done.usage.cached_tokens > 3000
    assert done.usage.input_tokens > done.usage.cached_tokens
    cached = {row["telegram_id"]: row["cached_tokens"] for row in await world.written()}
    assert cached == {7: 0, 8: done.usage.cached_tokens}


async def test_every_request_ends_once_within_its_deadline(world: World) -> None:
    """Ninety requests of thirty reps through faults of every kind: one answer or one failure each, in time."""
    await world.begin(fallbacks=fallbacks(ModelChoice(OPENROUTER, PAID), ModelChoice(ANTHROPIC, CLAUDE)))
    kinds = [kind for kind in Kind if kind not in (Kind.UNAUTHORIZED, Kind.PAYMENT_REQUIRED, Kind.SPEND_LIMIT)]
    for number, kind in enumerate(kinds):
        await world.fault(kind, ("openrouter", "anthropic")[number % 2], after_n=number // 2, times=2, gap_s=0.01)
    asked = {world.ask((FREE, PAID)[number % 2], telegram_id=number % 30, deadline_s=60.0) for number in range(90)}
    for _ in range(122):
        await world.advance(0.5)
        await world.rest(0.01)
    ends = [one.request_id for one in world.probe.messages if isinstance(one, Completed | CompletionFailed)]
    assert sorted(ends) == sorted(asked)
    assert all(lane.in_flight == lane.queued == 0 for lane in (await world.described()).lanes)
