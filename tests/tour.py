"""Takes the tour's pictures, one a flow, from the running system: part of `make pictures`, which needs Chromium."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.pictures import photograph
from tests.servers.tools import browser_binary
from tests.system.coach import HOME, Coach
from tests.system.rep import Rep
from tests.tour_scenes import ADMINS, SCENES, UNDER_WAY, Scene

PICTURES = HOME / "docs" / "pictures" / "tour"
SIZE = "500,1000"
MOST_BYTES = 150_000
_SHOWS_A_CHAT = "document.querySelectorAll('.turn').length > 1"


async def _take(browser: str, coach: Coach, number: int, scene: Scene) -> None:
    """Play one scene and photograph its end; while an answer grows the models are slow, and quick again after it."""
    name = scene.__name__.rstrip("_")
    rep = Rep(coach, number, "chief" if scene in ADMINS else name)
    await rep.set_up()
    await scene(coach, rep)
    path = PICTURES / f"{name}.png"
    if scene not in UNDER_WAY:
        await coach.settled()
    await photograph(browser, f"{coach.telegram.url}/?user={number}&theme=light", path, SIZE, shows=_SHOWS_A_CHAT)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} is larger than {MOST_BYTES} bytes.")
    await coach.order_models("reset")
    await rep.writes("/cancel")


async def main() -> None:
    """Play every scene in a chat of its own and photograph its end."""
    browser = str(browser_binary())
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with Coach(Path(folder), ADMIN_USERNAMES="chief") as coach:
            await coach.start()
            for number, scene in enumerate(SCENES, start=601):
                await _take(browser, coach, number, scene)
    sys.stdout.write(f"Pictures are in {PICTURES.relative_to(HOME)}.\n")


if __name__ == "__main__":
    asyncio.run(main())
