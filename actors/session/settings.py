"""/settings: whose key and which model, the rep's time zone, quiet hours and reminders, and starting over."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.flow import Flow
from actors.session.onboarding import PROVIDER_NAMES, ask_for_setup, choice
from actors.session.records import user_row
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import EnteringTimeZone, Idle
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from coaching.rep_settings import RepSettings, find_time_zone

PRACTICE_TABLES = ("attempts", "track_progress", "scenarios_seen", "badges")
"""What starting over deletes."""
QUIET_HOURS = {"20-8": (20, 8), "21-8": (21, 8), "22-7": (22, 7), "0-0": (0, 0)}
"""The choices of quiet hours, from and to; equal hours mean none."""


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Show the settings with a button for each."""
    if state.profile is None:
        return ask_for_setup(state, world)
    return _menu(state.at(Idle()), state.profile, None, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Open, change or leave a setting."""
    profile = state.profile
    if profile is None:
        return None
    match tap.words:
        case ("back",):
            return _menu(state.at(Idle()), profile, tap, world)
        case ("close",):
            return show(state.at(Idle()), tap, world.texts("settings-closed"))
        case ("key",):
            return show(state, tap, world.texts("settings-key"), (*choice(world), _back(world)))
        case ("zone",):
            return show(state.at(EnteringTimeZone()), tap, world.texts("settings-zone"), (_back(world),))
        case ("quiet",):
            return show(state, tap, world.texts("settings-quiet"), (*_quiet_choices(world), _back(world)))
        case ("quiet", hours) if hours in QUIET_HOURS:
            begin, end = QUIET_HOURS[hours]
            return _changed(state, profile, tap, world, quiet_from=begin, quiet_to=end)
        case ("reminders", ("on" | "off") as wanted):
            return _changed(state, profile, tap, world, reminders=wanted == "on")
        case ("reset",):
            yes = Button(label=world.texts("button-reset-yes"), data="settings:reset:yes")
            return show(state, tap, world.texts("settings-reset"), ((yes,), _back(world)))
        case ("reset", "yes"):
            return _reset(state, profile, tap, world)
    return None


def take_time_zone(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Take the time zone a rep wrote: a name, a city or an offset."""
    zone = find_time_zone(message.text)
    if zone is None or state.profile is None:
        return Turn(state, calls=say(state, world.texts("settings-zone-unknown")))
    return _changed(state.at(Idle()), state.profile, None, world, time_zone=zone)


def _changed(state: SessionState, profile: Profile, tap: Tap | None, world: World, **changes: str | int | bool) -> Turn:
    settings = msgspec.structs.replace(profile.settings, **changes)
    profile = msgspec.structs.replace(profile, settings=settings)
    turn = _menu(msgspec.structs.replace(state, profile=profile), profile, tap, world)
    return msgspec.structs.replace(turn, rows=(user_row(state.rep, profile, world.now),))


def _reset(state: SessionState, profile: Profile, tap: Tap, world: World) -> Turn:
    """Start the rep's practice over: attempts, progress and points go; leads, memory and settings stay."""
    mine: dict[str, object] = {"telegram_id": state.rep.telegram_id}
    points: dict[str, object] = {"total_xp": 0, "current_level": 1, "streak_days": 0}
    rows = (
        *(RowWrite(table=table, action="delete", where=mine) for table in PRACTICE_TABLES),
        RowWrite(table="users", action="update", values=points, where={"id": profile.user_id}),
    )
    turn = show(state, tap, world.texts("settings-reset-done"))
    return msgspec.structs.replace(turn, rows=rows)


def _menu(state: SessionState, profile: Profile, tap: Tap | None, world: World) -> Turn:
    settings = profile.settings
    text = world.texts(
        "settings",
        provider=PROVIDER_NAMES[profile.provider],
        key="own" if profile.key else "team",
        model=profile.model,
        zone=settings.time_zone,
        time=settings.local(world.now).strftime("%H:%M"),
        quiet=_hours(settings, world),
        reminders="on" if settings.reminders else "off",
    )
    return show(state, tap, text, _buttons(settings, world))


def _hours(settings: RepSettings, world: World) -> str:
    if settings.quiet_from == settings.quiet_to:
        return world.texts("settings-no-quiet")
    return f"{settings.quiet_from:02}:00-{settings.quiet_to:02}:00"


def _buttons(settings: RepSettings, world: World) -> Keyboard:
    def button(name: str, data: str) -> Button:
        return Button(label=world.texts(name), data=f"settings:{data}")

    reminders = "off" if settings.reminders else "on"
    return (
        (button("button-key", "key"), Button(label=world.texts("button-model"), data="model:ask")),
        (button("button-zone", "zone"), button("button-quiet", "quiet")),
        (button(f"button-reminders-{reminders}", f"reminders:{reminders}"), button("button-reset", "reset")),
        (button("button-close", "close"),),
    )


def _quiet_choices(world: World) -> Keyboard:
    def label(begin: int, end: int) -> str:
        return _hours(RepSettings(quiet_from=begin, quiet_to=end), world)

    buttons = [Button(label=label(*hours), data=f"settings:quiet:{name}") for name, hours in QUIET_HOURS.items()]
    return (tuple(buttons[:2]), tuple(buttons[2:]))


def _back(world: World) -> tuple[Button, ...]:
    return (Button(label=world.texts("button-back"), data="settings:back"),)


FLOW = Flow(
    commands={"settings": open_},
    buttons={"settings": pressed},
    texts={EnteringTimeZone: take_time_zone},
    links={"settings": open_},
)
