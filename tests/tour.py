"""Takes the tour's pictures, one a flow, from the running system: part of `make pictures`, which needs Chromium."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.coaching.samples import shipped
from tests.pictures import photograph
from tests.system.coach import HOME, Coach
from tests.system.rep import PROSPECT, Rep

PICTURES = HOME / "docs" / "pictures" / "tour"
SIZE = "460,820"
MOST_BYTES = 150_000
_SHOWS_A_CHAT = "document.querySelectorAll('.turn').length > 1"
_POST = "We cut our standstill by a third this year. It took a year and a patient team."
Scene = Callable[[Coach, Rep], Awaitable[None]]


async def start(coach: Coach, rep: Rep) -> None:
    """The greeting, and the set-up in one tap."""


async def support(coach: Coach, rep: Rep) -> None:
    """A prospect, read, with a strategy and a draft."""
    await rep.writes(f"/support {PROSPECT}")
    await rep.hears_drafts(1)


async def revise(coach: Coach, rep: Rep) -> None:
    """The draft made shorter."""
    await support(coach, rep)
    await rep.taps(await rep.button("Shorter"))
    await rep.hears_drafts(2)


async def lead(coach: Coach, rep: Rep) -> None:
    """The lead that the answer became."""
    await support(coach, rep)
    await rep.taps(await rep.button("Open the lead"))
    await rep.hears("Status: Analyzed")


async def plan(coach: Coach, rep: Rep) -> None:
    """Its plan, the first step done."""
    await lead(coach, rep)
    await rep.taps(await rep.button("Make a plan"))
    await rep.hears("Plan for Maria Keller")
    await rep.answer_to(await rep.button("Done"))


async def comment(coach: Coach, rep: Rep) -> None:
    """Three comments on a post."""
    await rep.writes(f"/comment {_POST}")
    await rep.button("Another post")


async def lesson(coach: Coach, rep: Rep) -> None:
    """A lesson."""
    await rep.writes("/learn")
    await rep.taps("learn:level:1.1")
    await rep.hears("Keep in mind")


async def drill(coach: Coach, rep: Rep) -> None:
    """A drill with its rubric shown before the answer."""
    await rep.writes("/train")
    await rep.taps("train:next:1")
    await rep.hears("How it is scored")


async def score(coach: Coach, rep: Rep) -> None:
    """The score, in the rep's own words."""
    await drill(coach, rep)
    card = (await rep.heard())[-1]
    ours = next(one for one in shipped().train_pool if one.persona.name in card)
    await rep.writes(ours.ideal_response)
    await rep.hears("of 100")


async def casebook(coach: Coach, rep: Rep) -> None:
    """A draft that was used, kept for the team."""
    await support(coach, rep)
    await rep.taps(await rep.button("I used this"))
    await rep.hears("Saved to the casebook")
    await rep.writes("/casebook")
    await rep.hears("The team has")


async def memory(coach: Coach, rep: Rep) -> None:
    """What the coach remembers, with the words that taught it."""
    await rep.writes(f"/support {PROSPECT}\nI sent her the offer and the deck before I asked. Please keep it short.")
    await rep.hears_drafts(1)
    await coach.settled()
    await rep.writes("/memory")
    await rep.hears("Sends material early")


async def stats(coach: Coach, rep: Rep) -> None:
    """Where a rep stands."""
    await score(coach, rep)
    await rep.writes("/stats")
    await rep.hears("Streak")


async def settings(coach: Coach, rep: Rep) -> None:
    """Whose key, which model, when to be left alone."""
    await rep.writes("/settings")
    await rep.hears("Time zone:")


async def admin(coach: Coach, rep: Rep) -> None:
    """The model of each agent."""
    await rep.writes("/admin")
    await rep.taps("admin:models")
    await rep.hears("strategist:")


SCENES: tuple[Scene, ...] = (
    start,
    support,
    revise,
    lead,
    plan,
    comment,
    lesson,
    drill,
    score,
    casebook,
    memory,
    stats,
    settings,
    admin,
)


async def main() -> None:
    """Play every scene in a chat of its own and photograph its end."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("make pictures needs Chromium: install the package chromium.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with Coach(Path(folder), ADMIN_USERNAMES="admin") as coach:
            await coach.start()
            for number, scene in enumerate(SCENES, start=601):
                rep = Rep(coach, number, scene.__name__)
                await rep.set_up()
                await scene(coach, rep)
                await coach.settled()
                path = PICTURES / f"{scene.__name__}.png"
                page = f"{coach.telegram.url}/?user={number}&theme=light"
                await photograph(browser, page, path, SIZE, shows=_SHOWS_A_CHAT)
                if path.stat().st_size > MOST_BYTES:
                    raise SystemExit(f"{path.name} is larger than {MOST_BYTES} bytes.")
    sys.stdout.write(f"Pictures are in {PICTURES.relative_to(HOME)}.\n")


if __name__ == "__main__":
    asyncio.run(main())
