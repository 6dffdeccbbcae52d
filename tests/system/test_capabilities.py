"""What a rep or an admin can do in the chat, each by somebody of their own: they all work side by side in one process.

Telegram lets a bot write about once a second in one chat, so the journeys begin together and each test waits for its
own.
"""

import asyncio
import contextlib
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from actors.texts import Texts
from coaching.rows import row_id
from storage import to_text, user_id
from tests.coaching.samples import shipped
from tests.system.coach import Coach
from tests.system.conftest import newcomer, worked
from tests.system.rep import PROSPECT, Rep
from tests.system.test_own_data import last_file

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = Texts()
LEVEL = shipped().learn_tracks[0].levels[0]
DRILL = shipped().train_pool[0]
OWN_MODEL, AGENTS_MODEL = "meta-llama/llama-3.3-70b-instruct:free", "openai/gpt-oss-20b:free"
SLOW = "Lothar Winkler"
Journey = Callable[[Coach], Awaitable[None]]


async def _forwards(coach: Coach) -> None:
    rep = await newcomer(coach)
    await rep.writes("/support")
    await rep.hears(TEXTS("support-ask"))
    origin = {"type": "hidden_user", "date": 1_799_999_000, "sender_user_name": "Gudrun Falk"}
    words = "We like the demo at Nordwerk, but the budget for this year is closed. Could you come back in spring?"
    await rep.sends(text=words, forward_origin=origin)
    await rep.hears_drafts(1)
    await rep.taps(await rep.button("Open the lead"))
    await rep.hears("Status: Analyzed")
    assert "Gudrun Falk" in (await rep.heard())[-1]


async def _researches_again(coach: Coach) -> None:
    rep = await newcomer(coach)
    lead, _ = await worked(rep)
    await rep.forges(f"research:make:{lead}")
    await rep.hears("What the web says about Maria Keller")
    await rep.taps(await rep.button("Search again"))
    await rep.hears("What the web says about Maria Keller", 2)
    await rep.taps(await rep.button("What I found before"))
    await rep.hears("(1 of 1 former ones)")
    await rep.taps(await rep.button("What I found last"))
    await rep.hears("What the web says about Maria Keller", 2)


async def _has_drills_made(coach: Coach) -> None:
    rep = await newcomer(coach)
    resistant = [drill for drill in shipped().train_pool if drill.difficulty == 2]
    with contextlib.closing(sqlite3.connect(coach.folder / "data" / "records.sqlite")) as records:
        owner = user_id(rep.telegram_id)
        for drill in resistant:
            row = (
                row_id(f"{owner}/{drill.id}", "scenarios_seen"),
                owner,
                rep.telegram_id,
                drill.id,
                to_text(time.time()),
            )
            records.execute("insert into scenarios_seen values (?, ?, ?, ?, ?, null)", row)
        records.commit()
    await rep.writes("/train")
    await rep.hears("0 resistant")
    await rep.taps("train:next:2")
    await rep.hears(TEXTS("train-round"))
    await rep.hears("into the pool")
    await rep.taps("train:next:2")
    await rep.hears(TEXTS("practice-how"), 2)
    card = [text for text in await rep.heard() if TEXTS("practice-how") in text][-1]
    assert not any(drill.persona.name in card for drill in resistant)


async def _sets_everything(coach: Coach) -> None:
    rep = await newcomer(coach)
    await rep.writes("/settings")
    await rep.taps("settings:zone")
    await rep.hears(TEXTS("settings-zone"))
    await rep.writes("Berlin")
    await rep.hears("Time zone: Europe/Berlin")
    await rep.taps("settings:quiet")
    await rep.taps("settings:quiet:22-7")
    await rep.hears("Quiet hours: 22:00-07:00")
    await rep.taps("settings:reminders:off")
    await rep.hears("Reminders: off")
    await rep.taps("model:ask")
    await rep.taps(f"model:use:{OWN_MODEL}")
    await rep.hears(TEXTS("model-chosen", model=OWN_MODEL))
    await rep.taps("settings:back")
    await rep.hears(f"Model: {OWN_MODEL}")
    await rep.taps("settings:reset")
    await rep.taps("settings:reset:yes")
    await rep.hears(TEXTS("settings-reset-done"))
    await worked(rep)
    assert OWN_MODEL in {call["model"] for call in await coach.model_calls()}
    await _sees_usage(rep)


