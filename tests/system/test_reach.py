"""A rep who blocks the bot while it works for them."""

import pytest

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _refused(coach: Coach, rep: Rep) -> int:
    """How many messages to this rep Telegram has refused as forbidden."""
    made = await coach.look("calls", method="sendMessage", chat_id=str(rep.telegram_id))
    return sum(call["status"] == 403 for call in made["calls"])


def _is_reachable(coach: Coach, rep: Rep) -> bool:
    with_id = "select reachable from users where telegram_id = ?"
    return coach.recorded(with_id, rep.telegram_id) == [(1,)]


async def test_who_blocks_the_bot_is_sent_nothing_twice_and_served_again(running: Coach, rep: Rep) -> None:
    """What was under way is refused once and given up as blocked, the lead is kept, and a word brings the rep back."""
    await running.order_models("latency", first_token_s=[1.5, 1.5])
    before = len(await running.model_calls())
    await rep.writes(f"/support {PROSPECT}")
    await running.until_model_calls(before + 1)
    await running.sim(f"users/{rep.telegram_id}/block")
    await running.settled()
    await running.order_models("reset")
    refused = await _refused(running, rep)
    with running.journal() as journal:
        given_up = journal.execute("select detail from outbox where state = 'dead'").fetchall()
    assert refused == len(given_up) > 0
    assert {detail for (detail,) in given_up} == {"blocked"}
    assert not _is_reachable(running, rep)
    assert len(running.rows_of(rep.telegram_id)["lead_registry"]) == 1
    await running.sim(f"users/{rep.telegram_id}/unblock")
    await rep.writes("/leads")
    await rep.hears("Open leads: 1 of 1.")
    await running.settled()
    assert _is_reachable(running, rep)
    assert await _refused(running, rep) == refused
