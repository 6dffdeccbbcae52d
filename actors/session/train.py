"""/train: a drill of the difficulty a rep chooses, never one that was seen before the others were."""

from actors.session.app_link import open_in_app
from actors.session.book import RowsUnreachable
from actors.session.cards import category
from actors.session.flow import Flow
from actors.session.new_drills import wanted
from actors.session.onboarding import ask_for_setup
from actors.session.pool import find, pool
from actors.session.practice import begin
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say, then
from actors.session.waiting import AnsweringScenario, Idle
from actors.telegram.rendering import Button, Keyboard
from coaching.drills import choose, unseen
from coaching.practice import attempts_of, seen_of
from coaching.progress import Attempt, recommended_difficulty, weak_categories


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Ask how hard it shall be, with a recommendation."""
    if state.profile is None:
        return ask_for_setup(state, world)
    return _menu(state.at(Idle()), state.profile, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Show the next drill of a difficulty; 0 is any."""
    match tap.words:
        case ("menu",) if state.profile is not None:
            return _menu(state, state.profile, world)
        case ("next", ("0" | "1" | "2" | "3") as difficulty) if state.profile is not None:
            return _next(state, state.profile, int(difficulty), tap, world)
    return None


def follow(state: SessionState, rest: str, world: World) -> Turn:
    """Go to the drill that a link names; an unknown one leads to the choice of difficulty."""
    profile, state = state.profile, state.at(Idle())
    if profile is None:
        return ask_for_setup(state, world)
    named = {scenario.id: scenario for scenario in pool(world)}
    scenario = named.get(rest) or named.get(f"train_{rest}")
    if scenario is None:
        return _menu(state, profile, world)
    return begin(state, scenario, AnsweringScenario(scenario.id, world.now, scenario.difficulty), world)


def _menu(state: SessionState, profile: Profile, world: World) -> Turn:
    seen, drills, attempts = seen_of(world.book.rows("scenarios_seen").values()), pool(world), _attempts(profile, world)
    easy, middle, hard = (unseen(drills, seen, difficulty) for difficulty in (1, 2, 3))
    lines = [
        world.texts("train-menu", easy=easy, middle=middle, hard=hard, recommended=recommended_difficulty(attempts))
    ]
    if weak := weak_categories(attempts):
        lines.append(world.texts("train-weak", category=category(weak[0], world)))
    return Turn(state, calls=say(state, "\n\n".join(lines), _difficulties(world)))


def _next(state: SessionState, profile: Profile, difficulty: int, tap: Tap, world: World) -> Turn:
    seen = seen_of(world.book.rows("scenarios_seen").values())
    weak = weak_categories(_attempts(profile, world))
    choice = choose(pool(world), seen, difficulty or None, profile.user_id, weak)
    if choice is None:
        return Turn(state, notice=world.texts("train-empty"))
    place = AnsweringScenario(choice.scenario.id, world.now, difficulty, "", tap.message_id)
    if not choice.seen_before:
        return begin(state, choice.scenario, place, world)
    shown = begin(state, choice.scenario, place, world, before=world.texts("train-round"))
    return then(shown, lambda after: _more(after, choice.scenario.difficulty, world))


def _more(state: SessionState, difficulty: int, world: World) -> Turn:
    """Have the pool grow; without storage it does not."""
    try:
        return wanted(state, difficulty, world)
    except RowsUnreachable:
        return Turn(state)


def _attempts(profile: Profile, world: World) -> tuple[Attempt, ...]:
    return attempts_of(world.book.rows("attempts").values(), lambda id_: find(world, id_), profile.settings)


def _difficulties(world: World) -> Keyboard:
    def button(difficulty: int) -> Button:
        return Button(label=world.texts(f"button-difficulty-{difficulty}"), data=f"train:next:{difficulty}")

    return ((button(1), button(2)), (button(3), button(0)), *open_in_app(world, "/train"))


FLOW = Flow(commands={"train": open_}, buttons={"train": pressed}, links={"train": follow})
