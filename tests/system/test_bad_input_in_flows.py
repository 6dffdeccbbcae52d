"""Whatever comes in the middle of a flow gets one clear sentence and changes nothing; the flow goes on or is left."""

import asyncio

import pytest

from actors.texts import Texts
from coaching.memory import MAX_TEXT
from tests.system.coach import Coach
from tests.system.conftest import newcomer, worked
from tests.system.rep import PROSPECT, Rep
from tests.system.test_pictures import png, send

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = Texts()
TOO_LONG = "x" * 20_001
_SHARES = 5


TEACHING = f"{PROSPECT}\nI sent her the offer and the deck before I asked. Please keep it short."


def _flows(lead: str, run: str, item: str) -> dict[str, str]:
    """Every flow that waits for words, by the button that opens it, with what it says to far too many of them."""
    return {
        "support:new": TEXTS("support-long", length=20_001, limit=20_000),
        f"news:tell:{lead}": TEXTS("news-size", limit=20_000),
        f"lead:note:{lead}": TEXTS("lead-note-size", limit=4_000),
        f"lead:edit:{lead}": TEXTS("lead-edit-unread", line="x" * 60),
        f"revise:tell:{run}": TEXTS("revise-wish-size", limit=1_000),
        "leads:search": TEXTS("leads-search-size", limit=200),
        "casebook:search": TEXTS("casebook-search-size", limit=200),
        "settings:zone": TEXTS("settings-zone-unknown"),
        "comment:ask": TEXTS("comment-size", limit=20_000),
        item: TEXTS("memory-size", limit=MAX_TEXT),
        "model:ask": TEXTS("model-words", limit=60),
        "train:next:1": TEXTS("practice-long", length=20_001, limit=3_000),
    }


async def test_what_no_flow_can_use_and_a_command_in_the_middle(running: Coach) -> None:
    """In each flow a sticker and far too long a text get one sentence and the flow goes on; a command leaves it."""
    await asyncio.gather(*(_goes_through(running, share) for share in range(_SHARES)))


async def _goes_through(running: Coach, share: int) -> None:
    """One rep's share of the flows: Telegram lets a bot write about once a second in one chat."""
    rep = await newcomer(running)
    lead, run = await worked(rep, TEACHING)
    await running.settled()
    await rep.writes("/memory")
    await rep.hears("Sends material early")
    item = next(data for data in (await rep.buttons()).values() if data.startswith("memory:view:"))
    flows = list(_flows(lead, run, item.replace("view", "edit")).items())[share::_SHARES]
    await running.settled()
    before = running.rows_of(rep.telegram_id)
    for number, (button, sentence) in enumerate(flows, start=1):
        await rep.forges(button)
        await rep.sends_sticker()
        await rep.hears(TEXTS("unreadable-kind"), number)
        await rep.writes(TOO_LONG)
        await rep.hears(sentence)
        await rep.writes("/help")
        await rep.hears("What I can do for you", number)
    await rep.writes("short")
    await rep.hears(TEXTS("support-short"))
    await running.settled()
    assert running.rows_of(rep.telegram_id) == before


async def test_a_picture_where_words_are_awaited(running: Coach, rep: Rep) -> None:
    """It is declined with a sentence, and the flow goes on waiting for words."""
    lead, _ = await worked(rep)
    await rep.forges(f"lead:note:{lead}")
    await send(running, "photo", png("nothing"), rep_id=rep.telegram_id)
    await rep.hears(TEXTS("no-pictures-here"))
    await rep.writes("Likes short mails")
    await rep.hears("Likes short mails")


async def test_what_an_outcome_cannot_use(running: Coach, rep: Rep) -> None:
    """A sticker, a picture, too many words: a sentence each, and the question stays; the reason is kept once."""
    lead, _ = await worked(rep)
    await rep.forges(f"lead:set:{lead}:closed_won")
    await rep.hears("+500 XP")
    await running.settled()
    before = running.rows_of(rep.telegram_id)
    await rep.sends_sticker()
    await rep.hears(TEXTS("unreadable-kind"))
    await send(running, "photo", png("nothing"), rep_id=rep.telegram_id)
    await rep.hears(TEXTS("no-pictures-here"))
    await rep.writes("x" * 1_001)
    await rep.hears(TEXTS("outcome-size", limit=1_000))
    assert await rep.forges("outcome:skip:gone") == TEXTS("stale-button")
    await _twice(rep, f"lead:set:{lead}:closed_won")
    await running.settled()
    assert running.rows_of(rep.telegram_id) == before
    await rep.writes("A trial on one line convinced her.")
    await rep.hears(TEXTS("outcome-kept"))
    await running.settled()
    (stored,) = running.rows_of(rep.telegram_id)["lead_registry"]
    assert stored["outcome"] == "A trial on one line convinced her."


