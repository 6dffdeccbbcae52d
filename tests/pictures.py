"""Takes the README's pictures from the running system: `make pictures`, with the tests' Chromium."""

import asyncio
import base64
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from tests.servers.tools import browser_binary
from tests.system.coach import HOME, Coach
from tests.system.rep import Rep

LOAD = 12
PICTURES = HOME / "docs" / "pictures"
PROSPECT = (
    "Maria Keller, plant manager at Nordwerk in Hamburg, wrote this morning: “We liked the demo, but your price is "
    "30% above the other offer and my budget for this year is closed. Could you come back in spring?” She opened our "
    "last two e-mails the same day."
)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)


async def photograph(browser: str, url: str, path: Path, size: str, *, shows: str = "", dark: bool = False) -> None:
    """Open the page in a browser of its own, wait until it shows a conversation or `shows`, and write it as a PNG."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [*_FLAGS, f"--user-data-dir={profile}", f"--window-size={size}"]
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(browser, *flags, url, stdout=quiet, stderr=quiet)
        try:
            async with asyncio.timeout(30), aiohttp.ClientSession() as http:
                port = await _devtools_port(Path(profile))
                async with http.ws_connect(await _page_socket(http, port), max_msg_size=0) as page:
                    if dark:
                        await _asked(page, "Emulation.setEmulatedMedia", features=_DARK)
                    while not await _asked(page, "Runtime.evaluate", expression=shows or _SHOWS_TURNS):
                        await asyncio.sleep(0.2)
                    await asyncio.sleep(0.5)
                    path.write_bytes(base64.b64decode(await _asked(page, "Page.captureScreenshot", format="png")))
        finally:
            process.kill()
            await process.wait()


_SHOWS_STATUS = "document.querySelectorAll('.types tr').length > 8"
_DARK = [{"name": "prefers-color-scheme", "value": "dark"}]
_SHOWS_TURNS = "document.querySelectorAll('.turn').length > 4"


async def _devtools_port(profile: Path) -> str:
    told = profile / "DevToolsActivePort"
    while not (told.exists() and told.read_text()):  # the browser makes the file first and fills it then
        await asyncio.sleep(0.1)
    return told.read_text().splitlines()[0]


async def _page_socket(http: aiohttp.ClientSession, port: str) -> str:
    while True:
        async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
            for target in await answer.json(content_type=None):
                if target["type"] == "page":
                    return str(target["webSocketDebuggerUrl"])
        await asyncio.sleep(0.1)


async def _asked(page: aiohttp.ClientWebSocketResponse, method: str, **parameters: object) -> Any:
    await page.send_json({"id": 1, "method": method, "params": parameters})
    while (reply := await page.receive_json()).get("id") != 1:
        pass
    result = reply["result"]
    return result.get("data") or result.get("result", {}).get("value")


async def status_under_load(browser: str, coach: Coach) -> None:
    """Let many reps wait for slow models at once and photograph what their operator sees."""
    reps = [Rep(coach, 600 + number, f"rep{number}") for number in range(LOAD)]
    await asyncio.gather(*(rep.set_up() for rep in reps))
    await coach.order_models("latency", first_token_s=[3.0, 9.0], pace=1.0)
    for _ in range(2):
        await asyncio.gather(*(rep.writes(f"/support {PROSPECT}") for rep in reps))
        await asyncio.sleep(12)
    page = f"http://127.0.0.1:{coach.port}/status.html"
    for theme in ("light", "dark"):
        path = PICTURES / f"status-{theme}.png"
        await photograph(browser, page, path, "1280,880", shows=_SHOWS_STATUS, dark=theme == "dark")


async def main() -> None:
    """Coach one rep through a prospect and photograph the chat while it is written and when it is done; the status."""
    browser = str(browser_binary())
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with Coach(Path(folder)) as coach:
            await coach.start()
            alex = Rep(coach, 501, "alex")
            await alex.set_up()
            await alex.writes("/support")
            await alex.hears("Paste the prospect")
            await coach.order_models("latency", first_token_s=[0.2, 0.3], pace=1.5)
            page = f"{coach.telegram.url}/?user=501"
            await alex.writes(PROSPECT)
            await coach.until_model_calls(1)
            await asyncio.sleep(2)
            await photograph(browser, f"{page}&theme=dark", PICTURES / "chat-writing-dark.png", "390,844")
            await alex.hears_drafts(1)
            await photograph(browser, f"{page}&theme=light", PICTURES / "chat-light.png", "1100,820")
            await photograph(browser, f"{page}&theme=dark", PICTURES / "chat-dark.png", "1100,820")
            await status_under_load(browser, coach)
    sys.stdout.write(f"Pictures are in {PICTURES.relative_to(HOME)}.\n")


if __name__ == "__main__":
    asyncio.run(main())
