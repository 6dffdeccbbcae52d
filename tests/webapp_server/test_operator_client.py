"""The command line: reads the running process's pages and gives its commands, each only after a yes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from actors.providers.secret import Secret
from runtime import ActorSystem
from runtime.testing import settle
from tests.webapp_server.door import with_token
from tests.webapp_server.house import PLANTED, furnish, plant
from webapp_server.operator_client import NoAnswer, Reached, WrongArguments, operate
from webapp_server.overview import VERSION
from webapp_server.server import make_application
from webapp_server.stopping import Stopping

TOKEN = "a-planted-token"


@pytest.fixture
async def system() -> AsyncIterator[ActorSystem]:
    system = ActorSystem()
    await furnish(system)
    yield system
    await system.shutdown()


@pytest.fixture
def stopping() -> Stopping:
    return Stopping()


@pytest.fixture
async def reached(system: ActorSystem, stopping: Stopping) -> AsyncIterator[Reached]:
    application = make_application(system, with_token(Secret(TOKEN)), stopping=stopping)
    async with TestServer(application) as server:
        yield Reached(str(server.make_url("/")).rstrip("/"), TOKEN)


async def done(reached: Reached, command: str, *arguments: str, sure: bool = True) -> str:
    """What the command line prints."""
    return (await asyncio.to_thread(operate, reached, command, list(arguments), lambda _question: sure)).text


async def test_actors_are_listed_with_ids_to_name_them_by(system: ActorSystem, reached: Reached) -> None:
    """One line each, without a rep's data; the id is good for a restart."""
    await plant(system)
    await settle()
    listed = await done(reached, "actors")
    assert not [secret for secret in PLANTED if secret in listed]
    (session,) = [line.split()[0] for line in listed.splitlines() if " Session " in line]
    assert await done(reached, "restart", session) == "Session begins anew under its supervisor."


async def test_the_status_is_the_pages_band_in_words(system: ActorSystem, reached: Reached) -> None:
    """The verdict, every reason for it, and what runs; without a rep's data."""
    await plant(system)
    await settle()
    told = (await done(reached, "status")).splitlines()
    assert told[0] == "Look at this"
    assert "- sends that may or may not have arrived: 1" in told
    assert told[-2].startswith(f"cornerman {VERSION}, running, up ")
    assert "actors" in told[-1]
    assert not [secret for secret in PLANTED if secret in "".join(told)]


async def test_nothing_is_done_without_a_yes(system: ActorSystem, reached: Reached, stopping: Stopping) -> None:
    """The question says what will happen; a no changes nothing."""
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    told = await asyncio.to_thread(operate, reached, "drain", [], no)
    assert (told.text, told.done) == ("Nothing was done.", False)
    assert "stop Cornerman" in asked[0]
    assert not stopping.asked
    await done(reached, "drain")
    assert stopping.asked


async def test_a_refusal_is_told_in_its_words(reached: Reached) -> None:
    """An unknown provider, or an entry that is gone; a script can tell it from what was done."""
    refused = await asyncio.to_thread(operate, reached, "resume", ["elsewhere"], lambda _question: True)
    assert not refused.done
    given = await asyncio.to_thread(operate, reached, "restart", ["sessions"], lambda _question: True)
    assert given.done
    assert "Name a provider" in await done(reached, "pause", "elsewhere")
    assert await done(reached, "dead-letters") == "Nothing was given up."


async def test_who_cannot_be_reached_is_named(reached: Reached) -> None:
    """Another token, or nobody there, with what to do."""
    with pytest.raises(NoAnswer, match="STATUS_TOKEN"):
        await done(Reached(reached.url, "another"), "actors")
    with pytest.raises(NoAnswer, match="Is Cornerman running"):
        await done(Reached("http://127.0.0.1:1", None), "actors")


async def test_a_missing_argument_is_named(reached: Reached) -> None:
    """Before anything is asked or sent."""
    with pytest.raises(WrongArguments, match="restart takes the ACTOR"):
        await done(reached, "restart")
    with pytest.raises(WrongArguments, match="no number"):
        await done(reached, "pause", "openrouter", "long")
