"""Learn and Train on the page: tracks, lessons, the open scenario, answers with their scores, and the model answer.

A scenario is shown only to a rep who began it, in the chat or here; its model answer only to one who asked for it.
"""

from typing import Literal

import msgspec

from actors.session import learn, practice, train
from actors.session.cards import category
from actors.session.flow import Flow
from actors.session.page import Action, NoBody, NotNow, NotThere, Parameters, Uploaded, View
from actors.session.page_words import Words
from actors.session.pool import find, pool
from actors.session.pressing import listen, press, say_to
from actors.session.scoring import track_of
from actors.session.state import SessionState
from actors.session.stats import stats_of
from actors.session.turn import Turn, World
from actors.session.waiting import AnsweringScenario
from coaching.drills import unseen
from coaching.practice import Feedback, feedback_of, ideal_known, progress_of, seen_of
from coaching.scenarios import Level, Persona, Scenario, Track
from coaching.scoring import PASS_SCORE
from coaching.tracks import LevelProgress, Status, status
from storage import from_text

MOST_TRIES = 10


class LevelLine(msgspec.Struct, frozen=True):
    """A level of a track; `best_score` is 0 before the first answer."""

    id: str
    name: str
    status: Status
    best_score: int
    attempts: int


class TrackLines(msgspec.Struct, frozen=True):
    """A track with its levels in the order in which they unlock."""

    id: str
    name: str
    description: str
    levels: tuple[LevelLine, ...]


class Tracks(msgspec.Struct, frozen=True):
    """Everything there is to learn; `gate` is the score that unlocks the next level."""

    tracks: tuple[TrackLines, ...]
    gate: int


class LessonView(msgspec.Struct, frozen=True):
    """A lesson that is open, and the scenario it leads to."""

    level: LevelLine
    track: str
    title: str
    content: str
    key_points: tuple[str, ...]
    scenario_id: str


class Difficulty(msgspec.Struct, frozen=True):
    """How many drills of a difficulty there are, and how many the rep has not met."""

    difficulty: int
    drills: int
    unseen: int


class Training(msgspec.Struct, frozen=True):
    """The choice of drills; `weak` are names of categories, `recommended` a difficulty."""

    difficulties: tuple[Difficulty, ...]
    recommended: int
    weak: tuple[str, ...]


class OpenScenario(msgspec.Struct, frozen=True):
    """The scenario whose answer is waited for, null for none, and those whose answers are being scored.

    `listening` says that a spoken answer is being put into words.
    """

    scenario_id: str | None
    scoring: tuple[str, ...]
    listening: bool


class CriterionLine(msgspec.Struct, frozen=True):
    """What counts, and for how much of 100."""

    description: str
    weight: int


class Try(msgspec.Struct, frozen=True):
    """An answer with its score and what it earned; `feedback` is null where it is of an older shape."""

    answer: str
    score: int
    passed: bool
    xp: int
    feedback: Feedback | None
    at: float


class Ideal(msgspec.Struct, frozen=True):
    """The model answer and what often goes wrong."""

    response: str
    mistakes: tuple[str, ...]


class ScenarioView(msgspec.Struct, frozen=True):
    """A scenario that the rep began: `shown_at` while its answer is waited for, `scoring` while one is scored."""

    id: str
    level_id: str | None
    category: str
    difficulty: int
    persona: Persona
    situation: str
    criteria: tuple[CriterionLine, ...]
    time_limit_s: int
    shown_at: float | None
    scoring: bool
    tries: tuple[Try, ...]
    ideal: Ideal | None


class NextDrill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The difficulty of the next drill, 0 for any."""

    difficulty: Literal[0, 1, 2, 3]


def tracks(state: SessionState, parameters: Parameters, world: World) -> Tracks:
    """The tracks with the rep's progress."""
    found = world.scenarios.learn_tracks
    lines = (
        TrackLines(one.id, one.name, one.description, tuple(_level(one, level, world) for level in one.levels))
        for one in found
    )
    return Tracks(tuple(lines), PASS_SCORE)


def lesson(state: SessionState, parameters: Parameters, world: World) -> LessonView:
    """A lesson; a locked one says what opens it."""
    track, level = _place(parameters, world)
    if locked := learn.locked(track, level, world):
        raise NotNow(locked)
    taught = level.lesson
    line = _level(track, level, world)
    return LessonView(line, track.name, taught.title, taught.content, taught.key_points, level.scenario.id)


def training(state: SessionState, parameters: Parameters, world: World) -> Training:
    """What there is to drill."""
    if state.profile is None:
        raise NotNow(world.texts("setup-first"))
    drills, seen = pool(world), seen_of(world.book.rows("scenarios_seen").values())
    stats = stats_of(state.profile, world)
    counts = (
        Difficulty(number, sum(one.difficulty == number for one in drills), unseen(drills, seen, number))
        for number in (1, 2, 3)
    )
    return Training(tuple(counts), stats.recommended, tuple(category(name, world) for name in stats.weak[:3]))


def open_scenario(state: SessionState, parameters: Parameters, world: World) -> OpenScenario:
    """Where practice stands."""
    waiting = state.waiting_for
    open_ = waiting.scenario_id if isinstance(waiting, AnsweringScenario) else None
    scoring = tuple(job.subject for job in state.line if job.kind in (practice.LEARN, practice.TRAIN))
    listening = any(isinstance(one.place, AnsweringScenario) for one in state.hearings)
    return OpenScenario(open_, scoring, listening)


