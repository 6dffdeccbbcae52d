"""What a rep hears when a model gave no answer: whose matter it is, what to do, and when what is spent comes back."""

from actors.session.flow import Failure
from actors.session.onboarding import PROVIDER_NAMES
from actors.session.state import SessionState
from actors.session.turn import World
from coaching.rep_settings import RepSettings

_DAYS = {0: "today", 1: "tomorrow"}


def failure_text(state: SessionState, failure: Failure, world: World) -> str:
    """One sentence or two, in which the provider is the one that failed, or the rep's where none was asked."""
    profile = state.profile
    provider = failure.provider or (profile.provider if profile else None)
    return world.texts(
        f"failed-{failure.kind}",
        provider=PROVIDER_NAMES[provider] if provider else "",
        payer="rep" if profile and profile.key else "team",
        seconds=round(failure.retry_after_s or 60),
        renewed=_renewed(failure.retry_after_s, profile.settings if profile else RepSettings(), world),
    )


def _renewed(after_s: float | None, settings: RepSettings, world: World) -> str:
    """The moment on the rep's clock, which without a time zone of theirs is UTC; "later" where nobody said when."""
    if after_s is None:
        return world.texts("renewed-unknown")
    moment, now = settings.local(world.now + after_s), settings.local(world.now)
    time = moment.strftime("%H:%M UTC" if settings.time_zone == "UTC" else "%H:%M")
    days = (moment.date() - now.date()).days
    return world.texts("renewed", day=_DAYS.get(days, "later"), date=moment.strftime("%d %b"), time=time)
