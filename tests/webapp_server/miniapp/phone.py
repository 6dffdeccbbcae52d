"""A Telegram client around the Mini App, played in a real browser: it records what the page posts and answers it.

The page is the production build as the server hands it out; only `TelegramWebviewProxy`, which is the client's side of
the bridge, is put into it. Source: docs.telegram-mini-apps.com, "Methods" and "Events".
"""

import base64
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from sandbox.speech import ogg
from tests.system.coach import HOME, Coach
from tests.system.rep import Rep

AXE = HOME / "webapp_server" / "miniapp" / "node_modules" / "axe-core" / "axe.min.js"
WIDTH, HEIGHT = 390, 844
WAIT_MS = 20_000
_CLIENT = """
window.posted = [];
window.TelegramWebviewProxy = {
  postEvent(type, data) {
    window.posted.push({ type, data: JSON.parse(data) });
    const inset = { top: 0, right: 0, bottom: 0, left: 0 };
    const answers = {
      web_app_request_safe_area: ["safe_area_changed", inset],
      web_app_request_content_safe_area: ["content_safe_area_changed", inset],
    };
    const answer = answers[type];
    if (answer) setTimeout(() => window.Telegram.WebView.receiveEvent(...answer));
  },
};
"""
_SAYS = """
(sound) => {
  const said = Uint8Array.from(atob(sound), (one) => one.charCodeAt(0));
  window.MediaRecorder = class {
    mimeType = "audio/ogg";
    constructor(stream) { this.stream = stream; }
    start() {}
    stop() {
      this.ondataavailable({ data: new Blob([said]) });
      this.onstop();
    }
  };
}
"""
_AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_FINDINGS = """
async (tags) => (await axe.run(document, { runOnly: tags })).violations.flatMap((one) =>
  one.nodes.map((node) => `${one.id}: ${node.target} ${node.failureSummary}`))
"""


class Phone:
    """One rep's open Mini App; errors of the page and of its console fail the test that reads `broken`."""

    def __init__(self, page: Page, coach: Coach, rep: Rep) -> None:
        self.page = page
        self.coach = coach
        self.rep = rep
        self.broken: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    @classmethod
    async def taken_up(cls, browser: Browser, coach: Coach, rep: Rep) -> "Phone":
        """A phone in the rep's hand, nothing open yet."""
        context = await browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce", locale="en-GB", timezone_id="UTC"
        )
        await context.add_init_script(_CLIENT)
        return cls(await context.new_page(), coach, rep)

    async def opens(self, screen: str = "", *, start_param: str = "", theme: str = "light") -> None:
        """Open the app at a screen such as "/leads", as this rep, from a client in this theme."""
        url = await self.address(start_param=start_param, theme=theme)
        base, _, fragment = url.partition("#")
        await self.page.goto("about:blank")
        await self.page.goto(f"{base.rstrip('/')}{screen or '/'}#{fragment}")

    async def address(self, *, start_param: str = "", theme: str = "light") -> str:
        """The signed address with which the client opens the app."""
        name = self.rep.username
        opened = await self.coach.sim(
            f"users/{self.rep.telegram_id}/open_app",
            username=name,
            first_name=name.capitalize(),
            start_param=start_param,
            theme=theme,
        )
        return str(opened["url"])

    async def will_say(self, words: str) -> None:
        """Let the next recording say these words: the browser's own records a tone, in which there are none."""
        sound = base64.b64encode(ogg.voice_note(words, 3.0)).decode()
        await self.page.evaluate(_SAYS, sound)

    async def shows(self, text: str) -> None:
        """Wait until this text can be seen."""
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=WAIT_MS)

    async def heading(self, text: str) -> None:
        """Wait until the screen has this heading and nothing is loading any more."""
        await expect(self.page.get_by_role("heading", level=1, name=text)).to_be_visible(timeout=WAIT_MS)
        await self.settled()

    async def settled(self) -> None:
        """Wait until there is a screen and nothing on it is loading any more."""
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT_MS)
        await expect(self.page.locator(".skeleton")).to_have_count(0, timeout=WAIT_MS)

    async def presses(self, name: str) -> None:
        """Press the first button of this name."""
        await self.page.get_by_role("button", name=name, exact=True).first.click()

    async def main_button(self, name: str) -> None:
        """Press the client's main button once it shows this text and can be pressed."""
        await self.page.wait_for_function(
            """name => {
              const last = window.posted.filter((one) => one.type === "web_app_setup_main_button").at(-1);
              return last && last.data.is_visible && last.data.is_active && last.data.text === name;
            }""",
            arg=name,
        )
        await self.tells("main_button_pressed")

    async def tells(self, event: str, **data: object) -> None:
        """The client tells the page something, such as that its main button was pressed."""
        await self.page.evaluate("([type, data]) => window.Telegram.WebView.receiveEvent(type, data)", [event, data])

    async def posted(self, event: str) -> list[dict[str, Any]]:
        """What the page posted of this kind, oldest first."""
        posted = await self.page.evaluate("window.posted")
        return [one["data"] for one in posted if one["type"] == event]

    async def findings(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA and its best practices on what is shown now."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return list(await self.page.evaluate(_FINDINGS, list(_AXE_RULES)))

    async def photographed(self, path: Path) -> None:
        """Write what is shown as a PNG of the screen's size."""
        await self.page.screenshot(path=path, animations="disabled")