async def test_what_a_wish_for_comments_cannot_use(running: Coach, rep: Rep) -> None:
    """Too many words get a sentence, a command leaves; Shorter tapped twice at once writes them once more only."""
    await rep.writes("/comment We cut our standstill by a third this year. It took a year and a patient team.")
    tell, shorter = await rep.button("Change…"), await rep.button("Shorter")
    await rep.taps(tell)
    await rep.writes(TOO_LONG)
    await rep.hears(TEXTS("revise-wish-size", limit=1_000))
    await rep.writes("/cancel")
    await rep.hears(TEXTS("cancelled-flow"))
    await _twice(rep, shorter)
    await rep.hears(TEXTS("jobs-same"))
    await rep.sees("The post: ", times=2)


async def test_a_double_tap_does_it_once(running: Coach, rep: Rep) -> None:
    """Two taps at once on one button, from one thumb or two devices: one plan, one step, one case, one deletion."""
    lead, run = await worked(rep)
    await rep.taps(await rep.button("Open the lead"))
    await _twice(rep, f"plan:make:{lead}")
    await rep.hears("Plan for Maria Keller")
    await _twice(rep, await rep.button("Done"))
    await _twice(rep, f"casebook:used:{run}")
    await running.settled()
    told = running.rows_of(rep.telegram_id)
    kinds = [row["activity_type"] for row in told["lead_activity_log"]]
    assert sorted(map(str, kinds)) == ["context_update", "plan_made", "step_done"]
    assert len(told["casebook"]) == 1
    assert set(await _twice(rep, f"lead:gone:{lead}")) == {"", TEXTS("stale-button")}
    await running.settled()
    assert running.rows_of(rep.telegram_id)["lead_registry"] == []


async def test_buttons_of_what_is_gone_are_stale(running: Coach, rep: Rep) -> None:
    """Under a deleted lead every old button says so over the chat, and the chat stays as it is."""
    lead, _ = await worked(rep)
    await rep.taps(await rep.button("Open the lead"))
    await rep.taps(f"lead:delete:{lead}")
    await rep.taps(f"lead:gone:{lead}")
    await rep.hears("is deleted")
    await running.settled()
    said = len(await rep.heard())
    for old in (f"lead:view:{lead}", f"plan:make:{lead}", f"news:tell:{lead}", "no:such:button", "lead"):
        assert await rep.forges(old) == TEXTS("stale-button")
    assert len(await rep.heard()) == said


async def test_two_devices_at_once(running: Coach, rep: Rep) -> None:
    """Words from both while one note is asked for: the first is the note, the second an ordinary text; none is lost."""
    lead, _ = await worked(rep)
    await rep.taps(await rep.button("Open the lead"))
    await rep.taps(f"lead:note:{lead}")
    await rep.hears(TEXTS("lead-note-ask"))
    await asyncio.gather(rep.writes("Likes short mails"), rep.forges(f"lead:set:{lead}:reached_out"))
    await rep.hears("Likes short mails")
    await running.settled()
    (stored,) = running.rows_of(rep.telegram_id)["lead_registry"]
    assert (stored["notes"], stored["status"]) == ("Likes short mails", "reached_out")


async def test_an_invitation_that_is_no_username(running: Coach) -> None:
    """The admin's flow too: a sentence with the form, nobody is invited, /cancel leaves."""
    chief = await newcomer(running, "chief")
    await chief.forges("admin:users:invite")
    await chief.writes("two words")
    await chief.hears(TEXTS("admin-invite-shape"))
    await chief.writes("/cancel")
    await chief.hears(TEXTS("cancelled-flow"))
    await running.settled()
    assert running.count_records("invitations") == 0


async def _twice(rep: Rep, data: str) -> list[str]:
    """What the coach shows over the chat for two taps at once."""
    return list(await asyncio.gather(rep.forges(data), rep.forges(data)))
