"""Models to evaluate: the product's own router, over the practice model's emulator or a real provider."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet

from actors.journal import journal_spec
from actors.library import Library
from actors.providers.key_vault import KeyVault
from actors.providers.llm_router import LlmRouter, RouterSettings
from actors.providers.messages import (
    ChatMessage,
    Complete,
    Completed,
    CompletionFailed,
    ListModels,
    ModelsListed,
    Provider,
    TeamKey,
)
from actors.providers.secret import Secret
from actors.settings import read_settings
from coaching.agents import AGENTS
from coaching.outputs import OUTPUTS
from coaching.prompts import render, render_turn
from runtime import Actor, ActorSystem, Address, ChildSpec
from sandbox import models as emulator


class Ask(msgspec.Struct, frozen=True):
    """Ask an agent; answered by `Told`."""

    agent: str
    values: dict[str, object]


class Told(msgspec.Struct, frozen=True):
    """What it answered, or why it did not."""

    output: bytes | None
    reason: str = ""


class Target(msgspec.Struct, frozen=True):
    """A model to evaluate."""

    provider: Provider
    model: str
    real: bool


class Examiner(Actor):
    """Asks the router as the sessions do, and tells one answer for each question."""

    def __init__(self, target: Target, library: Library) -> None:
        super().__init__()
        self._target = target
        self._library = library
        self._asked: dict[str, Address] = {}
        self._number = 0

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Ask(agent=agent, values=values):
                self._ask(agent, values, sender)
            case Completed(request_id=request, text=text):
                self.send(self._asked.pop(request), Told(text.encode()))
            case CompletionFailed(request_id=request, kind=kind):
                self.send(self._asked.pop(request), Told(None, kind.value))

    def _ask(self, name: str, values: dict[str, object], asker: Address) -> None:
        agent, prompt = AGENTS[name], self._library.prompts[name]
        given = {one: values.get(one, self._library.knowledge) for one in prompt.inputs}
        self._number += 1
        request = f"{name}/{self._number}"
        self._asked[request] = asker
        self.send(
            self.find("llm_router"),
            Complete(
                request_id=request,
                credential=TeamKey(self._target.provider),
                agent=name,
                model=self._target.model,
                system=render(prompt, given),
                messages=(ChatMessage("user", render_turn(prompt, given)),),
                deadline_s=agent.deadline_s,
                telegram_id=1,
                output=agent.output,
                max_tokens=agent.max_tokens,
                effort=agent.effort,
            ),
        )


class Bench:
    """Puts questions to the model under evaluation."""

    def __init__(self, system: ActorSystem, examiner: Address) -> None:
        self._system = system
        self._examiner = examiner
        self.asked = 0
        self.failed: list[str] = []

    async def ask(self, agent: str, **values: object) -> bytes | None:
        """The answer, decodable into the agent's Struct, or None; failures are counted."""
        told = await self._system.ask(self._examiner, Ask(agent, values), deadline_s=600)
        assert isinstance(told, Told)  # the examiner's contract, narrowed for the type checker
        self.asked += 1
        if told.output is None:
            self.failed.append(f"{agent}: {told.reason}")
        return told.output


def target_of(environment: dict[str, str]) -> Target:
    """The real model that the keys in the environment allow, or else the practice model."""
    settings = read_settings(environment, {})
    if settings.anthropic_api_key is not None:
        return Target(Provider.ANTHROPIC, settings.default_anthropic_model, real=True)
    real = settings.openrouter_api_key is not None
    # A free model answers fifty questions a day; the practice model is asked as a paid one, which answers all.
    model = settings.default_openrouter_model
    return Target(Provider.OPENROUTER, model if real else model.removesuffix(":free"), real=real)


@contextlib.asynccontextmanager
async def bench(target: Target, library: Library, folder: Path) -> AsyncIterator[Bench]:
    """A router for the target, and the emulator behind it where there is no key."""
    settings = read_settings({name: os.environ[name] for name in os.environ if name.endswith("_API_KEY")}, {})
    urls = {Provider.OPENROUTER: settings.openrouter_base_url, Provider.ANTHROPIC: settings.anthropic_base_url}
    keys = {Provider.OPENROUTER: settings.openrouter_api_key, Provider.ANTHROPIC: settings.anthropic_api_key}
    async with contextlib.AsyncExitStack() as stack:
        if not target.real:
            running = await emulator.start(latency_s=(0.0, 0.0), pace=0.0, extra_models=(target.model,))
            stack.push_async_callback(running.stop)
            urls = {Provider.OPENROUTER: f"{running.url}/api/v1", Provider.ANTHROPIC: f"{running.url}/v1"}
            keys = {target.provider: Secret("sk-or-v1-practice-key-of-the-evaluation")}
        known = {provider: key for provider, key in keys.items() if key is not None}
        router = RouterSettings(base_urls=urls, team_keys=known)
        system = ActorSystem(name="evaluation")
        stack.push_async_callback(system.shutdown)
        vault = KeyVault(Fernet.generate_key().decode())
        await system.start(journal_spec(folder / "journal.sqlite"))
        await system.start(ChildSpec("llm_router", lambda: LlmRouter(router, vault, OUTPUTS), well_known=True))
        listed = await system.ask(system.find("llm_router"), ListModels(TeamKey(target.provider)), deadline_s=60)
        assert isinstance(listed, ModelsListed)  # as above
        examiner = await system.start(ChildSpec("examiner", lambda: Examiner(target, library)))
        yield Bench(system, examiner)
