"""`cornerman run`: the tree, the web server and what the sandbox stands in for, until it is told to stop."""

import asyncio
import secrets
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import structlog
import uvloop

from actors.drain import drain
from actors.providers.secret import Secret
from actors.settings import Settings
from actors.shelf import Shelf
from actors.tree import Tree, build_tree, webhook_of
from cornerman.interpreter import PacedCollector, prepare
from cornerman.machine import HOME, LOOPBACK, own_settings, prepared
from cornerman.records import open_store
from cornerman.sandboxing import Assembly, assemble
from runtime import ActorSystem
from webapp_server import (
    OperatorAccess,
    PageAccess,
    Site,
    Stopping,
    TokenMint,
    WebhookDoor,
    signing_secret,
    web_server_spec,
)

_LOG = structlog.get_logger("cornerman")
DRAIN_S = 15.0
"""With the ten seconds of the shutdown itself, within the half minute that platforms give."""


def run() -> int:
    """Serve until a signal, a drain or a failure at the root; the process's exit status."""
    prepare()
    return uvloop.run(_serve(own_settings()))


async def _serve(settings: Settings) -> int:
    print("Cornerman: checking prompts, pipelines and data…", flush=True)
    shelf = Shelf(HOME)
    prepared(settings.data_dir)
    async with AsyncExitStack() as stack:
        assembly = await assemble(settings, stack)
        store = await open_store(settings, stack)
        system = ActorSystem(name="cornerman")
        stack.push_async_callback(system.shutdown)
        stack.callback(PacedCollector(system.clock).stop)
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
    operators = OperatorAccess(settings.status_token, local=settings.host in LOOPBACK)
    return PageAccess(signing_secret(settings.telegram_bot_token.reveal()), TokenMint(keys), operators)


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
