"""The pace of Telegram's own advice, and the pause it orders."""

import pytest

from actors.telegram.messages import TelegramCall
from actors.telegram.pacing import BULK_PER_S, BotPace, bucket_of, is_paced


@pytest.mark.parametrize(("chat_id", "spacing"), [(7, 1.0), (-7, 3.0)])
def test_a_chat_takes_a_burst_and_then_its_steady_pace(chat_id: int, spacing: float) -> None:
    """One a second in private, twenty a minute in a group."""
    bucket = bucket_of(chat_id)
    assert [bucket.reserve(100.0) for _ in range(7)] == pytest.approx([0, 0, 0, 0, 0, spacing, 2 * spacing])
    assert bucket.reserve(100.0 + 60 * spacing) == 0


def test_looking_for_a_token_takes_none() -> None:
    """Whoever waits may look as often as it likes."""
    bucket = bucket_of(7)
    for _ in range(5):
        assert bucket.wait_s(100.0) == 0
        bucket.reserve(100.0)
    assert [bucket.wait_s(at) for at in (100.0, 100.0, 100.75, 101.0)] == [1.0, 1.0, 0.25, 0.0]


def test_only_the_bulk_lane_is_held_to_the_bulk_pace() -> None:
    """Reminders queue behind each other, answers pass them."""
    pace = BotPace()
    waits = [pace.bulk_wait_s(0.0) for _ in range(int(BULK_PER_S) * 2)]
    assert waits[int(BULK_PER_S) - 1] == 0
    assert waits[-1] == pytest.approx(1.0)
    assert pace.pause_s(0.0) == 0


def test_three_chats_told_to_wait_within_a_second_pause_the_bot() -> None:
    """One chat's own limit is no news for the others; the same chat three times neither."""
    pace = BotPace()
    for chat in ("1", "2", "2", "2"):
        pace.refused(chat, 10.0, 5.0)
    assert pace.pause_s(10.0) == 0
    pace.refused("3", 12.0, 5.0)
    assert pace.pause_s(12.0) == 0
    pace.refused("4", 12.5, 5.0)
    pace.refused("5", 12.6, 5.0)
    assert pace.pause_s(12.6) == pytest.approx(5.0)


def test_a_refusal_of_a_call_without_a_chat_is_the_bots() -> None:
    """There is nobody else it could be meant for."""
    pace = BotPace()
    pace.refused(None, 10.0, 2.0)
    assert pace.pause_s(11.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("method", "paced"),
    [("sendMessage", True), ("editMessageText", True), ("sendChatAction", False), ("answerCallbackQuery", False)],
)
def test_what_counts_as_a_message(method: str, paced: bool) -> None:  # a table's column
    """Edits do, typing and answers to taps do not."""
    assert is_paced(TelegramCall(method, {})) is paced
