"""What the page asks of whom: its own server alone, with a token it renews, and nothing while nothing happens."""

import re
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Request, Route, expect

from tests.system.conftest import worked
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
SCREENS = (
    "/",
    "/leads",
    "/leads/board",
    "/support",
    "/learn",
    "/train",
    "/profile",
    "/memory",
    "/settings",
    "/casebook",
)


@pytest_asyncio.fixture(loop_scope="module")
async def asked(phone: Phone) -> list[Request]:
    """Every request of the page, in order."""
    requests: list[Request] = []
    phone.page.on("request", lambda request: requests.append(request))  # noqa: PLW0108  # it marks what it is given
    return requests


async def test_no_screen_asks_anybody_but_its_own_server(phone: Phone, asked: list[Request]) -> None:
    """Neither a database nor a third party: every address is the server's, and the console stays empty."""
    said: list[str] = []
    phone.page.on("console", lambda message: said.append(message.text))
    for screen in SCREENS:
        await phone.opens(screen)
        await phone.settled()
    hosts = {urlsplit(request.url).netloc for request in asked if request.url.startswith("http")}
    assert hosts == {f"127.0.0.1:{phone.coach.port}"}
    assert said == []


async def test_an_open_page_asks_for_nothing_while_nothing_happens(phone: Phone, asked: list[Request]) -> None:
    """No polling: ten minutes go by on its clock without a request; it is told what changes."""
    await phone.page.clock.install()
    await phone.opens("/leads")
    await phone.heading("Leads")
    await phone.page.wait_for_load_state("load")
    before = [request.url for request in asked if request.url.endswith("/api/events")]
    asked.clear()
    await phone.page.clock.fast_forward("10:00")
    assert [request.url for request in asked if not request.url.endswith(("/api/events", "/api/auth/renew"))] == []
    assert len(before) == 1
    lead_id, _ = await worked(phone.rep)
    await phone.shows("Maria Keller")
    assert any("/api/leads" in request.url for request in asked), lead_id


async def test_a_token_that_is_no_longer_taken_is_renewed_unseen(phone: Phone) -> None:
    """The rep sees what was asked for, and no error."""
    refused: list[str] = []

    async def refuse_once(route: Route) -> None:
        if refused:
            await route.continue_()
            return
        refused.append(route.request.url)
        await route.fulfill(status=401, json={"error": "Open the page again."})

    await phone.opens("/")
    await phone.heading("Today")
    await phone.page.route(re.compile("/api/leads"), refuse_once)
    await phone.page.get_by_role("link", name="Leads").click()
    await phone.shows("No leads yet")
    assert len(refused) == 1


async def test_a_double_tap_does_it_once(phone: Phone, asked: list[Request]) -> None:
    """The second tap is the same act."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(f"/leads/{lead_id}")
    await phone.heading("Maria Keller")
    await phone.page.get_by_label("A note for yourself").fill("Prefers mornings")
    await phone.page.get_by_role("button", name="Add the note", exact=True).dblclick()
    await phone.shows("Prefers mornings")
    await phone.rep.taps(f"lead:open:{lead_id}")
    await phone.rep.hears("Prefers mornings")
    await expect(phone.page.get_by_text("Prefers mornings")).to_have_count(1)
