"""What a session asks the rep's model provider beside answers: is this key good, which models are there."""

import msgspec

from actors.providers.messages import (
    CheckKey,
    Credential,
    KeyChecked,
    KeyVerdict,
    ListModels,
    ModelInfo,
    ModelsListed,
    SealedKey,
)
from runtime import Actor

DEADLINE_S = 30.0


class KeyAnswered(msgspec.Struct, frozen=True):
    """The provider's word about the key of this ciphertext."""

    ciphertext: str
    verdict: KeyVerdict


class ModelsAnswered(msgspec.Struct, frozen=True):
    """The provider's models, None where it could not be asked, and the words they are to be searched for."""

    words: str
    models: tuple[ModelInfo, ...] | None


def ask_about_key(owner: Actor, key: SealedKey) -> None:
    """Have `KeyAnswered` arrive at the actor that asks."""

    async def asked() -> KeyAnswered:
        reply = await owner.ask(owner.find("llm_router"), CheckKey(key), deadline_s=DEADLINE_S)
        verdict = reply.verdict if isinstance(reply, KeyChecked) else KeyVerdict.UNREACHABLE
        return KeyAnswered(key.ciphertext, verdict)

    owner.pipe(asked(), failed=lambda _: KeyAnswered(key.ciphertext, KeyVerdict.UNREACHABLE))


def ask_for_models(owner: Actor, credential: Credential, words: str) -> None:
    """Have `ModelsAnswered` arrive at the actor that asks."""

    async def asked() -> ModelsAnswered:
        reply = await owner.ask(owner.find("llm_router"), ListModels(credential), deadline_s=DEADLINE_S)
        return ModelsAnswered(words, reply.models if isinstance(reply, ModelsListed) else None)

    owner.pipe(asked(), failed=lambda _: ModelsAnswered(words, None))
