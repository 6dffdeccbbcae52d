"""Which lanes a request may be answered on, in order: the model asked for, and then the agent's fallbacks.

Nothing crosses silently between purses: a rep's own key serves that rep's requests and no others, and they are never
sent on with the team's key. A free request may become a paid one where the operator names a paid model; a paid one
never becomes free, because free models may learn from what they are sent.
"""

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from actors.providers.lane_messages import LaneName
from actors.providers.messages import Complete, Credential, ModelChoice, Provider, SealedKey, TeamKey
from actors.providers.openrouter import is_free

EVERY_AGENT = ""
"""Stands for all agents that have no chain of their own."""

Fallbacks = Mapping[str, tuple[ModelChoice, ...]]


class Leg(msgspec.Struct, frozen=True):
    """One lane and the models to try on it, in order."""

    lane: LaneName
    models: tuple[str, ...]


class BadFallbacks(ValueError):
    """The setting cannot be read; the message says what is wrong with it."""


def read_fallbacks(text: str) -> dict[str, tuple[ModelChoice, ...]]:
    """Read `model, provider:model; agent=model, model`; without a provider OpenRouter is meant. Raises BadFallbacks."""
    chains: dict[str, tuple[ModelChoice, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        agent, equals, models = part.rpartition("=")
        if equals and not agent.strip():
            raise BadFallbacks("an agent's name is missing before =")
        if agent.strip() in chains:
            raise BadFallbacks(f"the chain of {agent.strip() or 'all agents'} stands there twice")
        chains[agent.strip()] = tuple(_choice(name) for name in models.split(",") if name.strip())
    return chains


def plan(
    request: Complete,
    fallbacks: Fallbacks,
    has_team_key: Callable[[Provider], bool],
    sees: Callable[[ModelChoice], bool],
) -> tuple[Leg, ...]:
    """The legs of a request, none where it carries pictures and no model of the chain sees."""
    first = ModelChoice(request.credential.provider, request.model)
    wanted = fallbacks.get(request.agent, fallbacks.get(EVERY_AGENT, ()))
    chain = (first, *(choice for choice in wanted if _may_follow(request.credential, first, choice)))
    looking = any(message.images for message in request.messages)
    legs: list[Leg] = []
    for choice in dict.fromkeys(chain):
        own = choice.provider is request.credential.provider
        if (looking and not sees(choice)) or (not own and not has_team_key(choice.provider)):
            continue
        lane = lane_name(request.credential if own else TeamKey(choice.provider), choice.model)
        if legs and legs[-1].lane == lane:
            legs[-1] = Leg(lane, (*legs[-1].models, choice.model))
        else:
            legs.append(Leg(lane, (choice.model,)))
    return tuple(legs)


def lane_name(credential: Credential, model: str) -> LaneName:
    """A name that an operator can read and that says nothing of the rep."""
    free = credential.provider is Provider.OPENROUTER and is_free(model)
    tier = "free" if free else "paid"
    if isinstance(credential, TeamKey):
        return LaneName(f"{credential.provider}-team-{tier}", credential, free)
    return LaneName(f"{credential.provider}-rep-{_fingerprint(credential)}-{tier}", credential, free)


def _may_follow(credential: Credential, first: ModelChoice, choice: ModelChoice) -> bool:
    if isinstance(credential, SealedKey) and choice.provider is not credential.provider:
        return False
    return _is_free(first) or not _is_free(choice)


def _is_free(choice: ModelChoice) -> bool:
    return choice.provider is Provider.OPENROUTER and is_free(choice.model)


def _choice(text: str) -> ModelChoice:
    """A provider before the first colon is one of ours; any other colon belongs to the model's name."""
    name = text.strip()
    provider, colon, model = name.partition(":")
    if colon and provider in tuple(Provider):
        if not model.strip():
            raise BadFallbacks(f"a model is missing after {name}")
        return ModelChoice(Provider(provider), model.strip())
    return ModelChoice(Provider.OPENROUTER, name)


def _fingerprint(sealed: SealedKey) -> str:
    """Of the rep too: a ciphertext that another rep copied must not find the lane on which its owner's key is open."""
    return hashlib.sha256(f"{sealed.telegram_id}/{sealed.ciphertext}".encode()).hexdigest()[:12]
