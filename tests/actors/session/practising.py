"""What the tests of lessons and drills share: rows of earlier practice, taps, texts, and a trainer's evidence."""

from collections.abc import Iterable

import msgspec

from actors.session import conversation
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from actors.telegram.parsing import ButtonTap, Sender, TextMessage
from coaching.scenarios import Scenario
from coaching.trainer import CriterionRemark, Sighting, TrainerOutput
from storage import Row, to_text
from tests.actors.session.world import NOW, book, world

ANNA = Sender(telegram_id=7, username="anna", first_name="Anna")
DAY = 86_400.0
TABLES = ("attempts", "track_progress", "scenarios_seen", "badges", "users", "team_generated_scenarios")


def here(now: float = NOW, **tables: tuple[Row, ...]) -> World:
    """A world in which all the tables of practice were read, empty but for those given."""
    known = book(**{**dict.fromkeys(TABLES, ()), **tables})
    return msgspec.structs.replace(world(known), now=now)


def write(state: SessionState, text: str, at: World) -> Turn:
    """The turn that a text makes."""
    return conversation.handle(state, TextMessage(7, ANNA, 9, text, 0), at)


def tap(state: SessionState, data: str, at: World, message_id: int | None = 5) -> Turn:
    """The turn that a tapped button makes."""
    return conversation.handle(state, ButtonTap("callback", ANNA, 7, message_id, data), at)


def evidence(scenario: Scenario, answer: str, *, only: Iterable[str] | None = None) -> bytes:
    """A trainer's answer that sees every good sign, or those of some criteria, each in other words of the answer."""
    words = answer.split()
    names = list(scenario.scoring_rubric) if only is None else list(only)
    signs = [f"{name}+{n}" for name in names for n in range(1, len(scenario.scoring_rubric[name].positive_signals) + 1)]
    quotes = [" ".join(words[at : at + 3]) for at in range(len(signs))]
    output = TrainerOutput(
        sightings=tuple(Sighting(sign, quote) for sign, quote in zip(signs, quotes, strict=True)),
        remarks=tuple(CriterionRemark(name, "Noted.", "Say it so.") for name in scenario.scoring_rubric),
        strengths=("Good start.",),
        improvements=("Ask for a date.",),
        ideal_differs=(),
    )
    return msgspec.json.encode(output)


def attempt(scenario_id: str, score: int, at: float = NOW, answer: str = "something else") -> Row:
    """An earlier attempt's row."""
    return {
        "id": f"{scenario_id}{score}{at}",
        "telegram_id": 7,
        "scenario_id": scenario_id,
        "mode": "train",
        "score": score,
        "user_response": answer,
        "feedback_json": {},
        "created_at": to_text(at),
    }


def rows_of(turn: Turn, table: str) -> list[dict[str, object]]:
    """The rows, or the values of the update, that a turn writes to a table."""
    return [row for write in turn.rows if write.table == table for row in (*write.rows, write.values) if row]
