"""The chat page of `make run` as a Telegram client: it opens the Mini App in a phone frame, signed for its rep."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.system.rep import Rep
from tests.system.sandboxed import Sandboxed, sandboxed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def _chat(browser: Browser, coach: Sandboxed) -> Page:
    """The chat page of a rep who is set up."""
    rep = Rep(coach, 501, "alex")
    await rep.set_up()
    page = await browser.new_page(viewport={"width": 1100, "height": 900})
    await page.goto(f"{coach.chat_page}/?user=501&theme=light")
    return page


async def test_the_app_opens_in_the_frame_and_uses_the_clients_buttons(browser: Browser, tmp_path: Path) -> None:
    """Back, main button and theme work over the frame's messages, as in Telegram's web client."""
    async with sandboxed(tmp_path) as coach:
        page = await _chat(browser, coach)
        await page.get_by_role("button", name="App").click()
        app = page.frame_locator("#app-frame")
        await expect(app.get_by_role("heading", name="Today")).to_be_visible()
        await app.get_by_role("link", name="Coach").click()
        await app.get_by_label("Who is it").fill("hi")
        await page.get_by_role("button", name="Get a strategy and a draft").click()
        await expect(app.get_by_role("alert")).to_be_visible()
        await app.get_by_label("Who is it").fill("")
        await page.get_by_role("button", name="Back").click()
        await expect(app.get_by_role("heading", name="Today")).to_be_visible()
        ground = "() => getComputedStyle(document.documentElement).backgroundColor"
        (frame,) = page.frames[1:]
        before = await frame.evaluate(ground)
        await page.evaluate("document.getElementById('theme').click()")
        await frame.wait_for_function(f"before => ({ground})() !== before", arg=before)
        await page.get_by_role("button", name="Close").click()
        await expect(page.locator("#phone")).to_be_hidden()
        await page.close()