async def _sees_usage(rep: Rep) -> None:
    """Counts gather for a quarter of a second, so that the first look may come before them."""
    for _ in range(20):
        count = len(await rep.heard())
        await rep.writes("/usage")
        await rep.hears_more_than(count)
        if any("Today: " in text for text in await rep.heard()):
            return
    raise AssertionError("what was used never shows")


async def _follows_links(coach: Coach) -> None:
    rep = await newcomer(coach)
    lead, run = await worked(rep)
    for payload, part in (
        (f"lead_{lead}", "Status: Analyzed"),
        (f"save_casebook_{run}", "Saved to the casebook"),
        (f"learn_{LEVEL.id.replace('.', '_')}", LEVEL.lesson.title),
        (DRILL.id, DRILL.persona.name),
        ("settings", "Your settings"),
        ("support", TEXTS("support-ask")),
        ("nowhere", "Welcome back"),
    ):
        await rep.writes(f"/start {payload}")
        await rep.hears(part)


async def _follows_a_link_as_a_newcomer(coach: Coach) -> None:
    rep = Rep(coach, 4_901, "linked")
    await rep.writes("/start learn_1_1")
    await rep.hears("How shall I think for you?")
    await rep.taps("setup:quick")
    await rep.hears(LEVEL.lesson.title)


async def _stops(coach: Coach) -> None:
    rep = await newcomer(coach)
    await coach.order_models("faults", kind="slow_drip", match=SLOW, times=0, gap_s=0.2)
    await rep.writes(f"/support {PROSPECT.replace('Maria Keller', SLOW)}")
    await coach.until_draft(rep.telegram_id)
    await coach.sim(f"users/{rep.telegram_id}/stop")
    await rep.hears(TEXTS("cancelled-job"))
    await rep.writes("/leads")
    await rep.hears(TEXTS("leads-none"))


async def _sends_in_pieces(coach: Coach) -> None:
    rep = await newcomer(coach)
    first, _, second = PROSPECT.partition(", wrote: ")
    await rep.writes(first + ", asked me for our prices.")
    await rep.writes("This is what she answered: " + second)
    await rep.hears_drafts(1)
    exported = await _exported(coach, rep)
    (lead,) = exported["lead_registry"]
    assert "asked me for our prices" in lead["original_context"]
    assert "come back in spring" in lead["original_context"]


async def _loses_a_lead_and_takes_everything_home(coach: Coach) -> None:
    rep = await newcomer(coach)
    lead, _ = await worked(rep)
    await rep.forges(f"lead:status:{lead}")
    await rep.taps(f"lead:set:{lead}:closed_lost")
    await rep.hears("is closed, and I stop the reminders")
    await rep.writes("The budget went to another project.")
    await rep.hears(TEXTS("outcome-kept"))
    await rep.writes("/stats")
    await rep.hears("1 lead: Lost 1")
    (stored,) = (await _exported(coach, rep))["lead_registry"]
    assert stored["outcome"] == "The budget went to another project."


async def _exported(coach: Coach, rep: Rep) -> dict[str, list[dict[str, str]]]:
    await rep.writes("/export")
    await rep.hears(TEXTS("export-here"))
    return dict(json.loads(await last_file(coach, rep))["tables"])


async def _comments(coach: Coach) -> None:
    rep = await newcomer(coach)
    await rep.writes("/comment We cut our standstill by a third this year. It took a year and a patient team.")
    await rep.taps(await rep.button("Shorter"))
    await rep.hears("The post: ", 2)
    await rep.taps(await rep.button("Change…"))
    await rep.hears(TEXTS("comment-wish-ask"))
    await rep.writes("Mention the patient team")
    await rep.hears("The post: ", 3)


async def _leads_the_team(coach: Coach) -> None:
    chief = await newcomer(coach, "chief")
    await chief.writes("/admin")
    for view, part in (
        ("stats", "The team in numbers"),
        ("board", "Leaderboard, by the average"),
        ("trends", "This week beside the week before"),
        ("scenarios", "Scenarios by number of attempts"),
        ("knowledge", "The knowledge: "),
        ("health", "openrouter answers: "),
    ):
        await chief.taps(f"admin:{view}")
        await chief.hears(part)
        await chief.taps("admin:menu")
    await chief.taps("admin:users")
    await chief.hears("People, page 1 of ")


