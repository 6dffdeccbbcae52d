"""Takes the tour's pictures of the Mini App, every screen in a light and a dark client: part of `make pictures`."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.coaching.samples import shipped
from tests.servers.tools import browser_binary
from tests.system.coach import HOME, Coach
from tests.system.conftest import newcomer, worked
from tests.system.rep import Rep
from tests.system.sandboxed import sandboxed
from tests.webapp_server.miniapp.phone import Phone

PICTURES = HOME / "docs" / "pictures" / "miniapp"
THEMES = ("light", "dark")
MOST_BYTES = 150_000
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--hide-scrollbars")
Way = Callable[[Phone], Awaitable[None]]


async def open_drill(phone: Phone) -> None:
    """A drill whose answer is waited for."""
    await phone.page.get_by_role("link", name="Practice").click()
    await phone.presses("Any difficulty")
    await phone.shows("How it is scored")


async def scored_drill(phone: Phone) -> None:
    """Its score."""
    persona = await phone.page.get_by_role("heading", level=1).inner_text()
    ours = next(one for one in shipped().train_pool if one.persona.name == persona)
    await phone.page.get_by_label("What do you say").fill(ours.ideal_response)
    await phone.main_button("Send the answer")
    await expect(phone.page.locator("q").first).to_be_visible()
    await phone.page.locator("summary", has_text="of 100").first.scroll_into_view_if_needed()


async def a_case(phone: Phone) -> None:
    """The newest worked prospect."""
    await phone.page.get_by_role("link", name="Maria Keller").first.click()
    await phone.shows("How I read them")


async def a_kept_case(phone: Phone) -> None:
    """The newest case of the casebook."""
    await phone.page.get_by_role("main").get_by_role("link").first.click()
    await phone.shows("Strategy")


async def a_lesson(phone: Phone) -> None:
    """The first lesson."""
    await phone.page.get_by_role("listitem").get_by_role("link").first.click()
    await phone.shows("Keep in mind")


async def stay(phone: Phone) -> None:
    """The screen as it is."""


SCREENS: tuple[tuple[str, str, Way], ...] = (
    ("today", "/", stay),
    ("leads", "/leads", stay),
    ("board", "/leads/board", stay),
    ("lead", "/leads/{lead_id}", stay),
    ("support", "/support", stay),
    ("case", "", a_case),
    ("learn", "/learn", stay),
    ("lesson", "", a_lesson),
    ("train", "/train", stay),
    ("drill", "", open_drill),
    ("score", "", scored_drill),
    ("profile", "/profile", stay),
    ("memory", "/memory", stay),
    ("casebook", "/casebook", stay),
    ("kept", "", a_kept_case),
    ("usage", "/usage", stay),
    ("settings", "/settings", stay),
    ("data", "/data", stay),
)


async def a_run(phone: Phone) -> None:
    """The newest run of a prospect, step by step."""
    await phone.page.get_by_role("link", name="support").first.click()
    await phone.shows("strategist")


async def open_choice(phone: Phone) -> None:
    """The models that the first agent may answer on."""
    await phone.page.locator("summary").first.click()
    await phone.shows("Use")


ADMIN_SCREENS: tuple[tuple[str, str, Way], ...] = (
    ("team", "/admin", stay),
    ("rep", "/admin/reps/{rep_id}", stay),
    ("team-leads", "/admin/leads", stay),
    ("heatmap", "/admin/heatmap", stay),
    ("costs", "/admin/costs", stay),
    ("models", "/admin/models", open_choice),
    ("drills", "/admin/scenarios", stay),
    ("new-drill", "/admin/scenarios/new", stay),
    ("knowledge", "/admin/knowledge", stay),
    ("runs", "/admin/runs", stay),
    ("run", "", a_run),
)


async def photograph(phone: Phone, theme: str, screens: tuple[tuple[str, str, Way], ...], **ids: object) -> None:
    """Walk over the screens and take the picture of each."""
    for name, screen, way in screens:
        if screen:
            await phone.opens(screen.format(**ids), theme=theme)
        await way(phone)
        await phone.settled()
        await expect(phone.page.get_by_role("alert")).to_have_count(0)  # no picture of a failure
        path = PICTURES / f"{name}-{theme}.png"
        await phone.photographed(path)
        if path.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{path.name} is larger than {MOST_BYTES} bytes.")


async def in_the_chat(browser: Browser, folder: Path) -> None:
    """The chat page of `make run` with the app in its frame."""
    async with sandboxed(folder) as coach:
        rep = Rep(coach, 501, "alex")
        await rep.set_up()
        page = await browser.new_page(viewport={"width": 1100, "height": 900}, reduced_motion="reduce")
        await page.goto(f"{coach.chat_page}/?user=501&theme=light")
        await page.get_by_role("button", name="App").click()
        app = page.frame_locator("#app-frame")
        await expect(app.get_by_role("heading", name="Today")).to_be_visible()
        await expect(app.locator(".skeleton")).to_have_count(0)
        await page.screenshot(path=PICTURES / "in-the-chat.png", animations="disabled")


async def main() -> None:
    """Have a rep at work and photograph what they see."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with Coach(Path(folder), ADMIN_USERNAMES="chief") as coach, async_playwright() as playwright:
            await coach.start()
            browser = await playwright.chromium.launch(executable_path=browser_binary(), args=_FLAGS)
            chief = await newcomer(coach, "chief")
            for theme in THEMES:
                rep = await newcomer(coach, f"alex{theme}")
                lead_id, _ = await worked(rep)
                await rep.taps(await rep.button("I used this"))
                await rep.taps(f"lead:open:{lead_id}")
                await rep.taps(f"plan:make:{lead_id}")
                await rep.hears("Plan for Maria Keller")
                await coach.settled()
                phone = await Phone.taken_up(browser, coach, rep)
                await photograph(phone, theme, SCREENS, lead_id=lead_id)
                await photograph(
                    await Phone.taken_up(browser, coach, chief), theme, ADMIN_SCREENS, rep_id=rep.telegram_id
                )
            await in_the_chat(browser, Path(folder) / "sandboxed")
            await browser.close()
    sys.stdout.write(f"Pictures are in {PICTURES.relative_to(HOME)}.\n")


if __name__ == "__main__":
    asyncio.run(main())
