"""The casebook and the usage on the page."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.system.conftest import worked
from tests.system.rep import WAIT_S
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_a_used_draft_is_kept_found_and_taken_back(phone: Phone) -> None:
    """One tap under the prospect; the case names nobody; whoever saved it may take it back."""
    await worked(phone.rep)
    await phone.opens("/support")
    await phone.page.get_by_role("link", name="Maria Keller").click()
    await phone.presses("I used this")
    await phone.page.get_by_role("link", name="It is in the casebook.").click()
    await phone.shows("Strategy")
    assert "Maria" not in await phone.page.inner_text("main")
    assert await phone.findings() == []
    await phone.opens("/casebook")
    await phone.page.get_by_role("searchbox").fill("zzz")
    await phone.shows("No case fits")
    await phone.page.get_by_role("searchbox").fill("price")
    await phone.page.get_by_role("main").get_by_role("link").first.click()
    await phone.presses("Take it back")
    await phone.heading("Casebook")
    await phone.shows("The casebook is empty")


async def test_usage_shows_what_was_spent(phone: Phone) -> None:
    """Tokens by period, day, agent and model, after the first prospect."""
    await worked(phone.rep)
    count = f"select count(*) from model_usage where telegram_id = {phone.rep.telegram_id}"  # noqa: S608  # a number
    async with asyncio.timeout(WAIT_S):  # the ledger writes every few seconds
        while phone.coach.recorded(count) == [(0,)]:
            await asyncio.sleep(0.1)
    await phone.opens("/usage")
    await expect(phone.page.get_by_role("rowheader", name="strategist")).to_be_visible()
