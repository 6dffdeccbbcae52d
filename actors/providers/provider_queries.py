"""What can be asked of a provider at no cost: whether it knows a key, and which models it offers."""

import structlog

from actors.providers.http import TRANSPORT_ERRORS, BearerAuth, Client, get
from actors.providers.messages import KeyVerdict
from actors.providers.model_call import ProviderApi
from actors.providers.models import Listed, UnreadableModels, read_models

_LOG = structlog.get_logger(__name__)
MODELS_PATH = "models?limit=1000"
"""Anthropic lists twenty models unless asked for more; OpenRouter lists all in any case."""
ASK_S = 10.0
_UNLISTED: tuple[type[Exception], ...] = (*TRANSPORT_ERRORS, UnreadableModels)


async def verdict_on(client: Client, api: ProviderApi, auth: BearerAuth) -> KeyVerdict:
    """Ask the provider whether it accepts a key; what goes wrong on the way is a verdict too."""
    try:
        status, _ = await get(client, api.key_path, api.headers, auth, ASK_S)
    except TRANSPORT_ERRORS as error:
        _LOG.warning("key_check_failed", provider=api.provider.value, error=type(error).__name__)
        return KeyVerdict.UNREACHABLE
    return verdict(status)


def verdict(status: int) -> KeyVerdict:
    """A key that is known but may do nothing now (no credit, too many requests) is accepted all the same."""
    if status in (401, 403):
        return KeyVerdict.REJECTED
    return KeyVerdict.ACCEPTED if status < 400 or status in (402, 429) else KeyVerdict.UNREACHABLE


async def models_of(client: Client, api: ProviderApi, auth: BearerAuth) -> tuple[Listed, ...] | None:
    """The provider's list, None where it could not be asked or read."""
    try:
        status, listing = await get(client, MODELS_PATH, api.headers, auth, ASK_S)
        return read_models(api.provider, listing) if status == 200 else None
    except _UNLISTED as error:
        _LOG.warning("models_unlisted", provider=api.provider.value, error=type(error).__name__)
        return None
