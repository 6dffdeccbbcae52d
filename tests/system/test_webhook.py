"""Telegram brings updates to the coach's own address, through the whole process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep
from tests.system.webhook_wire import PATH, SECRET_HEADER, WebhookWire


@asynccontextmanager
async def webhooked(folder: Path) -> AsyncIterator[tuple[Coach, WebhookWire]]:
    """The coach, to be started, and the line by which Telegram will reach it."""
    async with WebhookWire() as wire, Coach(folder, TELEGRAM_WEBHOOK_URL=wire.url) as coach:
        wire.coach = coach
        yield coach, wire


async def test_what_telegram_brings_is_worked_on_and_acknowledged_after_the_commit(tmp_path: Path) -> None:
    """The secret comes with each, nothing is polled, and every 200 finds its update in the journal."""
    async with webhooked(tmp_path) as (coach, wire):
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears_drafts(1)
        await coach.settled()
        assert [status for _, status in wire.passed] == [200] * len(coach.accepted())
        assert wire.acknowledged_too_early == []
        assert len(wire.secrets) == 1
        assert "" not in wire.secrets
        assert (await coach.look("state"))["webhook"] == wire.url


async def test_an_update_without_the_secret_is_refused_and_not_taken(tmp_path: Path) -> None:
    """Whoever finds the address can put no words into a rep's mouth: neither none, nor a wrong one, nor odd letters."""
    async with webhooked(tmp_path) as (coach, _):
        await coach.start()
        forged = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}}
        url = f"http://127.0.0.1:{coach.port}{PATH}"
        for headers in ({}, {SECRET_HEADER: ""}, {SECRET_HEADER: "guessed"}, {SECRET_HEADER: "ge\u00e4hnlich"}):
            async with coach.http.post(url, json=forged, headers=headers) as answer:
                assert answer.status == 401, headers
        assert coach.accepted() == set()


async def test_an_update_committed_but_never_acknowledged_is_handled_once(tmp_path: Path) -> None:
    """SIGKILL after the journal's commit, before Telegram has its 200: it is brought again, and answered once."""
    async with webhooked(tmp_path) as (coach, wire):
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.settled()
        wire.cut_after_next_commit()
        await anna.writes(f"/support {PROSPECT}")
        await wire.cut.wait()
        cut = max(coach.accepted())
        assert (await coach.look("state"))["pending_updates"] == 1
        await coach.start()
        await anna.hears_drafts(1)
        await coach.settled()
        assert (cut, 200) in wire.passed
        assert len(await anna.drafts()) == 1
        assert coach.count_records("lead_registry") == 1
        assert coach.count_records("support_sessions") == 1


async def test_the_setting_alone_switches_between_webhook_and_polling(tmp_path: Path) -> None:
    """Each start tells Telegram which way; what was written in between is answered after the switch."""
    async with webhooked(tmp_path) as (coach, wire):
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.terminate()
        coach.change(TELEGRAM_WEBHOOK_URL="")
        await anna.writes(f"/support {PROSPECT}")
        await coach.start()
        await anna.hears_drafts(1)
        brought = len(wire.passed)
        assert (await coach.look("state"))["webhook"] == ""
        await coach.terminate()
        coach.change(TELEGRAM_WEBHOOK_URL=wire.url)
        await anna.writes("/help")
        heard = len(await anna.heard())
        await coach.start()
        await anna.hears_more_than(heard)
        await coach.settled()
        assert [status for _, status in wire.passed[brought:]][-1] == 200
        assert len(await anna.drafts()) == 1