async def _chooses_an_agents_model(coach: Coach) -> None:
    second = await newcomer(coach, "deputy")
    await second.writes("/admin")
    await second.taps("admin:models")
    await second.taps("admin:models:of:commenter")
    await second.taps(f"admin:models:use:{AGENTS_MODEL}")
    await second.hears(f"commenter is asked on {AGENTS_MODEL}")
    await second.writes("/comment A line that stood still for a month runs again, and the team is proud of it.")
    await second.hears("The post: ")
    assert AGENTS_MODEL in {call["model"] for call in await coach.model_calls()}
    await second.forges("admin:models:none:commenter")
    await second.hears(TEXTS("admin-model-none-chosen", agent="commenter"))


async def _is_no_admin(coach: Coach) -> None:
    rep = await newcomer(coach)
    await rep.writes("/admin")
    await rep.hears(TEXTS("admin-refused"))
    for button in ("admin:stats", "admin:users:revoke:1", "admin:models:of:trainer", "admin:health"):
        assert await rep.forges(button) == TEXTS("stale-button")


JOURNEYS: tuple[Journey, ...] = (
    _forwards,
    _researches_again,
    _has_drills_made,
    _sets_everything,
    _follows_links,
    _follows_a_link_as_a_newcomer,
    _stops,
    _sends_in_pieces,
    _loses_a_lead_and_takes_everything_home,
    _comments,
    _leads_the_team,
    _chooses_an_agents_model,
    _is_no_admin,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def journeys(running: Coach) -> AsyncIterator[dict[Journey, asyncio.Task[None]]]:
    """Everybody on their way at once."""
    tasks = {journey: asyncio.ensure_future(journey(running)) for journey in JOURNEYS}
    yield tasks
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


Journeys = dict[Journey, asyncio.Task[None]]


async def test_a_forward_is_a_prospect_with_its_sender(journeys: Journeys) -> None:
    """Who wrote it is part of what is known of the lead."""
    await journeys[_forwards]


async def test_research_is_run_again_and_the_former_one_read(journeys: Journeys) -> None:
    """The newest stays in reach from the former."""
    await journeys[_researches_again]


async def test_drills_are_made_when_the_pool_runs_out(journeys: Journeys) -> None:
    """The rep is told, and the next drill is a new one."""
    await journeys[_has_drills_made]


async def test_every_setting_is_changed_and_takes_effect(journeys: Journeys) -> None:
    """Time zone, quiet hours, reminders, the model that then answers, starting over; and what it all used."""
    await journeys[_sets_everything]


async def test_every_link_leads_to_its_place(journeys: Journeys) -> None:
    """A lead, a saved draft, a lesson, a drill, the settings, a prospect; an unknown one greets."""
    await journeys[_follows_links]


async def test_a_newcomers_link_is_followed_after_the_set_up(journeys: Journeys) -> None:
    """The link is not lost on the way."""
    await journeys[_follows_a_link_as_a_newcomer]


async def test_progress_is_shown_and_stop_ends_the_case(journeys: Journeys) -> None:
    """Telegram's own button under the draft ends the run; nothing of it is kept."""
    await journeys[_stops]


async def test_messages_in_a_row_are_one_case(journeys: Journeys) -> None:
    """One lead, with the words of both."""
    await journeys[_sends_in_pieces]


async def test_a_lost_lead_keeps_its_reason_and_is_exported(journeys: Journeys) -> None:
    """The reason is asked for, counted in the numbers, and in the file of everything."""
    await journeys[_loses_a_lead_and_takes_everything_home]


async def test_comments_are_made_shorter_and_changed_in_words(journeys: Journeys) -> None:
    """Without the post being shown again."""
    await journeys[_comments]


async def test_an_admin_sees_every_view(journeys: Journeys) -> None:
    """Numbers, leaderboard, trends, scenarios, knowledge, health, people."""
    await journeys[_leads_the_team]


async def test_a_run_is_looked_into(running: Coach, journeys: Journeys) -> None:
    """When all is quiet: the newest runs, and where the time of one went."""
    await asyncio.wait(journeys.values())
    await running.traced()
    chief = Rep(running, 4_902, "chief")
    await chief.writes("/admin")
    await chief.taps("admin:traces")
    await chief.hears(TEXTS("admin-traces"))
    await chief.taps(next(data for data in (await chief.buttons()).values() if data.startswith("admin:traces:")))
    await chief.hears("█")


async def test_an_agents_model_is_chosen_and_given_back(journeys: Journeys) -> None:
    """The next call of that agent goes to it."""
    await journeys[_chooses_an_agents_model]


async def test_the_team_is_no_business_of_others(journeys: Journeys) -> None:
    """The command is refused in a sentence, and every button of it is a stale one."""
    await journeys[_is_no_admin]
