"""Providers' model lists, read into one form."""

from datetime import date

import msgspec

from actors.providers.messages import ModelInfo, Provider
from actors.providers.model_call import Shape
from actors.providers.openrouter import is_free
from actors.providers.prices import anthropic_prices

_MILLION = 1_000_000


class UnreadableModels(ValueError):
    """The body is no model list."""


class _Pricing(msgspec.Struct):
    prompt: str | None = None
    completion: str | None = None


class _Architecture(msgspec.Struct):
    input_modalities: list[str] = []


class _Supported(msgspec.Struct, frozen=True):
    supported: bool = True


class _Capabilities(msgspec.Struct, frozen=True):
    structured_outputs: _Supported = _Supported()
    image_input: _Supported = _Supported()


class Listed(msgspec.Struct):
    """One entry of either provider's list; what a provider does not state keeps its default."""

    id: str
    name: str | None = None
    display_name: str | None = None
    context_length: int | None = None
    max_input_tokens: int | None = None
    architecture: _Architecture | None = None
    supported_parameters: list[str] | None = None
    pricing: _Pricing | None = None
    capabilities: _Capabilities | None = None
    lifecycle: str | None = None
    retires_at: str | None = None
    expiration_date: str | None = None

    @property
    def ends(self) -> str | None:
        """When the model is retired, as the provider writes it."""
        return self.retires_at or self.expiration_date


class _Models(msgspec.Struct):
    data: list[Listed]


def read_models(provider: Provider, listing: bytes) -> tuple[Listed, ...]:
    """The entries of a list; raises UnreadableModels."""
    try:
        return tuple(msgspec.json.decode(listing, type=_Models).data)
    except msgspec.MsgspecError:
        raise UnreadableModels(f"the model list of {provider} could not be read") from None


def offered(provider: Provider, listed: tuple[Listed, ...], today: date) -> tuple[ModelInfo, ...]:
    """The models that can still be asked, by id."""
    infos = (_info(provider, model) for model in listed if not _is_over(model, today))
    return tuple(sorted(infos, key=lambda info: info.id))


def shape_for(model: ModelInfo | None) -> Shape:
    """How to hold this model to a schema; an unknown one is trusted to take it."""
    return model.answers if model is not None else "schema"


def _is_over(model: Listed, today: date) -> bool:
    ends = model.ends
    return model.lifecycle == "retired" or (ends is not None and ends[:10] < today.isoformat())


def _info(provider: Provider, model: Listed) -> ModelInfo:
    inside, out = _prices(provider, model)
    return ModelInfo(
        provider=provider,
        id=model.id,
        name=model.name or model.display_name or model.id,
        context_tokens=model.context_length or model.max_input_tokens,
        sees_images=sees(provider, model),
        answers=_answers(provider, model),
        free=provider is Provider.OPENROUTER and is_free(model.id),
        input_usd=inside,
        output_usd=out,
        ends=model.ends[:10] if model.ends else None,
    )


def sees(provider: Provider, model: Listed) -> bool:
    """Whether the model takes pictures, as its provider states it."""
    if provider is Provider.OPENROUTER:
        return model.architecture is not None and "image" in model.architecture.input_modalities
    return model.capabilities is None or model.capabilities.image_input.supported


def _answers(provider: Provider, model: Listed) -> Shape:
    if provider is Provider.ANTHROPIC:
        return "schema" if model.capabilities is None or model.capabilities.structured_outputs.supported else "words"
    taken = model.supported_parameters
    if taken is None or "structured_outputs" in taken:
        return "schema"
    return "json" if "response_format" in taken else "words"


def _prices(provider: Provider, model: Listed) -> tuple[float | None, float | None]:
    if provider is Provider.ANTHROPIC:
        return anthropic_prices(model.id)
    pricing = model.pricing or _Pricing()
    return _per_million(pricing.prompt), _per_million(pricing.completion)


def _per_million(text: str | None) -> float | None:
    """OpenRouter states dollars a token as text, and a negative number for a price that varies."""
    try:
        price = float(text) if text is not None else -1.0
    except ValueError:
        return None
    return round(price * _MILLION, 6) if price >= 0 else None
