"""When the next frame of a growing answer goes out: pure, the time comes from outside.

Latest wins: a frame that was overtaken is never sent. Telegram allows about 40 drafts in 30 seconds and forgets a
draft after 30, hence the two intervals. New words wait a moment for those that follow: an answer that comes in one
piece needs no frame, and the first one stays out of the way of the question on its way to the model.
"""

import msgspec

FRAME_INTERVAL_S = 0.8
GATHERING_S = 0.15
KEEP_ALIVE_S = 25.0
LONGEST_WAIT_S = 30.0
"""Asked to wait longer than this, the draft is given up; the answer itself comes anyway."""


class Frame(msgspec.Struct, frozen=True):
    """The text a draft shall show."""

    draft_id: int
    text: str


class Drafts:
    """The drafts of one chat: one waiting frame at most, one under way at most."""

    def __init__(self) -> None:
        self._wanted: Frame | None = None
        self._shown: Frame | None = None
        self._not_before = 0.0
        self._shown_at = 0.0
        self._given_up: int | None = None
        self._under_way = False

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is shown, wanted or under way."""
        return self._wanted is None and not self._under_way

    def show(self, draft_id: int, text: str, now: float) -> None:
        """Let the draft show this text as soon as the pace allows and a moment has passed since there was news."""
        if draft_id == self._given_up:
            return
        frame = Frame(draft_id, text)
        if self._wanted == self._shown != frame:
            self._not_before = max(self._not_before, now + GATHERING_S)
        self._wanted = frame

    def end(self, draft_id: int) -> None:
        """Forget what this draft would have shown."""
        if self._wanted is not None and self._wanted.draft_id == draft_id:
            self._wanted = None

    def clear(self) -> None:
        """Forget every draft: a message takes their place."""
        self._wanted = self._shown = None

    def covered(self) -> None:
        """A message took the place of what was shown, and the draft is still growing: show it anew."""
        self._shown = None

    def due_at(self) -> float | None:
        """When `take` has a frame: a new one by the pace, an unchanged one to keep it from fading; None if never."""
        if self._wanted is None or self._under_way:
            return None
        if self._wanted == self._shown:
            return max(self._not_before, self._shown_at + KEEP_ALIVE_S)
        return self._not_before

    def take(self, now: float) -> Frame | None:
        """The frame to send now, if one is due; `sent` or `refused` must follow."""
        due = self.due_at()
        if due is None or due > now:
            return None
        self._under_way = True
        self._shown, self._shown_at = self._wanted, now
        self._not_before = now + FRAME_INTERVAL_S
        return self._wanted

    def sent(self) -> None:
        """The frame under way has arrived, or has been lost, which the next one makes good."""
        self._under_way = False

    def refused(self, frame: Frame, now: float, retry_after: float | None) -> None:
        """Telegram took no frame: wait as long as it asks, or give the draft up if it asks too much or nothing."""
        self._under_way = False
        if self._shown == frame:
            self._shown = None
        if retry_after is not None and retry_after <= LONGEST_WAIT_S:
            self._not_before = now + retry_after
            return
        self._given_up = frame.draft_id
        self._not_before = now + (retry_after or 0.0)
        self.end(frame.draft_id)
