"""The `cornerman` command: reads the settings and assembles the actors, the web server and the sandbox.

cornerman run        start everything in this terminal (the default)
cornerman check      validate settings, prompts, pipelines and data, and say what to fix
cornerman migrate    apply migrations/ to the database the settings name
cornerman new-key    print a fresh ENCRYPTION_KEY
cornerman rotate-keys  encrypt reps' stored keys again with the newest ENCRYPTION_KEY; nothing may run meanwhile
cornerman backup FILE   keep the data of this machine in a new archive, also while Cornerman runs
cornerman restore FILE  put such an archive into an empty data directory; nothing may run meanwhile

These speak to the running process and ask before they do anything (--yes answers for scripts, --url reaches another):

cornerman actors                      the actors that work longest, with their ids
cornerman restart ACTOR               let an actor begin anew under its supervisor
cornerman drain                       take no new work, finish what is under way and stop
cornerman pause PROVIDER [MINUTES]    send nothing to openrouter or anthropic for a while (ten minutes)
cornerman resume PROVIDER             end that pause
cornerman dead-letters                what was given up or may not have arrived, with ids
cornerman replay ID, discard ID       try one of these again, or wipe it
"""

import argparse
import asyncio
import errno
import gc
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import structlog
import uvloop
from cryptography.fernet import Fernet
from dotenv import dotenv_values

from actors.drain import drain
from actors.key_rotation import KeyRotation, Rotated, unreadable_keys
from actors.library import LibraryError, load_library
from actors.logs import configure_logs
from actors.providers.key_vault import KeyVault
from actors.providers.messages import Provider
from actors.providers.secret import Secret
from actors.settings import Settings, SettingsError, read_settings
from actors.shelf import Shelf
from actors.tree import Tree, build_tree, webhook_of
from runtime import GARBAGE_THRESHOLDS, ActorSystem
from storage import (
    BackupError,
    MigrationError,
    PostgrestStore,
    RepTokens,
    SqliteStore,
    StorageError,
    Store,
    back_up,
    migrate_insforge,
    migrate_sqlite,
    missing_tables,
    restore,
)
from webapp_server import (
    OPERATOR_COMMANDS,
    OperatorAccess,
    OperatorError,
    PageAccess,
    Reached,
    Site,
    Stopping,
    TokenMint,
    WebhookDoor,
    operate,
    signing_secret,
    web_server_spec,
)

HOME = Path(__file__).parent
_LOG = structlog.get_logger("cornerman")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
SCHEMA_CHECK_S = 8.0
DRAIN_S = 15.0
"""With the ten seconds of the shutdown itself, within the half minute that platforms give."""
SWITCH_INTERVAL_S = 0.0005
"""How long the loop may keep the interpreter from a thread that wants it: a turn waits for the journal's four times."""
_PORTS = "PORT, SANDBOX_TELEGRAM_PORT, SANDBOX_MODELS_PORT and SANDBOX_SPEECH_PORT"


class StartRefused(Exception):
    """The start stops; the message says what to do."""


class Assembly(msgspec.Struct, frozen=True):
    """What runs where: the settings with sandbox addresses filled in, and a line about each service."""

    settings: Settings
    practice: frozenset[Provider]
    lines: tuple[str, ...]
    chat_page: str | None
    """The emulated Telegram's address, where it is that."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the process's exit status."""
    parser = argparse.ArgumentParser(prog="cornerman", description="The sales coach that lives in Telegram.")
    commands = sorted((*_COMMANDS, *_FILE_COMMANDS, *OPERATOR_COMMANDS))
    parser.add_argument("command", nargs="?", default="run", choices=commands)
    parser.add_argument("about", nargs="*", help="the archive, the actor, the provider or the entry")
    parser.add_argument("--yes", action="store_true", help="do not ask before an operator's command")
    parser.add_argument("--url", help="where the process listens, instead of HOST and PORT")
    chosen = parser.parse_args(arguments)
    if chosen.command not in OPERATOR_COMMANDS and len(chosen.about) != (chosen.command in _FILE_COMMANDS):
        parser.error(
            f"{chosen.command} takes {'the name of a file' if chosen.command in _FILE_COMMANDS else 'no file'}"
        )
    try:
        if chosen.command in OPERATOR_COMMANDS:
            return _operate(chosen.command, chosen.about, chosen.url, sure=chosen.yes)
        if chosen.command in _FILE_COMMANDS:
            return _FILE_COMMANDS[chosen.command](Path(chosen.about[0]))
        return _COMMANDS[chosen.command]()
    except (SettingsError, LibraryError) as refused:
        for problem in refused.problems:
            print(f"- {problem}", file=sys.stderr)
        return 2
    except (StartRefused, MigrationError, BackupError, OperatorError) as refused:
        print(refused, file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"{error.strerror}. Is Cornerman running already? Otherwise set {_PORTS} to free ports.", file=sys.stderr)
        return 2


