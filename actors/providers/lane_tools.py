"""LaneTools: what every lane of one provider works with and none of them owns."""

import secrets
from collections.abc import Callable, Mapping

import msgspec

from actors.providers.messages import Credential, ModelInfo
from actors.providers.model_call import ProviderApi
from actors.providers.secret import Secret
from actors.providers.wire_schema import Schema


class LaneTools(msgspec.Struct, frozen=True, kw_only=True):
    """The provider's protocol, the answers that may be asked for, and functions that hold their secrets themselves.

    `key_of` raises KeyUnreadable. `jitter` draws a wait between zero and its bound. `known` tells what the provider's
    list says of a model, None where it was not read or says nothing. `data_collection` allows paid requests to go to
    providers that keep them.
    """

    api: ProviderApi
    outputs: Mapping[str, type[msgspec.Struct]]
    schemas: Mapping[str, Schema]
    key_of: Callable[[Credential], Secret]
    pseudonym: Callable[[int], str]
    jitter: Callable[[float], float]
    known: Callable[[str], ModelInfo | None]
    data_collection: bool


def full_jitter(bound: float) -> float:
    """A wait drawn evenly from zero to the bound, so that many who failed together do not return together."""
    return secrets.SystemRandom().uniform(0.0, bound)
