"""Takes the README's pictures from the running system: `make pictures`, which needs Chromium on the machine."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.system.coach import HOME, Coach
from tests.system.rep import Rep

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
    "--timeout=4000",
)


async def photograph(browser: str, url: str, path: Path, size: str) -> None:
    """Write what the page shows after a few seconds as a PNG."""
    with tempfile.TemporaryDirectory() as profile:
        flags = [*_FLAGS, f"--user-data-dir={profile}", f"--window-size={size}", f"--screenshot={path}"]
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(browser, *flags, url, stdout=quiet, stderr=quiet)
        if await process.wait() != 0:
            raise SystemExit(f"{browser} could not photograph {path.name}.")


async def main() -> None:
    """Coach one rep through a prospect and photograph the chat, while it is written and when it is done."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("make pictures needs Chromium: install the package chromium.")
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
    sys.stdout.write(f"Pictures are in {PICTURES.relative_to(HOME)}.\n")


if __name__ == "__main__":
    asyncio.run(main())
