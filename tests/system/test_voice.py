"""Voice through the whole process: what is said works wherever a text does, and nothing said is lost or paid twice."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from actors.texts import Texts
from sandbox.speech.ogg import voice_note
from tests.coaching.samples import shipped
from tests.system.coach import START_S, Coach
from tests.system.rep import PROSPECT, Rep

TEXTS = Texts()
HARD = {drill.persona.name: drill for drill in shipped().train_pool if drill.difficulty == 3}


async def _says(coach: Coach, rep: Rep, words: str | None, **fields: str) -> None:
    form = aiohttp.FormData({"username": rep.username, "first_name": "Anna", **fields})
    form.add_field("file", voice_note(words, 4.0), filename="voice.ogg", content_type="audio/ogg")
    async with coach.http.post(f"{coach.telegram.url}/sim/users/{rep.telegram_id}/voice", data=form) as answer:
        assert answer.status == 200, await answer.text()


async def _transcripts(coach: Coach) -> list[dict[str, Any]]:
    async with coach.http.get(f"{coach.speech.url}/sim/transcripts") as answer:
        return list((await answer.json())["transcripts"])


async def _until_transcripts(coach: Coach, count: int, *, deleted: bool = False) -> None:
    async with asyncio.timeout(START_S):
        while sum(one["deleted"] or not deleted for one in await _transcripts(coach)) < count:
            await asyncio.sleep(0.05)


def _voice_traces(coach: Coach) -> list[str | None]:
    """How each recording's trace ended, oldest first."""
    question = "select error from pipeline_traces where pipeline_name = 'voice' order by start_time"
    return [error for (error,) in coach.recorded(question)]


async def test_a_prospect_and_a_drill_by_voice(tmp_path: Path) -> None:
    """A prospect said is a case, an answer said is scored, silence is told; nothing of it stays outside."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await anna.writes("/support")
        await anna.hears(TEXTS("support-ask"))
        await _says(coach, anna, PROSPECT)
        await anna.hears(TEXTS("voice-heard", text=PROSPECT))
        await anna.hears_drafts(1)
        await coach.settled()
        assert coach.count_records("lead_registry") == 1

        await anna.writes("/train")
        await anna.hears("How hard shall it be?")
        await anna.taps("train:next:3")
        await anna.hears("How it is scored")
        card = next(text for text in await anna.heard() if "How it is scored" in text)
        drill = next(drill for name, drill in HARD.items() if name in card)
        await _says(coach, anna, None)
        await anna.hears(TEXTS("voice-failed-no_speech"))
        await _says(coach, anna, drill.ideal_response)
        await anna.hears("of 100")
        await coach.settled()
        assert coach.count_records("attempts") == 1

        await _until_transcripts(coach, 3, deleted=True)
        assert all("Fixloom" in one["asked"]["keyterms_prompt"] for one in await _transcripts(coach))
        assert "Nordwerk" not in coach.log.read_text()
        await coach.traced()
        assert _voice_traces(coach) == [None, "no_speech", None]
        assert (await coach.status())["transcriber"]["completed"] == 2


async def test_cancel_and_another_try(tmp_path: Path) -> None:
    """/cancel ends the listening; a service that is away is told with a button, and the button brings the case.

    Meanwhile a newcomer speaks, of whom nothing is stored that their traces could refer to.
    """
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.order_speech("processing", seconds=3600)
        await _says(coach, anna, PROSPECT)
        await _until_transcripts(coach, 1)
        await anna.writes("/cancel")
        await anna.hears(TEXTS("voice-cancelled"))
        await coach.order_speech("processing", seconds=0.1)
        await _until_transcripts(coach, 1, deleted=True)

        bob = Rep(coach, 8, "bob")
        await _says(coach, bob, PROSPECT)
        await bob.hears(TEXTS("offer-support"))
        await bob.taps("support:this")
        await bob.hears(TEXTS("sample-over"))

        await coach.order_speech("faults", kind="unavailable", route="upload", times=3)
        await _says(coach, anna, PROSPECT)
        await anna.hears(TEXTS("voice-failed-unavailable"))
        again = (await anna.buttons())[TEXTS("button-retry")]
        await anna.taps(again)
        await anna.hears_drafts(1)
        await coach.settled()
        assert coach.count_records("lead_registry") == 1
        assert len(await _transcripts(coach)) == 3
        await coach.traced()
        assert (await coach.status())["writer"]["dead"] == 0


async def test_a_crash_while_listening_loses_nothing_and_pays_once(tmp_path: Path) -> None:
    """Killed during the transcription, the process goes on with the same transcript, and with what came after it."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.order_speech("processing", seconds=3600)
        await _says(coach, anna, PROSPECT)
        await _until_transcripts(coach, 1)
        await _until_begun_is_kept(coach)
        await anna.writes("/help")
        await anna.hears("/support")
        await coach.kill()
        await coach.order_speech("processing", seconds=0)
        await coach.start()
        await anna.hears(TEXTS("voice-moved-on"))  # the command had left the place where a prospect was awaited
        await anna.taps("support:this")
        await anna.hears_drafts(1)
        await coach.settled()
        assert len(await _transcripts(coach)) == 1
        assert coach.count_records("lead_registry") == 1
        await _until_transcripts(coach, 1, deleted=True)


async def _until_begun_is_kept(coach: Coach) -> None:
    """Wait until the journal knows the id of the transcript under way."""
    (job,) = await _transcripts(coach)
    async with asyncio.timeout(START_S):
        while True:
            with coach.journal() as journal:
                rows = journal.execute("select state from snapshots where state is not null").fetchall()
            if any(job["id"].encode() in bytes(row[0]) for row in rows):
                return
            await asyncio.sleep(0.05)
