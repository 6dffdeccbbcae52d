"""Me: numbers, memory, settings, and the rep's own data."""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.system.conftest import worked
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_the_profile_leads_to_everything_that_is_kept(phone: Phone) -> None:
    """Standing and badges are there from the first day."""
    await phone.opens("/profile")
    await phone.shows("Level 1, Rookie")
    await phone.shows("First Win: still open")
    for name in ("Memory", "Settings", "My data"):
        await expect(phone.page.get_by_role("link", name=name)).to_be_visible()


async def test_settings_are_saved_and_hold(phone: Phone) -> None:
    """What the main button saved is there after loading anew; an unknown place changes nothing."""
    await phone.opens("/settings")
    await phone.heading("Settings")
    await phone.page.get_by_label("Time zone").fill("Europe/Berlin")
    await phone.page.get_by_label("Quiet from").select_option("21")
    await phone.main_button("Save")
    await phone.shows("Saved.")
    await phone.page.reload()
    await expect(phone.page.get_by_label("Quiet from")).to_have_value("21")
    await expect(phone.page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    await phone.page.get_by_label("Time zone").fill("Nowhereville")
    await phone.main_button("Save")
    await expect(phone.page.get_by_role("alert")).to_be_visible()


async def test_a_model_is_chosen_and_an_own_key_given(phone: Phone) -> None:
    """The provider's list is searched; a key is checked there, is never shown again, and can be given up."""
    await phone.opens("/settings")
    await phone.page.get_by_text("Choose another model").click()
    await phone.page.get_by_label("Search models").fill("gpt-oss-20b")
    await phone.page.get_by_role("button", name="Use").first.click()
    await phone.shows("From the next message on")
    assert await phone.findings() == []
    await phone.page.get_by_text("Use a key of your own").click()
    await phone.page.get_by_label("Your key").fill("sk-or-v1-" + "a1" * 32)
    await phone.presses("Check and use it")
    await phone.presses("Use the team's key again")
    await expect(phone.page.get_by_text("the team's", exact=True)).to_be_visible()
    assert "sk-or" not in await phone.page.content()


async def test_memory_is_put_right_and_forgotten(phone: Phone) -> None:
    """An item reads as the rep says; forgotten items are gone."""
    await worked(phone.rep)
    await phone.opens("/memory")
    await phone.page.get_by_text("Put it right").first.click()
    field = phone.page.get_by_label("How should it read").first
    await field.fill("Asks for the price too early.")
    await phone.presses("Save")
    await expect(phone.page.get_by_text("Asks for the price too early.").first).to_be_visible()
    await phone.presses("Forget everything")
    await phone.page.get_by_role("dialog").get_by_role("button", name="Forget everything").click()
    await phone.shows("Nothing yet")


async def test_everything_can_be_taken_along_and_deleted(phone: Phone, tmp_path: Path) -> None:
    """The file holds the lead; after deleting, the page greets somebody new."""
    await worked(phone.rep)
    await phone.opens("/data")
    async with phone.page.expect_download() as download:
        await phone.presses("Save the file")
    await (await download.value).save_as(tmp_path / "mine.json")
    mine = json.loads((tmp_path / "mine.json").read_text())
    assert mine["tables"]["lead_registry"][0]["prospect_company"] == "Nordwerk"
    await phone.presses("Delete everything")
    await phone.presses("Delete")
    await phone.shows("One tap to begin")
