"""/learn: the tracks, the lessons, and the way into the scenario that ends each."""

from actors.session.app_link import open_in_app
from actors.session.flow import Flow
from actors.session.onboarding import ask_for_setup
from actors.session.practice import begin
from actors.session.scoring import track_of
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import AnsweringScenario, Idle
from actors.telegram.rendering import Button, Keyboard
from coaching.practice import progress_of
from coaching.scenarios import Level, Track
from coaching.scoring import PASS_SCORE
from coaching.tracks import Done, Status, status


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """List the levels."""
    if state.profile is None:
        return ask_for_setup(state, world)
    return _list(state.at(Idle()), None, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Open the list, a lesson, or its scenario; a locked one says what opens it, whatever button led there."""
    if state.profile is None:
        return None
    match tap.words:
        case ("list",):
            return _list(state, tap, world)
        case ("level", level_id) if place := track_of(level_id, world):
            return _lesson(state, *place, tap, world)
        case ("start", level_id) if place := track_of(level_id, world):
            return _start(state, *place, tap, world)
    return None


def follow(state: SessionState, rest: str, world: World) -> Turn:
    """Go to the lesson that a link names, by level or scenario; an unknown one leads to the list."""
    if state.profile is None:
        return ask_for_setup(state, world)
    pairs = [(track, level) for track in world.scenarios.learn_tracks for level in track.levels]
    named = (
        pair for pair in pairs if rest in (pair[1].id.replace(".", "_"), pair[1].scenario.id) or rest == pair[1].id
    )
    place = next(named, None)
    state = state.at(Idle())
    return _lesson(state, *place, None, world) if place else _list(state, None, world)


def _list(state: SessionState, tap: Tap | None, world: World) -> Turn:
    done = _done(world)
    lines = [world.texts("learn-list", gate=PASS_SCORE)]
    buttons: list[tuple[Button, ...]] = []
    for track in world.scenarios.learn_tracks:
        lines.append(world.texts("learn-track", name=track.name, description=track.description))
        for level in track.levels:
            known = done.get(level.id)
            line = world.texts(
                "learn-level",
                status=status(track, level, done).value,
                id=level.id,
                name=level.name,
                best=known.best_score if known else 0,
            )
            buttons.append((Button(label=line, data=f"learn:level:{level.id}"),))
    return show(state, tap, "\n\n".join(lines), (*buttons, *open_in_app(world, "/learn")))


def _lesson(state: SessionState, track: Track, level: Level, tap: Tap | None, world: World) -> Turn:
    if closed := locked(track, level, world):
        return Turn(state, notice=closed) if tap else Turn(state, calls=say(state, closed))
    points = "\n".join(f"• {point}" for point in level.lesson.key_points)
    heading = world.texts("learn-points")
    text = f"{level.lesson.title}\n\n{level.lesson.content}\n\n{heading}\n{points}"
    keyboard: Keyboard = (
        (Button(label=world.texts("button-to-scenario"), data=f"learn:start:{level.id}"),),
        (Button(label=world.texts("button-to-levels"), data="learn:list"),),
    )
    return Turn(state, calls=say(state, text, keyboard))


def _start(state: SessionState, track: Track, level: Level, tap: Tap, world: World) -> Turn:
    if closed := locked(track, level, world):
        return Turn(state, notice=closed)
    place = AnsweringScenario(level.scenario.id, world.now, 0, level.id, tap.message_id)
    return begin(state, level.scenario, place, world)


def locked(track: Track, level: Level, world: World) -> str | None:
    """What opens a locked level, or None for an open one."""
    if status(track, level, _done(world)) is not Status.LOCKED:
        return None
    before = track.levels[track.levels.index(level) - 1]
    return world.texts("learn-locked", before=f"{before.id} {before.name}", gate=PASS_SCORE)


def _done(world: World) -> Done:
    return progress_of(world.book.rows("track_progress").values())


FLOW = Flow(commands={"learn": open_}, buttons={"learn": pressed}, links={"learn": follow})
