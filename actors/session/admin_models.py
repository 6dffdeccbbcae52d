"""Which model each agent answers on, and after it which others: shown as a chain, and chosen by an admin."""

import msgspec

from actors.providers.messages import ModelInfo, Provider
from actors.session.agent_models import choice, chosen_models, no_choice
from actors.session.model_choice import in_order
from actors.session.state import SessionState
from actors.session.turn import ListModelsOf, Tap, Turn, World, say, show
from actors.session.waiting import ChoosingAgentModel, Idle
from actors.telegram.rendering import Button, Keyboard
from coaching.agents import AGENTS

MOST_SHOWN = 20
_PREFIX = "admin:models:use:"
_MOST_DATA_BYTES = 64


def pressed(state: SessionState, tap: Tap, words: tuple[str, ...], world: World) -> Turn | None:
    """Show every agent's chain, ask for an agent's model, take one, or go back to each rep's own."""
    waiting = state.waiting_for
    match words:
        case ():
            return show(state.at(Idle()), tap, _overview(world), (*_agents(world), _back("admin:menu", world)))
        case ("of", agent) if agent in AGENTS:
            return _ask(state, agent, tap, world)
        case ("none", agent) if agent in AGENTS:
            turn = show(state.at(Idle()), tap, world.texts("admin-model-none-chosen", agent=agent), _to_list(world))
            return msgspec.structs.replace(turn, rows=(no_choice(agent),))
        case ("use", *parts) if parts and isinstance(waiting, ChoosingAgentModel):
            model = ":".join(parts)
            text = world.texts("admin-model-chosen", agent=waiting.agent, chain=_chain(waiting.agent, model, world))
            turn = show(state.at(Idle()), tap, text, _to_list(world))
            return msgspec.structs.replace(turn, rows=(choice(waiting.agent, model, state.rep.telegram_id, world),))
    return None


def listed(state: SessionState, agent: str, words: str, models: tuple[ModelInfo, ...] | None, world: World) -> Turn:
    """Show the models that this agent may answer on."""
    if models is None:
        return Turn(state.at(Idle()), calls=say(state, world.texts("model-unreachable"), _to_list(world)))
    wanted = words.casefold()
    named = (one for one in choices(models, agent) if wanted in f"{one.name} {one.id}".casefold())
    found = [one for one in named if len(f"{_PREFIX}{one.id}".encode()) <= _MOST_DATA_BYTES]
    if not found:
        return Turn(state, calls=say(state, world.texts("model-none", words=words)))
    rows = tuple((Button(label=model.id[:60], data=f"{_PREFIX}{model.id}"),) for model in found[:MOST_SHOWN])
    text = world.texts("admin-model-choose", agent=agent, found=len(found), shown=len(rows))
    return Turn(state, calls=say(state, text, (*rows, *_to_list(world))))


def _ask(state: SessionState, agent: str, tap: Tap, world: World) -> Turn:
    chosen = chosen_models(world).get(agent)
    text = world.texts("admin-model-ask", agent=agent, chain=_chain(agent, chosen, world))
    undo = Button(label=world.texts("button-admin-model-none"), data=f"admin:models:none:{agent}")
    turn = show(state.at(ChoosingAgentModel(agent)), tap, text, (*(((undo,),) if chosen else ()), *_to_list(world)))
    return msgspec.structs.replace(turn, commands=(ListModelsOf(""),))


def _overview(world: World) -> str:
    chosen = chosen_models(world)
    lines = (
        world.texts("admin-model-line", agent=agent, chain=_chain(agent, chosen.get(agent), world)) for agent in AGENTS
    )
    return "\n".join((world.texts("admin-models"), "", *lines))


def _chain(agent: str, chosen: str | None, world: World) -> str:
    """The model asked first and those asked after it, in order."""
    default = "admin-model-vision" if AGENTS[agent].sees else "admin-model-own"
    first = chosen or world.texts(default, model=world.settings.vision_model)
    after = world.settings.fallbacks.get(agent, world.settings.fallbacks.get("", ()))
    return " → ".join(dict.fromkeys((first, *(one.model for one in after))))


def choices(models: tuple[ModelInfo, ...], agent: str, words: str = "") -> list[ModelInfo]:
    """The models with these words in their names that this agent may answer on, in order."""
    return in_order((one for one in models if _fits(one, agent)), words)


def _fits(model: ModelInfo, agent: str) -> bool:
    return model.provider is Provider.OPENROUTER and (model.sees_images or not AGENTS[agent].sees)


def _agents(world: World) -> Keyboard:
    names = list(AGENTS)
    rows = (names[at : at + 2] for at in range(0, len(names), 2))
    return tuple(tuple(Button(label=name, data=f"admin:models:of:{name}") for name in row) for row in rows)


def _to_list(world: World) -> Keyboard:
    return (_back("admin:models", world),)


def _back(data: str, world: World) -> tuple[Button, ...]:
    return (Button(label=world.texts("button-back"), data=data),)
