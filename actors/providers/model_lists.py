"""ModelLists: what the router knows of the providers' models, and who waits to be told."""

from datetime import UTC, datetime

from actors.providers.messages import ModelChoice, ModelInfo, Provider
from actors.providers.model_check import model_warnings
from actors.providers.models import Listed, offered
from runtime import Address


class ModelLists:
    """The last list of each provider; one question at a time serves everybody who asks."""

    def __init__(self) -> None:
        self._models: dict[Provider, dict[str, ModelInfo]] = {}
        self._read_at: dict[Provider, float] = {}
        self._asked: set[Provider] = set()
        self._waiting: dict[Provider, list[Address]] = {}
        self._warnings: dict[Provider, tuple[str, ...]] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an operator should know of the configured models."""
        return tuple(warning for warnings in self._warnings.values() for warning in warnings)

    def find(self, provider: Provider, model: str) -> ModelInfo | None:
        """What a list says of a model."""
        return self._models.get(provider, {}).get(model)

    def sees(self, choice: ModelChoice) -> bool:
        """Whether a model takes pictures; one that no list tells of is trusted to."""
        info = self.find(choice.provider, choice.model)
        return info is None or info.sees_images

    def of(self, provider: Provider) -> tuple[ModelInfo, ...] | None:
        """The last list, None where there never was one."""
        return tuple(self._models[provider].values()) if provider in self._models else None

    def fresh(self, provider: Provider, now: float, kept_s: float) -> tuple[ModelInfo, ...] | None:
        """The last list unless it is older than `kept_s`."""
        return self.of(provider) if now - self._read_at.get(provider, -kept_s) < kept_s else None

    def ask(self, provider: Provider) -> bool:
        """Whether the provider has to be asked: not while it is being asked already."""
        due = provider not in self._asked
        self._asked.add(provider)
        return due

    def wait(self, provider: Provider, asker: Address) -> None:
        """Let somebody wait for the list."""
        self._waiting.setdefault(provider, []).append(asker)

    def waiting(self, provider: Provider) -> list[Address]:
        """Those who wait, who wait no longer."""
        return self._waiting.pop(provider, [])

    def take(
        self,
        provider: Provider,
        listed: tuple[Listed, ...] | None,
        wanted: tuple[str, ...],
        seeing: tuple[str, ...],
        now: float,
        time: float,
    ) -> tuple[str, ...]:
        """Keep a list, or go on with the last one where it could not be read; gives warnings about `wanted`.

        Those of them that are `seeing` shall take pictures.
        """
        self._asked.discard(provider)
        if listed is None:
            self._warnings[provider] = (
                f"{provider} could not be asked for its models, so the configured models are unchecked.",
            )
            return self._warnings[provider]
        today = datetime.fromtimestamp(time, UTC).date()
        self._models[provider] = {model.id: model for model in offered(provider, listed, today)}
        self._read_at[provider] = now
        self._warnings[provider] = model_warnings(provider, wanted, seeing, listed, time)
        return self._warnings[provider]
