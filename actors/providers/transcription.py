"""What is said to the Transcriber and what it answers."""

from enum import StrEnum
from typing import Literal

import msgspec

DEADLINE_S = 90.0
LONGEST_S = 1_200.0
"""About as much speech as the longest text that is taken."""
LARGEST_BYTES = 20 * 1024 * 1024
"""What Telegram lets a bot fetch."""
BYTES_PER_S = 2_000.0
"""What a second of a voice note takes, for recordings that do not tell their length."""
State = Literal["closed", "open", "half_open", "refused"]


class Transcribe(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the words of a recording that lies with Telegram.

    The sender receives `TranscriptionQueued` and `TranscriptBegun` where they apply, then exactly one `Transcribed`
    or `TranscriptionFailed`. `size` is in bytes and None where unknown, `duration_s` 0. `transcript_id` names a
    transcript begun before, which is then waited for and not paid for again. The same `request_id` asked again while
    it is under way answers the newer sender. The death of the sender cancels it.
    """

    request_id: str
    telegram_id: int
    user_id: str | None
    file_id: str
    size: int | None
    duration_s: float
    transcript_id: str | None = None

    @property
    def patience_s(self) -> float:
        """How long it may take in all: a minute and a half, and half the recording's length."""
        return DEADLINE_S + min(self.duration_s or (self.size or 0) / BYTES_PER_S, LONGEST_S) / 2


class CancelTranscription(msgspec.Struct, frozen=True):
    """Stop the named request: nothing more is sent about it, and nothing of it stays with the provider."""

    request_id: str


class TranscriptionQueued(msgspec.Struct, frozen=True):
    """The request waits; sent when the expected wait exceeds five seconds, and again when it has changed noticeably."""

    request_id: str
    position: int
    expected_wait_s: float


class TranscriptBegun(msgspec.Struct, frozen=True):
    """The provider works on it under this id; whoever keeps the id can ask on after a crash."""

    request_id: str
    transcript_id: str


class Transcribed(msgspec.Struct, frozen=True):
    """The words; `language` is what the provider heard, as it spells it, and `duration_s` is the provider's measure."""

    request_id: str
    text: str
    language: str | None
    duration_s: float
    model: str


class SpeechProblem(StrEnum):
    """Why there are no words, in terms a rep can act on."""

    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    NO_SPEECH = "no_speech"
    UNREADABLE = "unreadable"
    FILE_GONE = "file_gone"
    UNCERTAIN = "uncertain"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    DEADLINE = "deadline"
    MISCONFIGURED = "misconfigured"

    @property
    def final(self) -> bool:
        """Whether the same recording would fail the same way again."""
        return self in _FINAL


_FINAL = frozenset(
    {
        SpeechProblem.TOO_LARGE,
        SpeechProblem.TOO_LONG,
        SpeechProblem.TOO_SHORT,
        SpeechProblem.NO_SPEECH,
        SpeechProblem.UNREADABLE,
        SpeechProblem.FILE_GONE,
    }
)


class TranscriptionFailed(msgspec.Struct, frozen=True):
    """The request ended without words; `detail` is for operators and holds no text of the provider and no secret.

    `UNCERTAIN` says that the connection broke after the order had left: it was not repeated, because it may be paid.
    """

    request_id: str
    problem: SpeechProblem
    detail: str
    retry_after_s: float | None = None


class DescribeTranscriber(msgspec.Struct, frozen=True):
    """Ask for the transcriber's state; answered by `TranscriberDescribed`."""


class TranscriberDescribed(msgspec.Struct, frozen=True):
    """The transcriber as an operator sees it; carries no key and no rep's identity.

    `undeleted` transcripts still lie with the provider and are being deleted; `abandoned` ones could not be.
    """

    state: State
    reason: str
    resting_for_s: float
    in_flight: int
    queued: int
    completed: int
    failed: int
    undeleted: int
    abandoned: int
    last_problem: str | None
