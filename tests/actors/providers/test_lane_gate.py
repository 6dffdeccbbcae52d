"""Promises of LaneGate about allowances that a provider states in its headers."""

import msgspec
import pytest

from actors.providers.anthropic_errors import classify
from actors.providers.anthropic_limits import windows
from actors.providers.lane_gate import LaneGate
from actors.providers.lane_messages import LaneSettings
from actors.providers.limits import Window

NOW, TIME = 100.0, 1_800_000_000.0
HEADERS = {
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": "2027-01-15T08:01:00Z",
    "anthropic-ratelimit-input-tokens-limit": "30000",
    "anthropic-ratelimit-input-tokens-remaining": "12000",
    "anthropic-ratelimit-input-tokens-reset": "2027-01-15T08:00:30Z",
    "anthropic-ratelimit-output-tokens-limit": "8000",
    "anthropic-ratelimit-output-tokens-remaining": "many",
}


def gate() -> LaneGate:
    return LaneGate(LaneSettings(), free=False, used_today={}, time=TIME)


def test_headers_are_read_and_nonsense_is_passed_over() -> None:
    """Requests and input tokens, each with its own reset; what is not stated in full says nothing."""
    assert windows(HEADERS, TIME) == (
        Window(unit="requests", limit=50, left=0, reset_s=60.0),
        Window(unit="tokens", limit=30000, left=12000, reset_s=30.0),
    )
    assert windows({}, TIME) == ()
    assert windows({**HEADERS, "anthropic-ratelimit-requests-reset": "soon"}, TIME)[0].unit == "tokens"


def test_the_lane_waits_for_what_the_provider_has_left() -> None:
    """No request before the next is there, no long prompt before its tokens are; what is sent is taken off at once."""
    lane = gate()
    lane.learned(NOW, (Window(unit="requests", limit=60, left=0, reset_s=60.0),), "model")
    assert lane.wait(NOW) == 1.0
    assert lane.wait(NOW, ahead=9) == 10.0
    lane.learned(NOW, (Window(unit="requests", limit=60, left=2, reset_s=60.0),), "model")
    assert lane.wait(NOW) == 0.0
    lane.sent(NOW, TIME, 7, "model", 0.0)
    lane.sent(NOW, TIME, 7, "model", 0.0)
    assert lane.wait(NOW) > 0.9
    other = gate()
    other.learned(NOW, (Window(unit="tokens", limit=30000, left=12000, reset_s=30.0),), "model")
    assert other.wait(NOW, tokens=12000) == 0.0
    assert other.wait(NOW, tokens=18000) == 10.0


def test_each_model_has_an_allowance_of_its_own() -> None:
    """What the headers of one say holds back that one alone, and what is sent to one is not taken from another."""
    lane = gate()
    lane.learned(NOW, (Window(unit="requests", limit=60, left=0, reset_s=60.0),), "sonnet")
    lane.learned(NOW, (Window(unit="requests", limit=60, left=1, reset_s=60.0),), "haiku")
    assert lane.awake(NOW, ("sonnet", "haiku")) == ("haiku",)
    assert lane.models_wait(NOW, ("sonnet",)) == 1.0
    assert (lane.wait(NOW), lane.models_wait(NOW, ("sonnet", "haiku"))) == (0.0, 0.0)
    lane.sent(NOW, TIME, 7, "haiku", 0.0)
    assert lane.awake(NOW, ("sonnet", "haiku")) == ()
    assert lane.next_awake(NOW) == lane.wait(NOW) > 0.9
    assert lane.awake(NOW + 1.1, ("sonnet", "haiku")) == ("sonnet", "haiku")


def test_a_long_prompt_goes_to_the_model_that_has_tokens_for_it() -> None:
    """A model whose tokens are short is passed over, as one that rests."""
    lane = gate()
    lane.learned(NOW, (Window(unit="tokens", limit=30000, left=10000, reset_s=20.0),), "sonnet")
    lane.learned(NOW, (Window(unit="tokens", limit=30000, left=25000, reset_s=20.0),), "haiku")
    assert lane.awake(NOW, ("sonnet", "haiku"), 20000.0) == ("haiku",)
    assert lane.models_wait(NOW, ("sonnet",), 0, 20000.0) == 10.0


@pytest.mark.parametrize(("code", "scope"), [("", "model"), ("ramp_limit_exceeded", "account")])
def test_anthropics_limits_are_a_models_and_its_ramp_the_accounts(code: str, scope: str) -> None:
    """A limit of one class of models says nothing of the others; too fast a growth concerns all."""
    error = {"type": "rate_limit_error", "message": "", "details": {"error_code": code}}
    failure = classify(429, {"retry-after": "7"}, msgspec.json.encode({"error": error}), TIME)
    assert (failure.scope, failure.fallback, failure.retry_after_s) == (scope, scope == "model", 7.0)
    lane = gate()
    assert lane.failed(NOW, TIME, failure, "sonnet", 7)
    assert lane.wait(NOW) == (0.0 if scope == "model" else 7.0)
    assert lane.awake(NOW, ("sonnet", "haiku")) == (("haiku",) if scope == "model" else ("sonnet", "haiku"))
