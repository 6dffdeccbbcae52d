"""The rep as the page shows them, and their settings from the page."""

import msgspec

from actors.session.access import is_admin
from actors.session.flow import Flow
from actors.session.onboarding import PROVIDER_NAMES
from actors.session.page import Action, NotNow, Parameters, View
from actors.session.records import user_row
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from coaching.rep_settings import RepSettings, find_time_zone


class Me(msgspec.Struct, frozen=True):
    """Who uses the page; `set_up` is false for someone who has yet to choose in the chat whose key is used."""

    telegram_id: int
    first_name: str
    username: str | None
    set_up: bool
    admin: bool
    provider: str
    model: str
    own_key: bool
    practice: bool
    settings: RepSettings


class SettingsChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rep's settings, whole."""

    time_zone: str
    quiet_from: int
    quiet_to: int
    reminders: bool


def me(state: SessionState, parameters: Parameters, world: World) -> Me:
    """The rep themselves."""
    profile = state.profile
    provider = profile.provider if profile else world.default_provider
    return Me(
        telegram_id=state.rep.telegram_id,
        first_name=state.rep.first_name,
        username=state.rep.username,
        set_up=profile is not None,
        admin=is_admin(state, world),
        provider=PROVIDER_NAMES[provider],
        model=profile.model if profile else world.settings.default_openrouter_model,
        own_key=profile is not None and profile.key is not None,
        practice=provider in world.practice,
        settings=profile.settings if profile else RepSettings(),
    )


def change_settings(state: SessionState, parameters: Parameters, change: SettingsChange, world: World) -> Turn:
    """Take over the settings from the page."""
    profile, zone = state.profile, find_time_zone(change.time_zone)
    if profile is None:
        raise NotNow(world.texts("setup-first"))
    if zone is None:
        raise NotNow(world.texts("settings-zone-unknown"))
    if not (0 <= change.quiet_from <= 23 and 0 <= change.quiet_to <= 23):
        raise NotNow(world.texts("settings-quiet-range"))
    settings = msgspec.structs.replace(
        profile.settings,
        time_zone=zone,
        quiet_from=change.quiet_from,
        quiet_to=change.quiet_to,
        reminders=change.reminders,
    )
    profile = msgspec.structs.replace(profile, settings=settings)
    changed = msgspec.structs.replace(state, profile=profile)
    return Turn(changed, rows=(user_row(state.rep, profile, world.now),))


FLOW = Flow(
    views={"me": View(me, Me)},
    actions={"me/settings": Action(change_settings, then="me", body=SettingsChange)},
)
