"""Practice, the part that lessons and drills share: a scenario is shown, answered once, scored, and tried again."""

import msgspec

from actors.providers.messages import RowWrite
from actors.session.cards import gain_card, ideal_card, scenario_card, score_card
from actors.session.flow import Flow, JobFlow
from actors.session.jobs import enqueue, new_job
from actors.session.onboarding import ask_for_setup
from actors.session.pool import find
from actors.session.records import memory_row
from actors.session.scoring import Result, result, track_of
from actors.session.state import Job, SessionState
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import AnsweringScenario, Idle
from actors.telegram.messages import TelegramCall
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard, Rendered, italic, join, plain, send_calls
from coaching import practice
from coaching.memory import MemoryOutput, grounded, merge, practice_interaction
from coaching.orders import spoken
from coaching.practice import Owner, Rehearsal
from coaching.prospect import cleaned
from coaching.scenarios import Scenario
from coaching.scoring import MAXIMUM_ANSWER, PASS_SCORE, Score, rubric_version, score, sheet
from coaching.trainer import TrainerOutput
from storage import to_text

LEARN, TRAIN = "learn", "train"
_FEWEST_WORDS, _FEWEST_CHARACTERS = 2, 12  # either will do: some scripts have no blanks between words


def begin(state: SessionState, scenario: Scenario, place: AnsweringScenario, world: World, *, before: str = "") -> Turn:
    """Show a scenario and take the next text for its answer; a second tap of the same button changes nothing."""
    profile, waiting = state.profile, state.waiting_for
    if profile is None:
        return ask_for_setup(state, world)
    if place.asked_by is not None and isinstance(waiting, AnsweringScenario) and waiting.asked_by == place.asked_by:
        return Turn(state, notice=world.texts("practice-already"))
    card = scenario_card(scenario, world)
    if before:
        card = join((plain(before), card), "\n\n")
    rows = _seen(Owner(profile.user_id, state.rep.telegram_id), scenario.id, world)
    calls = send_calls(state.rep.telegram_id, card, _scenario_buttons(place, world))
    return Turn(state.at(place), calls=calls, rows=rows)