def scenario(state: SessionState, parameters: Parameters, world: World) -> ScenarioView:
    """A scenario that the rep began."""
    found, waiting = _begun(parameters, world), state.waiting_for
    is_open = isinstance(waiting, AnsweringScenario) and waiting.scenario_id == found.id
    known = ideal_known(world.book.rows("scenarios_seen").values(), found.id)
    criteria = (CriterionLine(one.description, one.weight) for one in found.scoring_rubric.values())
    return ScenarioView(
        id=found.id,
        level_id=_level_of(found, world),
        category=category(found.category, world),
        difficulty=found.difficulty,
        persona=found.persona,
        situation=found.situation,
        criteria=tuple(criteria),
        time_limit_s=found.time_limit_seconds,
        shown_at=waiting.shown_at if is_open and isinstance(waiting, AnsweringScenario) else None,
        scoring=found.id in open_scenario(state, parameters, world).scoring,
        tries=_tries(found, world),
        ideal=Ideal(found.ideal_response, found.common_mistakes) if known else None,
    )


def start_level(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Begin a level's scenario."""
    _, level = _place(parameters, world)
    return press(learn.pressed, state, ("start", level.id), world)


def start_next(state: SessionState, parameters: Parameters, wanted: NextDrill, world: World) -> Turn:
    """Begin the next drill of a difficulty."""
    return press(train.pressed, state, ("next", str(wanted.difficulty)), world)


def start_drill(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Begin one drill."""
    if state.profile is None:
        raise NotNow(world.texts("setup-first"))
    if all(drill.id != parameters["scenario_id"] for drill in pool(world)):
        raise NotThere
    return train.follow(state, parameters["scenario_id"], world)


def answer(state: SessionState, parameters: Parameters, words: Words, world: World) -> Turn:
    """Answer the scenario that is open, whichever door it was begun by."""
    found, waiting = _begun(parameters, world), state.waiting_for
    if not isinstance(waiting, AnsweringScenario) or waiting.scenario_id != found.id:
        raise NotNow(world.texts("page-scenario-closed"))
    return say_to(practice.take_answer, state, waiting, words.text, world)


def speak(state: SessionState, parameters: Parameters, sound: Uploaded, world: World) -> Turn:
    """Answer the open scenario by a recording; its words come to the chat, and the score to both."""
    found, waiting = _begun(parameters, world), state.waiting_for
    if not isinstance(waiting, AnsweringScenario) or waiting.scenario_id != found.id:
        raise NotNow(world.texts("page-scenario-closed"))
    return listen(state, waiting, sound, world)


def retry(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Begin a scenario once more that was answered before."""
    return press(practice.pressed, state, ("retry", _begun(parameters, world).id, "0"), world)


def show_ideal(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Read the model answer, which is noted: points for it are over."""
    return press(practice.pressed, state, ("ideal", _begun(parameters, world).id), world)


def _place(parameters: Parameters, world: World) -> tuple[Track, Level]:
    place = track_of(parameters["level_id"], world)
    if place is None:
        raise NotThere
    return place


def _begun(parameters: Parameters, world: World) -> Scenario:
    """The scenario that a path names, if the rep was ever shown it; raises NotThere."""
    id_ = parameters["scenario_id"]
    found = find(world, id_) if id_ in seen_of(world.book.rows("scenarios_seen").values()) else None
    if found is None:
        raise NotThere
    return found


def _level(track: Track, level: Level, world: World) -> LevelLine:
    done = progress_of(world.book.rows("track_progress").values())
    known = done.get(level.id, LevelProgress())
    return LevelLine(level.id, level.name, status(track, level, done), known.best_score, known.attempts)


def _level_of(found: Scenario, world: World) -> str | None:
    levels = (level for track in world.scenarios.learn_tracks for level in track.levels)
    return next((level.id for level in levels if level.scenario.id == found.id), None)


def _tries(found: Scenario, world: World) -> tuple[Try, ...]:
    """The answers to a scenario, newest first."""
    rows = [row for row in world.book.rows("attempts").values() if row["scenario_id"] == found.id]
    rows.sort(key=lambda row: str(row["created_at"]), reverse=True)
    return tuple(_try(row) for row in rows[:MOST_TRIES])


def _try(row: dict[str, object]) -> Try:
    score = int(str(row["score"]))
    return Try(
        answer=str(row["user_response"]),
        score=score,
        passed=score >= PASS_SCORE,
        xp=int(str(row["xp_earned"] or 0)),
        feedback=feedback_of(row),
        at=from_text(str(row["created_at"])),
    )


_ONE = "practice/{scenario_id}"
FLOW = Flow(
    views={
        "learn": View(tracks, Tracks),
        "learn/{level_id}": View(lesson, LessonView),
        "train": View(training, Training),
        "practice": View(open_scenario, OpenScenario),
        _ONE: View(scenario, ScenarioView),
    },
    actions={
        "learn/{level_id}/start": Action(start_level, then="practice"),
        "train/start": Action(start_next, then="practice", body=NextDrill),
        "train/{scenario_id}/start": Action(start_drill, then="practice"),
        f"{_ONE}/answer": Action(answer, then=_ONE, body=Words),
        f"{_ONE}/voice": Action(speak, then=_ONE, body=Uploaded, upload="sound"),
        f"{_ONE}/retry": Action(retry, then=_ONE),
        f"{_ONE}/ideal": Action(show_ideal, then=_ONE),
    },
)
