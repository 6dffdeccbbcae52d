"""The coach on the page: a prospect handed in, followed live, its draft changed."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.system.conftest import worked
from tests.system.rep import PROSPECT
from tests.system.test_pictures import png
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_a_prospect_is_handed_in_followed_and_read(phone: Phone) -> None:
    """The client's main button sends it; the answer comes to the page, and to the chat as well."""
    await phone.opens("/support")
    await phone.shows("No prospects yet")
    await phone.page.get_by_label("Who is it").fill(PROSPECT)
    await phone.main_button("Get a strategy and a draft")
    await phone.shows("I am working on it")
    await phone.page.get_by_role("link", name="Maria Keller").click()
    await phone.heading("Maria Keller")
    await phone.shows("What holds them back")
    await phone.rep.hears_drafts(1)


async def test_what_is_no_prospect_is_kept_in_the_field_with_one_sentence(phone: Phone) -> None:
    """Nothing is lost of what was typed, and the sentence says what to do."""
    await phone.opens("/support")
    field = phone.page.get_by_label("Who is it")
    await field.fill("hi")
    await phone.main_button("Get a strategy and a draft")
    await expect(phone.page.get_by_role("alert")).to_be_visible()
    await expect(field).to_have_value("hi")


async def test_a_draft_is_made_shorter(phone: Phone) -> None:
    """The draft on the page changes by itself when the shorter one is ready."""
    await worked(phone.rep)
    await phone.opens("/support")
    await phone.page.get_by_role("link", name="Maria Keller").click()
    draft = phone.page.locator("blockquote.draft").first
    before = len(await draft.inner_text())
    await phone.presses("Shorter")
    shorter = "before => document.querySelector('blockquote.draft').innerText.length < before"
    await phone.page.wait_for_function(shorter, arg=before)


async def test_a_screenshot_is_read(phone: Phone) -> None:
    """One picture of the device, worked on as the chat's are."""
    await phone.opens("/support")
    picture = FilePayload(name="profile.png", mimeType="image/png", buffer=png(PROSPECT))
    await phone.page.get_by_label("Add a screenshot").set_input_files(picture)
    await phone.page.get_by_role("link", name="Maria Keller").click()
    await phone.heading("Maria Keller")


async def test_what_is_no_picture_is_refused_in_one_sentence(phone: Phone) -> None:
    """By what its bytes are, whatever it is called."""
    await phone.opens("/support")
    text = FilePayload(name="profile.png", mimeType="image/png", buffer=b"no picture at all")
    await phone.page.get_by_label("Add a screenshot").set_input_files(text)
    await expect(phone.page.get_by_role("alert")).to_contain_text("Send a picture")


async def test_a_prospect_is_spoken(phone: Phone) -> None:
    """Recorded on the page; its words come to the chat, and the answer to both."""
    await phone.opens("/support")
    await phone.will_say(PROSPECT)
    await phone.presses("Say it")
    await phone.presses("Throw away")
    await phone.presses("Say it")
    await phone.presses("Send")
    await phone.page.get_by_role("link", name="Maria Keller").click()
    await phone.heading("Maria Keller")
    await phone.rep.hears("Maria Keller, plant manager")