def take_answer(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Take the answer to the scenario that is open; one that cannot be scored leaves it open."""
    waiting, profile = state.waiting_for, state.profile
    if not isinstance(waiting, AnsweringScenario) or profile is None:
        return Turn(state)
    scenario = find(world, waiting.scenario_id)
    if scenario is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("practice-gone")))
    refused = _refused(message.text, scenario, world)
    if refused:
        return Turn(state, calls=say(state, refused))
    rehearsal = Rehearsal(
        scenario=scenario,
        mode=LEARN if waiting.level_id else TRAIN,
        answer=cleaned(message.text),
        seconds=max(0, round(world.now - waiting.shown_at)),
        difficulty=waiting.difficulty,
        level_id=waiting.level_id,
    )
    rows = world.book.rows("attempts").values()
    earlier = practice.earlier_feedback(rows, rehearsal, rubric_version(scenario))
    if earlier is not None:
        blocks = [plain(world.texts("practice-same")), *score_card(rehearsal, earlier.score, world)]
        return Turn(state.at(Idle()), calls=_card(state, blocks, after_buttons(rehearsal, earlier.score, world)))
    inputs: dict[str, object] = {
        "user_message": spoken(rehearsal.answer).text,
        "scenario": sheet(scenario),
        "rehearsal": msgspec.to_builtins(rehearsal),
    }
    return enqueue(state, new_job(rehearsal.mode, inputs, world, subject=scenario.id), world)


def answered(state: SessionState, job: Job, world: World) -> Turn:
    """Score the answer by the evidence that holds, tell it, and write down all that it changes."""
    profile = state.profile
    if profile is None:
        return Turn(state)
    rehearsal = _rehearsal(job)
    scored = _score(job, rehearsal, world)
    known = practice.ideal_known(world.book.rows("scenarios_seen").values(), rehearsal.scenario.id)
    counted = result(state.rep, profile, job.run_id, rehearsal, scored, world)
    blocks = [*score_card(rehearsal, scored, world), gain_card(counted, world, ideal_known=known)]
    blocks += [plain(text) for text in _passage(rehearsal, counted, world)]
    if profile.provider in world.practice:
        blocks.append(italic(world.texts("answer-practice")))
    return Turn(state, calls=_card(state, blocks, after_buttons(rehearsal, scored, world)), rows=counted.rows)


def ended(state: SessionState, job: Job, world: World) -> Turn:
    """Remember what the answer taught about the rep, even if the memory agent failed."""
    profile = state.profile
    if profile is None:
        return Turn(state)
    rehearsal = _rehearsal(job)
    learned = job.finished.get("memory")
    update = grounded(msgspec.json.decode(learned, type=MemoryOutput), job.text) if learned else None
    total, scenario = _score(job, rehearsal, world).total, rehearsal.scenario
    interaction = practice_interaction(rehearsal.mode, scenario.category, total, to_text(job.received_at))
    names = sorted({scenario.persona.name, *scenario.persona.name.split()}, key=len, reverse=True)
    memory = merge(state.memory, update, interaction, names)
    remembered = msgspec.structs.replace(state, memory=memory)
    return Turn(remembered, rows=(memory_row(state.rep, profile, memory, world.now),))


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Try a scenario again, or read its model answer after having tried it."""
    match tap.words:
        case ("retry", scenario_id, difficulty) if difficulty in ("0", "1", "2", "3"):
            scenario = find(world, scenario_id)
            if scenario is None or not _tried(scenario_id, world):
                return None
            return begin(state, scenario, _place(scenario, int(difficulty), tap, world), world)
        case ("ideal", scenario_id):
            return _ideal(state, scenario_id, world)
    return None


def after_buttons(rehearsal: Rehearsal, scored: Score, world: World) -> Keyboard:
    """What can follow a score."""

    def button(name: str, data: str) -> Button:
        return Button(label=world.texts(name), data=data)

    scenario = rehearsal.scenario.id
    again = button("button-try-again", f"practice:retry:{scenario}:{rehearsal.difficulty}")
    first = (again, button("button-ideal", f"practice:ideal:{scenario}"))
    numbers = button("button-my-stats", "stats:show")
    if rehearsal.mode == TRAIN:
        return (first, (button("button-next-drill", f"train:next:{rehearsal.difficulty}"), numbers))
    levels = button("button-to-levels", "learn:list")
    following = _following(rehearsal.level_id, world) if scored.passed else None
    ahead = (button("button-next-level", f"learn:level:{following}"),) if following else ()
    return (first, (*ahead, levels, numbers))


def _score(job: Job, rehearsal: Rehearsal, world: World) -> Score:
    output = msgspec.json.decode(job.finished["trainer"], type=TrainerOutput)
    return score(rehearsal.scenario, rehearsal.answer, output, world.cited(output.playbook_reference))


def _rehearsal(job: Job) -> Rehearsal:
    return msgspec.convert(job.inputs["rehearsal"], Rehearsal)


def _refused(text: str, scenario: Scenario, world: World) -> str | None:
    """Why a text cannot be scored, or None."""
    name, answer = scenario.persona.name, cleaned(text)
    if len(answer) > MAXIMUM_ANSWER:
        return world.texts("practice-long", length=len(answer), limit=MAXIMUM_ANSWER)
    said = spoken(answer)
    if len(said.text.split()) < _FEWEST_WORDS and len(said.text) < _FEWEST_CHARACTERS:
        return world.texts("practice-orders" if said.left_out else "practice-empty", name=name)
    return None


def _passage(rehearsal: Rehearsal, counted: Result, world: World) -> list[str]:
    """What a lesson's score opens, or what it still takes."""
    place = track_of(rehearsal.level_id, world) if rehearsal.level_id else None
    if place is None:
        return []
    if not counted.score.passed:
        return [world.texts("learn-again", gate=PASS_SCORE)]
    if counted.opened is None and counted.finished is None:
        return []
    following = f"{counted.opened.id} {counted.opened.name}" if counted.opened else "none"
    return [world.texts("learn-passed", next=following, track=place[0].name)]


def _ideal(state: SessionState, scenario_id: str, world: World) -> Turn | None:
    scenario, profile = find(world, scenario_id), state.profile
    if scenario is None or profile is None or not _tried(scenario_id, world):
        return None
    at = to_text(world.now)
    row = practice.seen_row(Owner(profile.user_id, state.rep.telegram_id), scenario_id, at, at)
    calls = send_calls(state.rep.telegram_id, ideal_card(scenario, world))
    return Turn(state, calls=calls, rows=(_upsert_seen(row),))


def _tried(scenario_id: str, world: World) -> bool:
    return any(row["scenario_id"] == scenario_id for row in world.book.rows("attempts").values())


def _place(scenario: Scenario, difficulty: int, tap: Tap, world: World) -> AnsweringScenario:
    levels = (level for track in world.scenarios.learn_tracks for level in track.levels)
    level_id = next((level.id for level in levels if level.scenario.id == scenario.id), "")
    return AnsweringScenario(scenario.id, world.now, difficulty, level_id, tap.message_id)


def _following(level_id: str, world: World) -> str | None:
    place = track_of(level_id, world)
    if place is None:
        return None
    levels = [level.id for level in place[0].levels]
    after = levels[levels.index(level_id) + 1 :]
    return after[0] if after else None


def _seen(owner: Owner, scenario_id: str, world: World) -> tuple[RowWrite, ...]:
    rows = world.book.rows("scenarios_seen").values()
    known = next((row for row in rows if row["scenario_id"] == scenario_id), {})
    read_at = known.get("ideal_seen_at")
    at = to_text(world.now)
    return (_upsert_seen(practice.seen_row(owner, scenario_id, at, str(read_at) if read_at else None)),)


def _upsert_seen(row: dict[str, object]) -> RowWrite:
    return RowWrite("scenarios_seen", "upsert", (row,), ("user_id", "scenario_id"))


def _scenario_buttons(place: AnsweringScenario, world: World) -> Keyboard:
    if place.level_id:
        return ((Button(label=world.texts("button-to-lesson"), data=f"learn:level:{place.level_id}"),),)
    return ((Button(label=world.texts("button-other-drill"), data=f"train:next:{place.difficulty}"),),)


def _card(state: SessionState, blocks: list[Rendered], keyboard: Keyboard) -> tuple[TelegramCall, ...]:
    return send_calls(state.rep.telegram_id, join(blocks, "\n\n"), keyboard)


_PRACTICE = JobFlow(answered=answered, ended=ended)
FLOW = Flow(
    buttons={"practice": pressed},
    texts={AnsweringScenario: take_answer},
    jobs={LEARN: _PRACTICE, TRAIN: _PRACTICE},
)
