"""Compares the models that are configured with those that a provider lists, in warnings for the operator."""

from datetime import UTC, datetime

from actors.providers.messages import Provider
from actors.providers.models import Listed, sees

WARN_DAYS = 60
"""How long before its retirement a model is warned about."""


def model_warnings(
    provider: Provider, wanted: tuple[str, ...], seeing: tuple[str, ...], listed: tuple[Listed, ...], now: float
) -> tuple[str, ...]:
    """One sentence for each configured model that is missing, ends soon, or takes no schema, or no pictures though it
    is one of those that shall see them."""
    known = {model.id: model for model in listed}
    blind = {name for name in seeing if name in known and not sees(provider, known[name])}
    found = [warning for name in wanted for warning in _warnings(provider, name, known.get(name), now) if warning]
    return (*found, *(_blind(provider, name) for name in wanted if name in blind))


def _warnings(provider: Provider, name: str, model: Listed | None, now: float) -> tuple[str | None, ...]:
    if model is None:
        return (f"The model {name} is not offered by {provider}; requests for it will fail. Choose another one.",)
    return (_ending(provider, name, model, now), _lacking(provider, name, model))


def _blind(provider: Provider, name: str) -> str:
    return f"The model {name} takes no pictures at {provider}; reps' pictures cannot be read. Choose another one."


def _ending(provider: Provider, name: str, model: Listed, now: float) -> str | None:
    end = model.ends
    if model.lifecycle == "retired":
        return f"The model {name} was retired by {provider}; requests for it fail. Choose another one."
    if end is None:
        return None
    days = _days_until(end, now)
    if days is None or days > WARN_DAYS:
        return None
    return f"The model {name} will be retired by {provider} in {max(days, 0)} days ({end[:10]}). Choose another one."


def _lacking(provider: Provider, name: str, model: Listed) -> str | None:
    if provider is not Provider.OPENROUTER or model.supported_parameters is None:
        return None
    if {"response_format", "structured_outputs"} & set(model.supported_parameters):
        return None
    return f"The model {name} takes no schema at {provider}; its structured answers are asked for in words alone."


def _days_until(moment: str, now: float) -> int | None:
    try:
        end = datetime.fromisoformat(moment)
    except ValueError:
        return None
    aware = end if end.tzinfo else end.replace(tzinfo=UTC)
    return int((aware.timestamp() - now) // 86_400)
