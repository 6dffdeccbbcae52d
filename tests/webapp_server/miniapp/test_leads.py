"""Leads on the page: the list, the board, one lead with its plan, always in agreement with the chat."""

import re

import pytest
from playwright.async_api import FilePayload, expect

from tests.system.conftest import worked
from tests.system.test_pictures import png
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_a_rep_without_leads_is_told_what_to_do(phone: Phone) -> None:
    """The empty list says how a first lead comes to be, and leads there."""
    await phone.opens("/leads")
    await phone.heading("Leads")
    await phone.shows("No leads yet")
    await phone.page.get_by_role("link", name="Paste a prospect").click()
    await expect(phone.page).to_have_url(re.compile("/app/support$"))


async def test_a_status_set_on_the_page_is_set_in_the_chat_and_the_reverse(phone: Phone) -> None:
    """Page and chat show the same lead, without the page being loaded anew."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.heading("Maria Keller")
    status = phone.page.get_by_label("Status")
    await status.select_option("reached_out")
    await expect(status).to_have_value("reached_out")
    await phone.rep.taps(f"lead:open:{lead_id}")
    await phone.rep.hears("Status: Reached out")
    await phone.rep.taps(f"lead:status:{lead_id}")
    await phone.rep.taps(f"lead:set:{lead_id}:meeting_booked")
    await expect(status).to_have_value("meeting_booked", timeout=1_000)


async def test_a_plan_is_made_and_its_step_settled(phone: Phone) -> None:
    """The plan appears when it is ready; a step that is done can be taken back."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.presses("Make a plan")
    await phone.shows("0 of")
    await phone.presses("Done")
    await phone.shows("1 of")
    await phone.presses("Undo")
    await phone.shows("0 of")


async def test_search_finds_and_the_board_moves(phone: Phone) -> None:
    """A lead is found by a word, none by another, and moves over the board."""
    await worked(phone.rep)
    await phone.opens("/leads")
    await phone.heading("Leads")
    search = phone.page.get_by_role("searchbox")
    await search.fill("nordwerk")
    await phone.shows("Maria Keller")
    await search.fill("zzz")
    await phone.shows("No lead fits")
    await phone.page.get_by_role("link", name="Board").click()
    await phone.heading("Board")
    await phone.page.get_by_label("Status of Maria Keller").select_option("in_progress")
    await phone.shows("In progress (1)")


async def test_deleting_asks_first(phone: Phone) -> None:
    """No leaves everything as it is; yes deletes and leads back to the list."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.presses("Delete this lead")
    await phone.presses("No")
    await phone.heading("Maria Keller")
    await phone.presses("Delete this lead")
    await phone.presses("Delete")
    await phone.heading("Leads")
    await phone.shows("No leads yet")


async def test_a_picture_is_kept_as_the_proof_of_a_step(phone: Phone) -> None:
    """It is handed in at the step, seen there, and told in the chat; what is no picture is refused in a sentence."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.presses("Make a plan")
    await phone.shows("0 of")
    field = phone.page.get_by_label("Add a picture as proof").first
    await field.set_input_files(FilePayload(name="x.png", mimeType="image/png", buffer=b"no picture"))
    await expect(phone.page.get_by_role("alert")).to_contain_text("picture")
    await field.set_input_files(FilePayload(name="x.png", mimeType="image/png", buffer=png("Sent on Monday")))
    await expect(phone.page.get_by_role("img", name="Proof of").first).to_be_visible()
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert await phone.page.get_by_role("img", name="Proof of").first.evaluate(width) > 0
    assert await phone.findings() == []
    await phone.rep.hears("proof")


async def test_what_decided_a_deal_is_asked_when_it_closes(phone: Phone) -> None:
    """A lead that is set to won asks what decided it, and keeps the answer."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.page.get_by_label("Status").select_option("closed_won")
    await phone.page.get_by_label("What decided it?").fill("The pilot on one line")
    await phone.presses("Keep")
    await phone.shows("The pilot on one line")
    await expect(phone.page.get_by_label("What decided it?")).to_have_count(0)


async def test_a_draft_is_copied(phone: Phone) -> None:
    """The clipboard holds the draft and nothing else."""
    await worked(phone.rep)
    await phone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await phone.opens("/support")
    await phone.page.get_by_role("link", name="Maria Keller").first.click()
    await phone.presses("Copy")
    await phone.shows("Copied")
    copied = await phone.page.evaluate("navigator.clipboard.readText()")
    (draft,) = await phone.rep.drafts()
    assert copied == draft
