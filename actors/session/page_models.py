"""Which model each agent answers on, chosen on an admin's page, and what the models in use cost."""

import msgspec

from actors.providers.messages import ModelInfo
from actors.providers.usage_book import TABLE, Totals
from actors.session import admin_models
from actors.session.agent_models import choice, no_choice
from actors.session.flow import Flow
from actors.session.page import Action, NoBody, NotNow, NotThere, Parameters, View
from actors.session.page_admin import Models, for_admins, models, only_admins
from actors.session.page_settings import MOST_MODELS, ChosenModel, ModelLine, listed_models, model_line, searched
from actors.session.state import SessionState
from actors.session.turn import Turn, World
from actors.session.usage import MONTH, grouped, recent
from coaching.agents import AGENTS


class AgentChoices(msgspec.Struct, frozen=True):
    """The models that an agent may answer on, the cheapest first; `count` fit the words."""

    agent: str
    models: tuple[ModelLine, ...]
    count: int


class ModelPrice(msgspec.Struct, frozen=True):
    """A model that was used over a month: what it used, and how its provider lists it now, null where it does not."""

    model: str
    used: Totals
    listed: ModelLine | None


class Prices(msgspec.Struct, frozen=True):
    """The models in use, the one with the most tokens first; `reachable` is false where no list could be had."""

    models: tuple[ModelPrice, ...]
    reachable: bool


def choices(state: SessionState, parameters: Parameters, world: World) -> AgentChoices:
    """What an agent may answer on."""
    agent = _agent(parameters)
    found = _fitting(agent, world, searched(parameters))
    return AgentChoices(agent, tuple(model_line(model) for model in found[:MOST_MODELS]), len(found))


def choose(state: SessionState, parameters: Parameters, chosen: ChosenModel, world: World) -> Turn:
    """Let an agent answer on this model for everybody on the team's key."""
    only_admins(state, world)
    agent = _agent(parameters)
    if chosen.model not in {model.id for model in _fitting(agent, world)}:
        raise NotNow(world.texts("model-not-offered"))
    return Turn(state, rows=(choice(agent, chosen.model, state.rep.telegram_id, world),))


def choose_none(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Let an agent answer on each rep's own model again."""
    only_admins(state, world)
    return Turn(state, rows=(no_choice(_agent(parameters)),))


def prices(state: SessionState, parameters: Parameters, world: World) -> Prices:
    """What the models in use cost."""
    try:
        listed = {model.id: model for model in listed_models(world)}
        reachable = True
    except NotNow:
        listed, reachable = {}, False
    used = grouped(recent(world.book.rows(TABLE, team=True).values(), world.now, MONTH), "model")
    lines = (ModelPrice(name, totals, _line(listed.get(name))) for name, totals in used.items())
    return Prices(tuple(lines), reachable)


def _line(model: ModelInfo | None) -> ModelLine | None:
    return model_line(model) if model else None


def _fitting(agent: str, world: World, words: str = "") -> list[ModelInfo]:
    return admin_models.choices(listed_models(world), agent, words)


def _agent(parameters: Parameters) -> str:
    agent = parameters["agent"]
    if agent not in AGENTS:
        raise NotThere
    return agent


FLOW = Flow(
    views={
        "admin/models": View(for_admins(models), Models),
        "admin/agents/{agent}/models": View(for_admins(choices), AgentChoices, query=("search",)),
        "admin/prices": View(for_admins(prices), Prices),
    },
    actions={
        "admin/agents/{agent}/model": Action(choose, then="admin/models", body=ChosenModel),
        "admin/agents/{agent}/model/clear": Action(choose_none, then="admin/models"),
    },
)
