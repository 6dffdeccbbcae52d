"""The sandbox parts of a start: each service without a key is emulated here, and the settings point at it."""

import secrets
from contextlib import AsyncExitStack

import msgspec

from actors.providers.messages import Provider
from actors.providers.secret import Secret
from actors.settings import Settings
from cornerman.machine import reached
from cornerman.records import kept_key

PRACTICE_CALLS_A_DAY = 1000
"""As an account that once bought credits has them: who tries the coach out shall not run out of answers."""


class Assembly(msgspec.Struct, frozen=True):
    """What runs where: the settings with sandbox addresses filled in, and a line about each service."""

    settings: Settings
    practice: frozenset[Provider]
    lines: tuple[str, ...]
    chat_page: str | None
    """The emulated Telegram's address, where it is that."""


async def assemble(settings: Settings, stack: AsyncExitStack) -> Assembly:
    """Start the sandbox part of each service that has no key, and point the settings at it."""
    lines = []
    chat_page = None
    practice: set[Provider] = set()
    filled = msgspec.structs.replace(settings, encryption_key=settings.encryption_key or kept_key(settings.data_dir))
    if settings.telegram_bot_token is None:
        token = Secret(f"1000001:{secrets.token_urlsafe(26)}")
        chat_page = await _start_telegram(settings, token, stack)
        filled = msgspec.structs.replace(filled, telegram_bot_token=token, telegram_api_base=chat_page)
        lines.append(f"Chat page:    {chat_page}/")
    if settings.openrouter_api_key is None or settings.telegram_bot_token is None:
        filled, emulated = await _start_models(filled, settings, stack)
        practice |= emulated
    if settings.assemblyai_api_key is None:
        address = await _start_speech(settings, stack)
        filled = msgspec.structs.replace(filled, assemblyai_base_url=address)
    lines.append(f"Sandbox:      {_sandboxed(settings, practice) or 'nothing; every service is the real one'}")
    return Assembly(settings=filled, practice=frozenset(practice), lines=tuple(lines), chat_page=chat_page)


def _sandboxed(settings: Settings, practice: set[Provider]) -> str:
    services = []
    if settings.telegram_bot_token is None:
        services.append("Telegram (no TELEGRAM_BOT_TOKEN)")
    if Provider.OPENROUTER in practice:
        services.append("OpenRouter (no OPENROUTER_API_KEY)")
    if Provider.ANTHROPIC in practice:
        services.append("Anthropic (as Telegram is)")
    if settings.assemblyai_api_key is None:
        services.append("AssemblyAI (no ASSEMBLYAI_API_KEY)")
    if settings.insforge_base_url is None:
        services.append("records in the embedded SQLite (no INSFORGE_BASE_URL)")
    return ", ".join(services)


async def _start_telegram(settings: Settings, token: Secret, stack: AsyncExitStack) -> str:
    from sandbox import telegram

    running = await telegram.start(
        settings.host,
        settings.sandbox_telegram_port,
        token=token.reveal(),
        state_path=settings.data_dir / "sandbox-telegram",
        mini_app_url=f"http://{reached(settings.host)}:{settings.port}/app/",
    )
    stack.push_async_callback(running.stop)
    return str(running.url)


async def _start_speech(settings: Settings, stack: AsyncExitStack) -> str:
    from sandbox import speech

    running = await speech.start(settings.host, settings.sandbox_speech_port)
    stack.push_async_callback(running.stop)
    return str(running.url)


async def _start_models(
    filled: Settings, settings: Settings, stack: AsyncExitStack
) -> tuple[Settings, frozenset[Provider]]:
    from sandbox import models

    named = (choice.model for chain in settings.fallbacks.values() for choice in chain)
    configured = (settings.default_openrouter_model, settings.default_anthropic_model, *named)
    running = await models.start(
        settings.host, settings.sandbox_models_port, extra_models=configured, free_per_day=PRACTICE_CALLS_A_DAY
    )
    stack.push_async_callback(running.stop)
    practice = set()
    if settings.openrouter_api_key is None:
        practice.add(Provider.OPENROUTER)
        filled = msgspec.structs.replace(
            filled,
            openrouter_api_key=Secret("sk-or-v1-practice-team-key"),
            openrouter_base_url=f"{running.url}/api/v1",
        )
    if settings.telegram_bot_token is None:
        practice.add(Provider.ANTHROPIC)
        filled = msgspec.structs.replace(filled, anthropic_base_url=f"{running.url}/v1")
    return filled, frozenset(practice)
