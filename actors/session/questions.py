"""What a session asks the rep's model provider beside answers: is this key good, which models are there."""

from typing import TypeVar

import msgspec

from actors.journal import DescribeJournal, JournalDescribed
from actors.providers.messages import (
    CheckKey,
    Credential,
    DescribeProviders,
    KeyChecked,
    KeyVerdict,
    ListModels,
    ModelInfo,
    ModelsListed,
    ProvidersDescribed,
    SealedKey,
)
from actors.providers.record_writer import DescribeWriter, WriterDescribed
from runtime import Actor, ActorError

DEADLINE_S = 30.0
HEALTH_DEADLINE_S = 2.0
_T = TypeVar("_T")


class KeyAnswered(msgspec.Struct, frozen=True):
    """The provider's word about the key of this ciphertext."""

    ciphertext: str
    verdict: KeyVerdict


class ModelsAnswered(msgspec.Struct, frozen=True):
    """The provider's models, None where it could not be asked, and the words they are to be searched for."""

    words: str
    models: tuple[ModelInfo, ...] | None


class HealthAnswered(msgspec.Struct, frozen=True):
    """What parts of the house say of themselves, None for one that gave no answer; shown in place of this message."""

    message_id: int | None
    journal: JournalDescribed | None
    writer: WriterDescribed | None
    providers: ProvidersDescribed | None


def ask_about_health(owner: Actor, message_id: int | None) -> None:
    """Have `HealthAnswered` arrive at the actor that asks."""

    async def told(name: str, question: object, kind: type[_T]) -> _T | None:
        try:
            answer = await owner.ask(owner.find(name), question, deadline_s=HEALTH_DEADLINE_S)
        except ActorError:
            return None
        return answer if isinstance(answer, kind) else None

    async def asked() -> HealthAnswered:
        return HealthAnswered(
            message_id,
            await told("journal", DescribeJournal(), JournalDescribed),
            await told("record_writer", DescribeWriter(), WriterDescribed),
            await told("llm_router", DescribeProviders(), ProvidersDescribed),
        )

    owner.pipe(asked(), failed=lambda _: HealthAnswered(message_id, None, None, None))


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
        return ModelsAnswered(words, await models_of(owner, credential))

    owner.pipe(asked(), failed=lambda _: ModelsAnswered(words, None))


async def models_of(owner: Actor, credential: Credential) -> tuple[ModelInfo, ...] | None:
    """The models that a credential's provider offers, None where it says nothing of them; raises ActorError."""
    reply = await owner.ask(owner.find("llm_router"), ListModels(credential), deadline_s=DEADLINE_S)
    return reply.models if isinstance(reply, ModelsListed) else None
