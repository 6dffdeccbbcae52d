"""The scenes of the tour: what a rep does in a chat of their own until there is something to photograph."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable

import aiohttp

from tests.coaching.samples import shipped
from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep
from tests.system.test_pictures import png, send

_POST = "We cut our standstill by a third this year. It took a year and a patient team."
_NEWS = "She asked for a trial on one line and wants to hear about legal terms."
Scene = Callable[[Coach, Rep], Awaitable[None]]


async def start(coach: Coach, rep: Rep) -> None:
    """The greeting, and the set-up in one tap."""


async def support(coach: Coach, rep: Rep) -> None:
    """A prospect, read, with a strategy and a draft."""
    await rep.writes(f"/support {PROSPECT}")
    await rep.hears_drafts(1)


async def writing(coach: Coach, rep: Rep) -> None:
    """An answer while it grows, which can be stopped."""
    await coach.order_models("latency", first_token_s=[0.2, 0.3], pace=1.5)
    await rep.writes(f"/support {PROSPECT}")
    await coach.until_draft(rep.telegram_id, "Writing the strategy")


async def voice(coach: Coach, rep: Rep) -> None:
    """A prospect, said."""
    await coach.order_models("latency", first_token_s=[2.0, 2.0], pace=1.5)
    await rep.writes("/support")
    await rep.hears("say it in a voice note")
    form = aiohttp.FormData({"username": rep.username, "transcript": PROSPECT})
    url = f"{coach.telegram.url}/sim/users/{rep.telegram_id}/voice"
    async with coach.http.post(url, data=form) as answer:
        assert answer.status == 200, await answer.text()
    await coach.until_draft(rep.telegram_id, "Thinking")


async def screenshot(coach: Coach, rep: Rep) -> None:
    """A prospect in a picture."""
    await coach.order_models("latency", first_token_s=[2.0, 2.0], pace=1.5)
    await send(coach, "photo", png(PROSPECT), caption="What do I write her?", rep_id=rep.telegram_id)
    await coach.until_draft(rep.telegram_id)


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


async def news(coach: Coach, rep: Rep) -> None:
    """Something new about the lead, and what to do next."""
    await lead(coach, rep)
    await rep.taps(await rep.button("Something new"))
    await rep.hears("What is new about")
    await rep.writes(_NEWS)
    await rep.taps(await rep.button("Advise me"))
    await rep.hears("What to do next:")


async def again(coach: Coach, rep: Rep) -> None:
    """The lead read again, with what changed."""
    await lead(coach, rep)
    await rep.taps(await rep.button("Something new"))
    await rep.hears("What is new about")
    await rep.writes(_NEWS)
    await rep.taps(await rep.button("Analyse again"))
    await rep.hears("I read Maria Keller")


async def research(coach: Coach, rep: Rep) -> None:
    """What the web says, with its pages."""
    await lead(coach, rep)
    await rep.taps(await rep.button("Web research"))
    await rep.hears("What the web says about")


async def leads(coach: Coach, rep: Rep) -> None:
    """The list of leads."""
    await support(coach, rep)
    await rep.writes(f"/support {PROSPECT.replace('Maria Keller', 'Tom Fisher').replace('Nordwerk', 'Oakridge')}")
    await rep.hears_drafts(2)
    await rep.writes("/leads")
    await rep.hears("2 of 2")


async def won(coach: Coach, rep: Rep) -> None:
    """A lead won, and what decided it."""
    await lead(coach, rep)
    await rep.taps(await rep.button("Status"))
    await rep.taps(await rep.button("Won"))
    await rep.hears("What decided it?")
    await rep.writes("The trial convinced her shift leads.")
    await rep.hears("Noted with the lead.")


async def reminders(coach: Coach, rep: Rep) -> None:
    """The step of a plan that is due, after a restart."""
    await rep.writes("/settings")
    await rep.taps(await rep.button("Quiet hours"))
    await rep.taps(await rep.button("none"))
    await plan(coach, rep)
    await coach.settled()
    await coach.stop()
    with contextlib.closing(sqlite3.connect(coach.folder / "data" / "records.sqlite")) as records:
        due = "update lead_registry set next_followup = '2026-01-01T08:00:00.000000Z' where telegram_id = ?"
        records.execute(due, (rep.telegram_id,))
        records.commit()
    await coach.start()
    await rep.hears("Today for Maria Keller")
    await rep.taps(await rep.button("Later"))
    await rep.hears("When shall I remind you of Maria Keller")


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


async def similar(coach: Coach, rep: Rep) -> None:
    """A case of the team, found by words."""
    await rep.writes("/casebook budget closed")
    await rep.hears("One case fits")
    await rep.taps(next(data for data in (await rep.buttons()).values() if data.startswith("casebook:view:")))
    await rep.hears("What held them back")


async def memory(coach: Coach, rep: Rep) -> None:
    """What the coach remembers, with the words that taught it."""
    await rep.writes(f"/support {PROSPECT}\nI sent her the offer and the deck before I asked. Please keep it short.")
    await rep.hears_drafts(1)
    await coach.settled()
    await rep.writes("/memory")
    await rep.hears("Sends material early")


async def forget(coach: Coach, rep: Rep) -> None:
    """What is remembered, put right in the rep's words."""
    await memory(coach, rep)
    await rep.taps(next(data for data in (await rep.buttons()).values() if data.startswith("memory:view:")))
    await rep.taps(await rep.button("Put it right"))
    await rep.hears("How should it read instead of")
    await rep.writes("I send material when they ask for it.")
    await rep.hears("1. ")


