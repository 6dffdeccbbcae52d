"""Without a finger: everything by keys, what has the focus is seen, and nothing moves for who wants no motion."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.system.conftest import worked
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
MOST_TABS = 80
_FOCUS = """
() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const label = one.id && document.querySelector(`label[for="${one.id}"]`);
  const name = one.getAttribute("aria-label") || (label ? label.textContent : one.textContent).trim();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const shown = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return [one.tagName, name, ring && shown];
}
"""


async def tabs_to(phone: Phone, wanted: str) -> None:
    """Press Tab until what has this name is focused; each stop on the way can be seen."""
    for _ in range(MOST_TABS):
        await phone.page.keyboard.press("Tab")
        tag, name, seen = await phone.page.evaluate(_FOCUS)
        if tag == "BODY":
            continue
        assert seen, f"{tag} {name!r} has the focus and does not show it"
        if name == wanted:
            return
    raise AssertionError(f"{wanted!r} is not reached by Tab")


async def test_the_way_from_today_to_a_note_is_walked_by_keys(phone: Phone) -> None:
    """Over the bar to the leads, into one, a note written and sent."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens("/")
    await phone.heading("Today")
    await tabs_to(phone, "Leads")
    await phone.page.keyboard.press("Enter")
    await phone.heading("Leads")
    lead = phone.page.get_by_role("main").get_by_role("link").filter(has_text="Maria Keller")
    await tabs_to(phone, str(await lead.evaluate("one => one.textContent.trim()")))
    await phone.page.keyboard.press("Enter")
    await phone.heading("Maria Keller")
    await expect(phone.page).to_have_url(re.compile(lead_id))
    await tabs_to(phone, "A note for yourself")
    await phone.page.keyboard.type("Prefers mornings")
    await tabs_to(phone, "Add the note")
    await phone.page.keyboard.press("Space")
    await expect(phone.page.get_by_label("A note for yourself")).to_have_value("")
    await phone.shows("Prefers mornings")


async def test_a_question_is_answered_by_keys(phone: Phone) -> None:
    """The focus is within the question while it stands, Escape says no, and leads back to where it was asked."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.heading("Maria Keller")
    await tabs_to(phone, "Delete this lead")
    await phone.page.keyboard.press("Enter")
    dialog = phone.page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    assert await dialog.evaluate("one => one.contains(document.activeElement)")
    await phone.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(phone.page.get_by_role("button", name="Delete this lead")).to_be_focused()


async def test_nothing_moves_for_who_wants_no_motion(phone: Phone) -> None:
    """While a screen loads its skeleton breathes for others and stands still for them."""
    moving = "document.getAnimations().length"

    async def hang(_route: Route) -> None:
        """Never answered: the skeleton stays."""

    await phone.page.route("**/api/leads**", hang)
    for preference, moves in (("no-preference", True), ("reduce", False)):
        await phone.page.emulate_media(reduced_motion=preference)  # type: ignore[arg-type]  # one of the two that there are
        await phone.opens("/leads")
        await expect(phone.page.locator(".skeleton").first).to_be_visible()
        assert (await phone.page.evaluate(moving) > 0) is moves
