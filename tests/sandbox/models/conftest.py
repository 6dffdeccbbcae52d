"""A running emulator over real sockets, and the material the practice model works from."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.models import Running, start

ROUTER_KEY = "sk-or-v1-practice-0001"
CLAUDE_KEY = "sk-ant-practice-0001"
SYSTEM = """You coach for this house.

# How Lumora sells

## Opening a conversation
Start with something the other person would say at work. Ask a question they can answer from memory.

## Objection: the price
Too expensive means one of three things, so ask which one it is. Ask what the problem costs them each month.

## Objection: not now
A vague later becomes an event and a date. Ask what will be different by then.

## Objection: we already use something else
Respect the tool they use today. Look for the one job it leaves to paper.

## Negotiating terms
Collect every open point of the contract before you move one of them.

## Closing
Agree on a measure and a date before the trial begins, and write both down.

# Lumora

## Product
Lumora Desk is software for scheduling service visits in mid-size companies. It runs in the browser.

## Customers
- Hallvard Lifts, 90 people. Before: a whiteboard. Visits done on time rose from 61 to 88 percent.

# Your task
Answer with one JSON object.
"""


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """A client that carries no key."""
    async with ClientSession() as client:
        yield client


@pytest.fixture
async def make_server() -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """Start emulators that answer at once; each is stopped after the test."""
    running: list[Running] = []

    async def make(**options: Any) -> Running:
        server = await start(**{"latency_s": (0.0, 0.0), "pace": 0.0, "keep_alive_s": 0.01, **options})
        running.append(server)
        return server

    yield make
    for server in running:
        await server.stop()


@pytest.fixture
async def server(make_server: Callable[..., Awaitable[Running]]) -> Running:
    """An emulator with its defaults, but without waiting."""
    return await make_server()
