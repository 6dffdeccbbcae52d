"""One running system and one browser for the tests of a module; each test has a rep with a phone of their own."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.servers.tools import browser_binary
from tests.system.coach import Coach
from tests.system.conftest import newcomer, rep, running
from tests.system.rep import Rep
from tests.webapp_server.miniapp.phone import Phone

__all__ = ["rep", "running"]
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream",  # the microphone is allowed, and plays a tone
    "--use-fake-device-for-media-stream",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_binary(), args=_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser, running: Coach, rep: Rep) -> AsyncIterator[Phone]:
    """The phone of a rep who is set up and has nothing yet; no script of the page may fail while it is used."""
    phone = await Phone.taken_up(browser, running, rep)
    yield phone
    await phone.page.context.close()
    assert phone.broken == []


@pytest_asyncio.fixture(loop_scope="module")
async def chief(browser: Browser, running: Coach) -> AsyncIterator[Phone]:
    """The phone of the admin."""
    phone = await Phone.taken_up(browser, running, await newcomer(running, "chief"))
    yield phone
    await phone.page.context.close()
    assert phone.broken == []
