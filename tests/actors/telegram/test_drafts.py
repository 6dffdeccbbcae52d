"""The pace of drafts, told by a clock on paper."""

from actors.telegram.drafts import FRAME_INTERVAL_S, GATHERING_S, KEEP_ALIVE_S, Drafts, Frame


def _sent(drafts: Drafts, now: float) -> Frame | None:
    frame = drafts.take(now)
    if frame is not None:
        drafts.sent()
    return frame


def test_the_first_frame_gathers_for_a_moment_and_the_latest_wins() -> None:
    """Frames overtaken within the moment, and then within the interval, are never sent."""
    drafts = Drafts()
    drafts.show(1, "a", 99.9)
    drafts.show(1, "ab", 100.0)
    assert drafts.take(100.0) is None
    assert drafts.due_at() == 99.9 + GATHERING_S
    assert _sent(drafts, 100.1) == Frame(1, "ab")
    drafts.show(1, "abc", 100.2)
    drafts.show(1, "abcd", 100.3)
    assert drafts.take(100.5) is None
    assert drafts.due_at() == 100.1 + FRAME_INTERVAL_S
    assert _sent(drafts, 100.9) == Frame(1, "abcd")


def test_news_after_a_rest_gather_anew() -> None:
    """What comes in one piece with the end of the answer is not shown a moment before it."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    assert _sent(drafts, 1.0)
    drafts.show(1, "ab", 5.0)
    assert drafts.due_at() == 5.0 + GATHERING_S
    drafts.end(1)
    assert drafts.due_at() is None


def test_an_unchanged_frame_is_sent_only_to_keep_the_draft_alive() -> None:
    """Telegram forgets a draft after 30 seconds."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    assert _sent(drafts, 1.0)
    drafts.show(1, "a", 2.0)
    assert drafts.due_at() == 1.0 + KEEP_ALIVE_S
    assert _sent(drafts, 1.0 + KEEP_ALIVE_S) == Frame(1, "a")


def test_one_frame_is_under_way_at_a_time() -> None:
    """A slow Telegram gets no second frame."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    assert drafts.take(1.0)
    drafts.show(1, "ab", 1.0)
    assert drafts.take(5.0) is None
    drafts.sent()
    assert drafts.take(5.0) == Frame(1, "ab")


def test_the_end_of_a_draft_is_the_end_of_its_frames() -> None:
    """Another draft's frame stays."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    drafts.end(2)
    assert drafts.due_at() is not None
    drafts.end(1)
    assert drafts.due_at() is None
    assert drafts.is_quiet


def test_a_short_wait_is_kept_and_the_frame_sent_after_it() -> None:
    """A 429 of a few seconds delays the draft."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    frame = drafts.take(1.0)
    assert frame is not None
    drafts.refused(frame, 1.1, 5.0)
    assert drafts.take(6.0) is None
    assert drafts.take(6.2) == frame


def test_a_long_wait_ends_this_draft_and_no_other() -> None:
    """Asked to wait more than 30 seconds, the draft is given up; the next answer may try again after the wait."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    frame = drafts.take(1.0)
    assert frame is not None
    drafts.refused(frame, 1.0, 31.0)
    drafts.show(1, "ab", 0.0)
    assert drafts.due_at() is None
    drafts.show(2, "b", 0.0)
    assert drafts.due_at() == 32.0


def test_a_draft_that_a_message_covered_is_shown_anew() -> None:
    """A reminder in the middle of an answer takes the draft away; the answer goes on growing."""
    drafts = Drafts()
    drafts.show(1, "a", 0.0)
    assert _sent(drafts, 1.0)
    drafts.covered()
    assert _sent(drafts, 1.0 + FRAME_INTERVAL_S) == Frame(1, "a")
