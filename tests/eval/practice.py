"""The practice model asked as the product asks a model, without a network: for tests of what it makes of answers."""

from functools import cache

import msgspec

from actors.library import Library, load_library
from actors.providers.wire_schema import Dialect, wire_schema
from coaching.agents import AGENTS
from coaching.outputs import OUTPUTS
from coaching.prompts import render, render_turn
from coaching.scenarios import Scenario
from coaching.scoring import Score, score, sheet
from coaching.trainer import TrainerOutput
from sandbox.models.coach import Question, Turn, answer
from tests.coaching.samples import ROOT


@cache
def library() -> Library:
    """The library that ships."""
    return load_library(ROOT)


def asked(agent: str, **values: object) -> bytes:
    """What the practice model answers as this agent; what is not given is the knowledge, or empty in the turn."""
    prompt = library().prompts[agent]
    given = {name: values.get(name, "" if name in prompt.turn else library().knowledge) for name in prompt.inputs}
    schema = wire_schema(OUTPUTS[AGENTS[agent].output or ""], Dialect.OPENROUTER)
    turn = Turn("user", render_turn(prompt, given))
    return answer(Question("\n\n".join(render(prompt, given)), (turn,), schema)).encode()


def scored(scenario: Scenario, text: str) -> Score:
    """The score of an answer, with the practice model's evidence."""
    output = asked("trainer", user_message=text, scenario=sheet(scenario))
    return score(scenario, text, msgspec.json.decode(output, type=TrainerOutput))