def _settings() -> Settings:
    settings = read_settings(os.environ, dotenv_values(".env") if Path(".env").exists() else {})
    configure_logs(settings.log_level)
    return settings


def _run() -> int:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    return uvloop.run(_serve(_settings()))


def _check() -> int:
    settings = _settings()
    library = load_library(HOME)
    print(f"Settings: in order. Data: {settings.data_dir}")
    print(f"Pipelines: {', '.join(sorted(library.pipelines))}. Playbook sections: {len(library.playbook.sections)}.")
    return asyncio.run(_check_keys(settings))


async def _check_keys(settings: Settings) -> int:
    """Say how many of the reps' stored keys can no longer be opened, where anything is stored yet."""
    if settings.insforge_base_url is None and not (settings.data_dir / "records.sqlite").exists():
        return 0
    vault = KeyVault((settings.encryption_key or _kept_key(settings.data_dir)).reveal())
    async with AsyncExitStack() as stack:
        try:
            lost = await unreadable_keys(await _open_store(settings, stack), vault)
        except StorageError as error:
            print(f"Records: they cannot be asked now ({type(error).__name__}).", file=sys.stderr)
            return 1
    if lost:
        print(f"Keys: {lost} open under no ENCRYPTION_KEY; their reps must give them again.", file=sys.stderr)
        return 1
    print("Keys: every stored key opens.")
    return 0


def _migrate() -> int:
    applied = asyncio.run(_apply_migrations(_settings()))
    print(f"Applied: {', '.join(applied)}" if applied else "Nothing to apply: the database is up to date.")
    return 0


def _new_key() -> int:
    print(Fernet.generate_key().decode())
    return 0


def _rotate_keys() -> int:
    settings = _settings()
    if _is_running(settings):
        raise StartRefused(f"Something answers on port {settings.port}: stop Cornerman first, then rotate.")
    key = settings.encryption_key or _kept_key(settings.data_dir)
    rotated = asyncio.run(_rotate(settings, KeyVault(key.reveal())))
    print(f"Encrypted again with the newest key: {rotated.resealed}.")
    if rotated.unreadable:
        print(f"Open under no ENCRYPTION_KEY and left as they are: {rotated.unreadable}.", file=sys.stderr)
        return 1
    print("The older keys in ENCRYPTION_KEY are no longer needed.")
    return 0


def _backup(archive: Path) -> int:
    names = back_up(_settings().data_dir, archive)
    print(f"Kept in {archive}: {', '.join(names)}. Whoever has this file can read everything in it; guard it well.")
    return 0


def _restore(archive: Path) -> int:
    settings = _settings()
    if _is_running(settings):
        raise StartRefused(f"Something answers on port {settings.port}: stop Cornerman first, then restore.")
    names = restore(archive, settings.data_dir)
    print(f"Restored to {settings.data_dir}: {', '.join(names)}.")
    return 0


def _operate(command: str, about: list[str], url: str | None, *, sure: bool) -> int:
    settings = _settings()
    host = _reached(settings.host)
    token = settings.status_token.reveal() if settings.status_token else None
    reached = Reached(url or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}", token)

    def confirmed(question: str) -> bool:
        return sure or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    print(operate(reached, command, about, confirmed))
    return 0