async def stats(coach: Coach, rep: Rep) -> None:
    """Where a rep stands."""
    await score(coach, rep)
    await rep.writes("/stats")
    await rep.hears("Streak")


async def settings(coach: Coach, rep: Rep) -> None:
    """Whose key, which model, when to be left alone."""
    await rep.writes("/settings")
    await rep.hears("Time zone:")


async def usage(coach: Coach, rep: Rep) -> None:
    """What the model calls used."""
    await plan(coach, rep)
    await asyncio.sleep(6)  # the ledger writes its rows every five seconds
    await rep.writes("/usage")
    await rep.hears("Today: ")


async def export(coach: Coach, rep: Rep) -> None:
    """Everything as a file, and everything gone."""
    await support(coach, rep)
    await rep.writes("/export")
    await rep.hears("Everything I have stored of you")
    await rep.writes("/delete")
    await rep.taps(await rep.button("Yes, delete everything"))
    await rep.hears("Everything of yours is being deleted")


async def help_(coach: Coach, rep: Rep) -> None:
    """What the coach can do, and a word it does not know."""
    await rep.writes("/help")
    await rep.hears("What I can do for you")
    await rep.writes("/suport")
    await rep.hears("Did you mean")


async def health(coach: Coach, rep: Rep) -> None:
    """How the house is."""
    await rep.writes("/admin")
    await rep.taps("admin:health")
    await rep.hears("Journal: ")


async def runs(coach: Coach, rep: Rep) -> None:
    """Where the time of one run went."""
    await coach.traced()
    await rep.writes("/admin")
    await rep.taps("admin:traces")
    await rep.hears("Runs, newest first")
    titles = await rep.buttons()
    await rep.taps(next(data for label, data in titles.items() if "support" in label))
    await rep.hears("█")


async def admin(coach: Coach, rep: Rep) -> None:
    """The model of each agent."""
    await rep.writes("/admin")
    await rep.taps("admin:models")
    await rep.hears("strategist:")


SCENES: tuple[Scene, ...] = (
    start,
    support,
    writing,
    voice,
    screenshot,
    revise,
    leads,
    lead,
    plan,
    reminders,
    news,
    again,
    research,
    won,
    comment,
    lesson,
    drill,
    score,
    stats,
    casebook,
    similar,
    memory,
    forget,
    settings,
    usage,
    export,
    help_,
    admin,
    health,
    runs,
)
"""In the order of the tour."""
ADMINS = {admin, health, runs}
UNDER_WAY = {writing, voice, screenshot}
"""Scenes that end while an answer grows, because the models are slow."""
