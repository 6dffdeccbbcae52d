"""The rep's settings on the page: whose key, which model, which language, and starting over; `me` has the habits.

Key and model are chosen by the turns of the chat. A key is sealed in the turn that takes it and no answer holds it;
what the provider says of it is seen in the next look at the settings.
"""

import msgspec

from actors.providers.messages import ModelInfo, Provider
from actors.session import model_choice, onboarding, settings
from actors.session.flow import Flow
from actors.session.onboarding import PROVIDER_NAMES
from actors.session.page import Action, ModelsMissing, NoBody, NotNow, Parameters, View
from actors.session.pressing import go_on, press
from actors.session.records import user_row
from actors.session.state import Profile, SessionState
from actors.session.turn import Turn, World
from actors.session.waiting import CheckingKey, EnteringKey, Idle, SearchingModel
from actors.texts import languages
from coaching.rep_settings import RepSettings

MOST_MODELS = 200


class ProviderLine(msgspec.Struct, frozen=True):
    """A provider whose keys are taken."""

    id: Provider
    name: str


class SettingsView(msgspec.Struct, frozen=True):
    """The rep's settings.

    `checking_key` while the provider is asked about a new key; `key_wanted` is the provider of one that was not
    accepted and may be sent again, null otherwise. `language` is null while none was chosen.
    """

    provider: Provider
    providers: tuple[ProviderLine, ...]
    own_key: bool
    checking_key: bool
    key_wanted: Provider | None
    model: str
    language: str | None
    languages: tuple[str, ...]
    practice: bool
    settings: RepSettings


class ModelLine(msgspec.Struct, frozen=True):
    """A model that may be chosen; prices are US dollars for a million tokens, null where none is stated."""

    id: str
    name: str
    free: bool
    input_usd: float | None
    output_usd: float | None
    context_tokens: int | None
    sees_images: bool


class ModelList(msgspec.Struct, frozen=True):
    """What the rep's provider offers on the rep's key, the cheapest first; `count` fit the words."""

    chosen: str
    models: tuple[ModelLine, ...]
    count: int


class OwnKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An own key of a provider."""

    provider: Provider
    key: str


class ChosenModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The id of a model."""

    model: str


class ChosenLanguage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language of those there are."""

    language: str


def shown(state: SessionState, parameters: Parameters, world: World) -> SettingsView:
    """The settings."""
    profile, waiting = _profile(state, world), state.waiting_for
    return SettingsView(
        provider=profile.provider,
        providers=tuple(ProviderLine(id_, name) for id_, name in PROVIDER_NAMES.items()),
        own_key=profile.key is not None,
        checking_key=state.checking,
        key_wanted=waiting.provider if isinstance(waiting, EnteringKey) else None,
        model=profile.model,
        language=profile.settings.language,
        languages=languages(),
        practice=profile.provider in world.practice,
        settings=profile.settings,
    )


def models(state: SessionState, parameters: Parameters, world: World) -> ModelList:
    """The models that may be chosen."""
    profile = _profile(state, world)
    found = model_choice.choices(listed_models(world), searched(parameters), profile)
    return ModelList(profile.model, tuple(model_line(model) for model in found[:MOST_MODELS]), len(found))


def searched(parameters: Parameters) -> str:
    """The words that a model's name shall have."""
    return parameters.get("search", "")[: model_choice.LONGEST_WORDS]


def take_model(state: SessionState, parameters: Parameters, chosen: ChosenModel, world: World) -> Turn:
    """Think with this model from the next message on."""
    found = model_choice.choices(listed_models(world), "", _profile(state, world))
    if chosen.model not in {model.id for model in found}:
        raise NotNow(world.texts("model-not-offered"))
    offered = state.at(SearchingModel((chosen.model,)))
    turn = press(model_choice.pressed, offered, ("use", *chosen.model.split(":")), world)
    return msgspec.structs.replace(turn, state=turn.state.at(state.waiting_for))


def take_key(state: SessionState, parameters: Parameters, own: OwnKey, world: World) -> Turn:
    """Seal the key at once and have the provider asked about it."""
    _profile(state, world)
    if state.checking:
        raise NotNow(world.texts("key-wait"))
    return go_on(onboarding.take_key, state, EnteringKey(own.provider), own.key, world)


def use_team_key(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Think on the team's key again; the own one is forgotten."""
    _profile(state, world)
    turn, waiting = press(onboarding.choose, state, ("quick",), world), state.waiting_for
    left = Idle() if isinstance(waiting, EnteringKey | CheckingKey) else waiting
    return msgspec.structs.replace(turn, state=turn.state.at(left))


def take_language(state: SessionState, parameters: Parameters, chosen: ChosenLanguage, world: World) -> Turn:
    """Speak this language from now on."""
    profile = _profile(state, world)
    if chosen.language not in languages():
        raise NotNow(world.texts("settings-language-unknown"))
    habits = msgspec.structs.replace(profile.settings, language=chosen.language)
    profile = msgspec.structs.replace(profile, settings=habits)
    return Turn(msgspec.structs.replace(state, profile=profile), rows=(user_row(state.rep, profile, world.now),))


def start_over(state: SessionState, parameters: Parameters, body: NoBody, world: World) -> Turn:
    """Start the rep's practice over."""
    _profile(state, world)
    return press(settings.pressed, state, ("reset", "yes"), world)


def listed_models(world: World) -> tuple[ModelInfo, ...]:
    """What the rep's provider lists; raises ModelsMissing before it was asked, NotNow where it cannot be."""
    if world.listed is None:
        raise ModelsMissing
    if world.listed.models is None:
        raise NotNow(world.texts("model-unreachable"))
    return world.listed.models


def model_line(model: ModelInfo) -> ModelLine:
    """A model as lists show it."""
    return ModelLine(
        id=model.id,
        name=model.name,
        free=model.free,
        input_usd=model.input_usd,
        output_usd=model.output_usd,
        context_tokens=model.context_tokens,
        sees_images=model.sees_images,
    )


def _profile(state: SessionState, world: World) -> Profile:
    if state.profile is None:
        raise NotNow(world.texts("setup-first"))
    return state.profile


FLOW = Flow(
    views={
        "settings": View(shown, SettingsView),
        "settings/models": View(models, ModelList, query=("search",)),
    },
    actions={
        "settings/model": Action(take_model, then="settings", body=ChosenModel),
        "settings/key": Action(take_key, then="settings", body=OwnKey),
        "settings/team-key": Action(use_team_key, then="settings"),
        "settings/language": Action(take_language, then="settings", body=ChosenLanguage),
        "settings/practice/reset": Action(start_over, then="settings"),
    },
)
