"""The page within the client: who comes in, deep links, theme, back button, a server that is away."""

import re

import pytest
from playwright.async_api import expect

from tests.system.conftest import worked
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_without_telegram_it_says_where_to_open_it(phone: Phone) -> None:
    """No launch data: one sentence, and no request to the API."""
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    await phone.page.goto(f"http://127.0.0.1:{phone.coach.port}/app/leads")
    await expect(phone.page.get_by_role("heading", name="Open me in Telegram")).to_be_visible()
    assert not [url for url in asked if "/api/" in url]


async def test_forged_launch_data_is_refused_in_one_sentence(phone: Phone) -> None:
    """A changed user under an old signature sees nothing."""
    url = (await phone.address()).replace(phone.rep.username, "somebody")
    await phone.page.goto(url)
    await phone.shows("You cannot come in")


async def test_launch_data_leaves_the_address_and_survives_a_reload(phone: Phone) -> None:
    """Nobody copies the signature with the address, and a reload needs no new one."""
    await phone.opens("/leads")
    await phone.heading("Leads")
    assert "tgWebAppData" not in phone.page.url
    await phone.page.reload()
    await phone.heading("Leads")


async def test_a_deep_link_opens_its_screen(phone: Phone) -> None:
    """A lead's own link opens that lead; a link that names nothing opens today."""
    lead_id, _ = await worked(phone.rep)
    await phone.opens(start_param=f"lead_{lead_id}")
    await phone.heading("Maria Keller")
    await phone.page.context.clear_cookies()
    await phone.opens(start_param="whatever_x")
    await phone.heading("Today")


async def test_the_theme_is_followed_live(phone: Phone) -> None:
    """The client turns dark, and the page with it, without being loaded anew."""
    await phone.opens("/")
    await phone.heading("Today")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = await phone.page.evaluate(ground)
    await phone.tells("theme_changed", theme_params={"bg_color": "#17212b", "secondary_bg_color": "#0e1621"})
    assert await phone.page.evaluate(ground) == "rgb(14, 22, 33)" != light


async def test_the_back_button_mirrors_the_history(phone: Phone) -> None:
    """Hidden on the first screen, shown below it, and back leads there."""
    await phone.opens("/")
    await phone.heading("Today")
    assert (await phone.posted("web_app_setup_back_button"))[-1] == {"is_visible": False}
    await phone.page.get_by_role("link", name="Leads").click()
    await phone.heading("Leads")
    assert (await phone.posted("web_app_setup_back_button"))[-1] == {"is_visible": True}
    await phone.tells("back_button_pressed")
    await phone.heading("Today")


async def test_the_settings_button_opens_the_settings(phone: Phone) -> None:
    """The entry in the client's own menu."""
    await phone.opens("/")
    await phone.heading("Today")
    await phone.tells("settings_button_pressed")
    await phone.heading("Settings")


async def test_a_server_that_is_away_is_said_and_comes_back(phone: Phone) -> None:
    """What is shown stays; a notice says that it may be old; it goes when the server is back."""
    await phone.opens("/leads")
    await phone.heading("Leads")
    await phone.page.context.set_offline(True)
    await phone.page.get_by_role("link", name="Today").click()
    await expect(phone.page.get_by_role("alert").first).to_contain_text("cannot be reached")
    await phone.page.context.set_offline(False)
    await phone.presses("Try again")
    await phone.shows("Nothing is due")


async def test_an_address_that_leads_nowhere_leads_back(phone: Phone) -> None:
    """A screen that does not exist has a way to one that does."""
    await phone.opens("/no/such/screen")
    await phone.heading("Nothing here")
    await phone.presses("To Today")
    await expect(phone.page).to_have_url(re.compile("/app/$"))
