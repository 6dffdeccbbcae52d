"""Promises of LaneGate about allowances that a provider states in its headers."""

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
    lane.learned(NOW, (Window(unit="requests", limit=60, left=0, reset_s=60.0),))
    assert lane.wait(NOW) == 1.0
    assert lane.wait(NOW, ahead=9) == 10.0
    lane.learned(NOW, (Window(unit="requests", limit=60, left=2, reset_s=60.0),))
    assert lane.wait(NOW) == 0.0
    lane.sent(NOW, TIME, 7, "model", 0.0)
    lane.sent(NOW, TIME, 7, "model", 0.0)
    assert lane.wait(NOW) > 0.9
    other = gate()
    other.learned(NOW, (Window(unit="tokens", limit=30000, left=12000, reset_s=30.0),))
    assert other.wait(NOW, tokens=12000) == 0.0
    assert other.wait(NOW, tokens=18000) == 10.0
