"""What comes between a page and its server: a device that slept, a restart, a removal, an answer that was lost."""

import re

import pytest
from playwright.async_api import Route, expect

from coaching.rows import row_id
from tests.system.conftest import newcomer, worked
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
AWAY = re.compile("cannot be reached")
BUSY = "The coach does not answer right now. Try again in a minute."
_DATA = re.compile(r"/api/(?!auth|events)")


async def refuse(route: Route) -> None:
    """The server is there, but its records are not."""
    await route.fulfill(status=503, json={"error": BUSY})


async def test_a_page_that_slept_comes_in_anew(phone: Phone) -> None:
    """Its token can no longer be renewed; Telegram's data is fresh enough to come in with, and nothing is said."""
    renewals: list[str] = []

    async def over(route: Route) -> None:
        renewals.append(route.request.url)
        await route.fulfill(status=401, json={"error": "Your session on this page is over."})

    await phone.page.clock.install()
    await phone.page.route("**/api/auth/renew", over)
    await phone.opens("/")
    await phone.heading("Today")
    await phone.page.clock.fast_forward("20:00")
    await phone.page.get_by_role("link", name="Leads").click()
    await phone.shows("No leads yet")
    await expect(phone.page.get_by_role("alert")).to_have_count(0)
    assert renewals == []


async def test_a_renewal_that_is_refused_is_a_login(phone: Phone) -> None:
    """Also where the page thought its token good, as with a server that has another key since."""
    renewals: list[str] = []

    async def over(route: Route) -> None:
        renewals.append(route.request.url)
        await route.fulfill(status=401, json={"error": "Your session on this page is over."})

    await phone.page.clock.install()
    await phone.page.route("**/api/auth/renew", over)
    await phone.opens("/")
    await phone.heading("Today")
    await phone.page.clock.fast_forward("14:30")
    await phone.page.get_by_role("link", name="Leads").click()
    await phone.shows("No leads yet")
    assert len(renewals) == 1


async def test_a_page_that_was_open_too_long_says_so_and_keeps_what_it_shows(phone: Phone) -> None:
    """Neither token nor data do any more: one sentence says what to do, and nothing asks in vain."""
    asked: list[str] = []

    async def over(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(status=401, json={"error": "Open it again from the chat."})

    await worked(phone.rep)
    await phone.opens("/leads")
    await phone.shows("Maria Keller")
    await phone.page.route("**/api/**", over)
    await phone.page.get_by_role("link", name="Practice").click()
    await phone.shows("Open it again from the chat.")
    await expect(phone.page.locator(".notice")).to_have_text("Open it again from the chat.")
    await phone.page.get_by_role("link", name="Leads").click()
    await phone.shows("Maria Keller")


async def test_a_removed_reps_open_page_closes(phone: Phone) -> None:
    """At the removal what was shown goes, the sentence comes, and the page asks for nothing more."""
    await worked(phone.rep)
    await phone.opens("/leads")
    await phone.shows("Maria Keller")
    chief = await newcomer(phone.coach, "chief")
    await chief.writes("/admin")
    await chief.taps("admin:users")
    await chief.taps(f"admin:users:revoke:{phone.rep.telegram_id}")
    await phone.shows("You cannot come in")
    await expect(phone.page.get_by_text("Maria Keller")).to_have_count(0)
    await expect(phone.page.get_by_role("navigation")).to_have_count(0)
    assert (await phone.posted("web_app_setup_back_button"))[-1] == {"is_visible": False}


async def test_a_restart_is_said_and_followed_again(phone: Phone) -> None:
    """The notice comes and goes by itself, and what the chat does after that appears as before."""
    await phone.opens("/leads")
    await phone.shows("No leads yet")
    await phone.coach.kill()
    await expect(phone.page.locator(".notice")).to_have_text(AWAY)
    await phone.coach.start()
    await expect(phone.page.locator(".notice")).to_have_count(0, timeout=20_000)
    await worked(phone.rep)
    await phone.shows("Maria Keller")


async def test_a_server_that_is_busy_at_the_start_is_tried_again(phone: Phone) -> None:
    """The page does not say that the rep may not come in; a press later it is there."""
    await phone.page.route("**/api/auth", refuse)
    await phone.opens("/leads")
    await phone.shows(BUSY)
    await expect(phone.page.get_by_text("You cannot come in")).to_have_count(0)
    await phone.page.unroute("**/api/auth", refuse)
    await phone.presses("Try again")
    await phone.shows("No leads yet")


async def test_every_screen_that_fails_can_be_tried_again(phone: Phone) -> None:
    """One sentence and one button on each; the button brings the screen."""
    lead_id, run_id = await worked(phone.rep)
    case_id = row_id(run_id, "support_sessions")
    screens = ("/", "/leads", "/leads/board", f"/leads/{lead_id}", "/support", f"/support/{case_id}", "/learn")
    more = ("/learn/1.1", "/train", "/profile", "/memory", "/casebook", "/usage", "/settings")
    for screen in (*screens, *more):
        await phone.page.route(_DATA, refuse)
        await phone.opens(screen)
        await expect(phone.page.get_by_role("alert").first, screen).to_contain_text(BUSY)
        await phone.page.unroute(_DATA, refuse)
        await phone.presses("Try again")
        await phone.settled()
        await expect(phone.page.get_by_role("alert"), screen).to_have_count(0)


async def test_an_act_whose_answer_was_lost_is_done_once(phone: Phone) -> None:
    """The note was written, the page heard that nobody answered; pressing again is the same act."""
    lead_id, _ = await worked(phone.rep)

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.fulfill(status=503, json={"error": BUSY})

    await phone.opens(f"/leads/{lead_id}")
    await phone.heading("Maria Keller")
    note = phone.page.get_by_label("A note for yourself")
    await note.fill("Prefers mornings")
    await phone.page.route("**/note", lost)
    await phone.presses("Add the note")
    await phone.shows(BUSY)
    await phone.page.unroute("**/note", lost)
    await phone.presses("Add the note")
    await expect(note).to_have_value("")
    await expect(phone.page.get_by_text("Prefers mornings")).to_have_count(1)