def _reached(host: str) -> str:
    """Where a process that listens on `host` is found from this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # reads it, binds nothing


def _is_running(settings: Settings) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((settings.host, settings.port)) == 0


async def _rotate(settings: Settings, vault: KeyVault) -> Rotated:
    rotation = KeyRotation(vault)
    rotation.journal(settings.data_dir / "journal.sqlite")
    async with AsyncExitStack() as stack:
        await rotation.rows(await _open_store(settings, stack))
    return rotation.rotated


_COMMANDS: dict[str, Callable[[], int]] = {
    "run": _run,
    "check": _check,
    "migrate": _migrate,
    "new-key": _new_key,
    "rotate-keys": _rotate_keys,
}
_FILE_COMMANDS: dict[str, Callable[[Path], int]] = {"backup": _backup, "restore": _restore}


async def _apply_migrations(settings: Settings) -> tuple[str, ...]:
    if settings.insforge_base_url and settings.insforge_service_key:
        key = settings.insforge_service_key.reveal()
        return tuple(await migrate_insforge(settings.insforge_base_url, key, HOME / "migrations"))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return tuple(await migrate_sqlite(settings.data_dir / "records.sqlite", HOME / "migrations"))


async def _serve(settings: Settings) -> int:
    print("Cornerman: checking prompts, pipelines and data…", flush=True)
    shelf = Shelf(HOME)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        assembly = await _assemble(settings, stack)
        store = await _open_store(settings, stack)
        system = ActorSystem(name="cornerman")
        stack.push_async_callback(system.shutdown)
        tree = build_tree(assembly.settings, store, shelf, assembly.practice)
        stopping = Stopping()
        await _start(system, tree, assembly, stopping)
        return await _until_stopped(system, stopping)


async def _start(system: ActorSystem, tree: Tree, assembly: Assembly, stopping: Stopping) -> None:
    settings = assembly.settings
    for spec in tree.specs:
        await system.start(spec)
    access, webhook = _page_access(settings), _webhook_door(settings)
    site = Site(settings.host, settings.port, access, stopping, webhook, framed_by=assembly.chat_page)
    await system.start(web_server_spec(system, site))
    for line in assembly.lines:
        print(line)
    print(f"Status page:  http://{settings.host}:{settings.port}/status")
    print("Ready. Ctrl-C stops.", flush=True)


def _webhook_door(settings: Settings) -> WebhookDoor | None:
    webhook = webhook_of(settings)
    return None if webhook is None else WebhookDoor(urlsplit(webhook.url).path, webhook.secret)


def _page_access(settings: Settings) -> PageAccess:
    """How the Mini App is entered; without JWT_SECRET the tokens end with this process, which pages survive."""
    if settings.telegram_bot_token is None:
        raise ValueError("the assembly fills in the bot token before the web server is built")
    named = settings.jwt_secret.reveal() if settings.jwt_secret else secrets.token_urlsafe(48)
    keys = tuple(Secret(key.strip()) for key in named.split(",") if key.strip())
    operators = OperatorAccess(settings.status_token, local=settings.host in _LOOPBACK)
    return PageAccess(signing_secret(settings.telegram_bot_token.reveal()), TokenMint(keys), operators)


async def _assemble(settings: Settings, stack: AsyncExitStack) -> Assembly:
    """Start the sandbox part of each service that has no key, and point the settings at it."""
    lines = []
    chat_page = None
    practice: set[Provider] = set()
    filled = msgspec.structs.replace(settings, encryption_key=settings.encryption_key or _kept_key(settings.data_dir))
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
        mini_app_url=f"http://{_reached(settings.host)}:{settings.port}/app/",
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
    running = await models.start(settings.host, settings.sandbox_models_port, extra_models=configured)
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


def _kept_key(data_dir: Path) -> Secret:
    """The key of a machine that was given none: made once and kept beside the data, readable by its owner alone."""
    path = data_dir / "encryption.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(Fernet.generate_key().decode(), encoding="ascii")
    return Secret(path.read_text(encoding="ascii").strip())


async def _open_store(settings: Settings, stack: AsyncExitStack) -> Store:
    if settings.insforge_base_url and settings.insforge_service_key:
        secret = settings.insforge_jwt_secret
        remote = PostgrestStore(
            settings.insforge_base_url,
            records_path=settings.records_path,
            token=settings.insforge_service_key.reveal(),
            reps=RepTokens(secret.reveal()) if secret else None,
        )
        stack.push_async_callback(remote.close)
        await _require_migrations(remote)
        return remote
    path = settings.data_dir / "records.sqlite"
    applied = await migrate_sqlite(path, HOME / "migrations")
    if applied:
        print(f"Records:      applied {len(applied)} migrations to {path}", flush=True)
    local = await SqliteStore.open(path)
    stack.push_async_callback(local.close)
    return local


async def _require_migrations(remote: Store) -> None:
    """Refuse to go on where tables are missing; a database out of reach is told, and reps are answered meanwhile."""
    try:
        async with asyncio.timeout(SCHEMA_CHECK_S):
            missing = await missing_tables(remote)
    except (StorageError, TimeoutError) as error:
        _LOG.warning("migrations_unchecked", error=type(error).__name__)
        print("Records:      out of reach; writing waits in the journal until they are back", flush=True)
        return
    if missing:
        named = ", ".join(missing)
        raise StartRefused(
            f"The database lacks tables or columns of this version ({named}): run `make migrate`"
            " (a plain PostgreSQL: `make migrate-postgres`), then start again."
        )


async def _until_stopped(system: ActorSystem, stopping: Stopping) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.ask)
    failure = await _first(system.failure(), stopping.wait())
    if isinstance(failure, str):
        _LOG.error("system_gave_up", actor=failure)
        print(f"Cornerman stops: {failure} failed too often. The log above names the error.", file=sys.stderr)
        return 1
    print("\nStopping: finishing what is under way. Again: at once.", flush=True)
    await _first(drain(system, DRAIN_S), stopping.wait_for_hurry())
    return 0


async def _first(*waits: Coroutine[object, object, object]) -> object:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait) for wait in waits]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
    return next(iter(done)).result()


if __name__ == "__main__":
    sys.exit(main())
