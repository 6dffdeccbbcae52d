"""Compares the models that are configured with those that a provider lists, in warnings for the operator."""

from datetime import UTC, datetime

import msgspec

from actors.providers.messages import Provider

WARN_DAYS = 60
"""How long before its retirement a model is warned about."""


class _Model(msgspec.Struct):
    id: str
    lifecycle: str | None = None
    retires_at: str | None = None
    expiration_date: str | None = None
    supported_parameters: list[str] | None = None


class _Models(msgspec.Struct):
    data: list[_Model]


def model_warnings(provider: Provider, wanted: tuple[str, ...], listing: bytes, now: float) -> tuple[str, ...]:
    """One sentence for each configured model that is missing, ends soon, or cannot give structured answers.

    `listing` is the body of the provider's model list; one that cannot be read gives one warning about that.
    """
    try:
        listed = {model.id: model for model in msgspec.json.decode(listing, type=_Models).data}
    except msgspec.MsgspecError:
        return (f"The model list of {provider} could not be read, so the configured models are unchecked.",)
    return tuple(warning for name in wanted for warning in _warnings(provider, name, listed.get(name), now) if warning)


def _warnings(provider: Provider, name: str, model: _Model | None, now: float) -> tuple[str | None, ...]:
    if model is None:
        return (f"The model {name} is not offered by {provider}; requests for it will fail. Choose another one.",)
    return (_ending(provider, name, model, now), _lacking(provider, name, model))


def _ending(provider: Provider, name: str, model: _Model, now: float) -> str | None:
    end = model.retires_at or model.expiration_date
    if model.lifecycle == "retired":
        return f"The model {name} was retired by {provider}; requests for it fail. Choose another one."
    if end is None:
        return None
    days = _days_until(end, now)
    if days is None or days > WARN_DAYS:
        return None
    return f"The model {name} will be retired by {provider} in {max(days, 0)} days ({end[:10]}). Choose another one."


def _lacking(provider: Provider, name: str, model: _Model) -> str | None:
    if provider is not Provider.OPENROUTER or model.supported_parameters is None:
        return None
    if {"response_format", "structured_outputs"} & set(model.supported_parameters):
        return None
    return f"The model {name} does not support structured answers at {provider}; agents that need them will fail."


def _days_until(moment: str, now: float) -> int | None:
    try:
        end = datetime.fromisoformat(moment)
    except ValueError:
        return None
    aware = end if end.tzinfo else end.replace(tzinfo=UTC)
    return int((aware.timestamp() - now) // 86_400)
