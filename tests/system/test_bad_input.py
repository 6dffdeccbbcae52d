"""Bad input gets one clear sentence, changes nothing, and loses nothing of anyone else's."""

from pathlib import Path

from actors.texts import Texts
from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

TEXTS = Texts()


async def test_texts_and_updates_that_cannot_be_used(tmp_path: Path) -> None:
    """Too short, far too long and malformed: each is answered or set aside, and the message after it is answered."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await anna.writes("short")
        await anna.hears(TEXTS("support-short"))
        await anna.writes("x" * 100_000)
        await anna.hears(TEXTS("support-long", length=100_000, limit=20_000))
        await coach.sim("updates/raw", update={"message": {"message_id": "not a number", "from": {"id": 7}}})
        await coach.sim("updates/raw", update={"surprise": {}})
        await anna.writes("/help")
        await anna.hears("What I can do for you")
        await coach.sim("updates/duplicate")
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears_drafts(1)
        assert sum("What I can do for you" in text for text in await anna.heard()) == 1
        assert (await coach.status())["journal"]["dead"] == 2


async def test_a_model_that_answers_in_prose(tmp_path: Path) -> None:
    """Prose instead of JSON is asked for once more; prose again is said to the rep, whose text is kept for a retry."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.order_models("faults", kind="prose", times=1)
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears_drafts(1)
        await coach.settled()
        await coach.order_models("faults", kind="prose", times=2)
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears(TEXTS("failed-undecodable"))
        await coach.settled()
        failed = (await anna.transcript())["messages"][-1]
        await anna.taps(failed["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
        await anna.hears_drafts(2)
        assert coach.count_records("lead_registry") == 1


async def test_a_key_leaves_no_trace_whatever_becomes_of_it(tmp_path: Path) -> None:
    """One the provider rejects, one it accepts and one that nobody asked for: none is in any file or log of ours."""
    keys = ("sk-ant-invalid-planted-0001", "sk-ant-planted-canary-0002", "sk-or-v1-planted-stray-0003")
    async with Coach(tmp_path, LOG_LEVEL="DEBUG") as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.writes("/start")
        await anna.hears("How shall I think for you?")
        await anna.taps("setup:own")
        await anna.hears(TEXTS("choose-provider"))
        await anna.taps("provider:anthropic")
        await anna.hears("Send me your Anthropic key")
        await anna.writes(keys[0])
        await anna.hears(TEXTS("key-rejected", provider="Anthropic"))
        await anna.writes(keys[1])
        await anna.hears("Your Anthropic key works")
        await anna.writes(f"{PROSPECT} My key is {keys[2]}.")
        await anna.hears(TEXTS("key-stray"))
        await anna.writes(PROSPECT)
        await anna.hears_drafts(1)
        await coach.settled()
        texts = [one["text"] for one in (await anna.transcript())["messages"]]
        assert not any(key in text for key in keys for text in texts)
        assert await coach.stop() == 0
        for path in [coach.log, *(coach.folder / "data").iterdir()]:
            assert not any(key.encode() in path.read_bytes() for key in keys), path.name
