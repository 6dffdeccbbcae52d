"""What a rep hears of a failure is true of their key, their clock and the provider that failed."""

from datetime import UTC, datetime

import msgspec
import pytest

from actors.providers.messages import FailureKind, Provider, SealedKey
from actors.session.failure_text import failure_text
from actors.session.flow import Failure
from actors.session.state import SessionState
from coaching.rep_settings import RepSettings
from tests.actors.session.world import REP, ready, world

EVENING = datetime(2026, 12, 30, 21, 30, tzinfo=UTC).timestamp()
TO_MIDNIGHT = 2.5 * 3600
MONEY = (FailureKind.NO_CREDIT, FailureKind.QUOTA_SPENT, FailureKind.SPEND_LIMIT)


def rep(time_zone: str = "UTC", *, own: bool = False) -> SessionState:
    """A rep on the team's key or their own, somewhere in the world."""
    state = ready()
    assert state.profile
    key = SealedKey(Provider.OPENROUTER, REP.telegram_id, "sealed") if own else None
    profile = msgspec.structs.replace(state.profile, key=key, settings=RepSettings(time_zone=time_zone))
    return msgspec.structs.replace(state, profile=profile)


def told(state: SessionState, kind: FailureKind, after_s: float | None, provider: Provider | None = None) -> str:
    """The words at 21:30 UTC on the 30th of December."""
    return failure_text(state, Failure(kind, after_s, provider), msgspec.structs.replace(world(), now=EVENING))


@pytest.mark.parametrize(
    ("time_zone", "after_s", "renewed"),
    [
        ("UTC", TO_MIDNIGHT, "tomorrow at 00:00 UTC"),
        ("America/New_York", TO_MIDNIGHT, "today at 19:00"),
        ("Asia/Tokyo", TO_MIDNIGHT, "today at 09:00"),
        ("Europe/Berlin", TO_MIDNIGHT, "tomorrow at 01:00"),
        ("Europe/Berlin", 86_400 + TO_MIDNIGHT, "on 01 Jan at 01:00"),
        ("UTC", None, "at a time that the provider does not tell"),
    ],
)
def test_what_is_spent_comes_back_on_the_reps_clock(time_zone: str, after_s: float | None, renewed: str) -> None:
    """Midnight UTC is not everybody's tomorrow; a rep who has set no zone is told whose clock it is."""
    for kind in (FailureKind.QUOTA_SPENT, FailureKind.SPEND_LIMIT, FailureKind.BUDGET_SPENT):
        assert renewed in told(rep(time_zone), kind, after_s)


@pytest.mark.parametrize("kind", MONEY)
def test_money_is_the_business_of_whose_it_is(kind: FailureKind) -> None:
    """A rep can mend their own account, and beside the team's only bring a key of their own."""
    own, teams = told(rep(own=True), kind, TO_MIDNIGHT), told(rep(), kind, TO_MIDNIGHT)
    assert "Your" in own
    assert "your own key" not in own
    assert "your own key with /start" in teams
    assert "op it up" not in teams
    assert "raise it" not in teams


def test_a_money_limit_is_no_lack_of_free_requests() -> None:
    """Only the free day is spoken of as free."""
    for own in (False, True):
        assert "free" in told(rep(own=own), FailureKind.QUOTA_SPENT, TO_MIDNIGHT)
        assert "free" not in told(rep(own=own), FailureKind.SPEND_LIMIT, TO_MIDNIGHT)


def test_the_provider_is_the_one_that_failed() -> None:
    """Which after a fallback is not the rep's; where none was asked it is."""
    assert "Anthropic" in told(rep(), FailureKind.NO_CREDIT, None, Provider.ANTHROPIC)
    assert "OpenRouter" in told(rep(), FailureKind.NO_CREDIT, None)
