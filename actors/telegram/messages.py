"""Messages understood and sent by the Telegram actors: UpdateReceiver and MessageSender."""

import msgspec

MESSAGE_LANE = "message"
"""The journal's outbox lane drained by MessageSender; its payloads are JSON of `TelegramCall`, its order key the
chat id."""
BULK_LANE = "bulk"
"""The same for what nobody asked for, so that however much of it waits, answers are read beside it."""


class TelegramCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """One Bot API call: the method's name in its own spelling (`sendMessage`) and its parameters as JSON values.

    `bulk` marks what nobody asked for, such as reminders: it goes out at the pace Telegram allows for that.
    """

    method: str
    parameters: dict[str, object]
    bulk: bool = False

    @property
    def lane(self) -> str:
        """The journal's lane that it waits in."""
        return BULK_LANE if self.bulk else MESSAGE_LANE


class Perform(msgspec.Struct, frozen=True):
    """Make this call now, outside the journal: for what is worthless later (answering a tap, typing).

    Put off by Telegram, a tap's answer is made again as long as Telegram waits for it; nothing else is.
    """

    call: TelegramCall


class TakeUpdate(msgspec.Struct, frozen=True):
    """An update that Telegram brought to the webhook; answered by `UpdateTaken` once it is durable."""

    raw: bytes


class UpdateTaken(msgspec.Struct, frozen=True):
    """The update is in the journal, or can never be: Telegram need not bring it again."""


class UpdateNotTaken(msgspec.Struct, frozen=True):
    """Not now: Telegram shall bring it again after so many seconds."""

    retry_after_s: int


class StopIntake(msgspec.Struct, frozen=True):
    """Take no more updates: they wait with Telegram for the next start."""


UPLOADED = "page:"
"""How the reference to a file begins that was handed in on the page and does not lie with Telegram."""


class FetchFile(msgspec.Struct, frozen=True):
    """Ask for a file that a rep sent; answered by `FileFetched` or `FileRefused`."""

    file_id: str


class FileFetched(msgspec.Struct, frozen=True):
    """The whole file."""

    data: bytes


class FileRefused(msgspec.Struct, frozen=True):
    """No file: `gone` when Telegram does not have it or it is too large for bots, else a later try may succeed."""

    gone: bool


class ShowDraft(msgspec.Struct, frozen=True):
    """Show this text as the growing draft of an answer; a newer frame replaces one not yet sent.

    The text is Markdown from a model or our own plain words; frames are paced by the sender and never queued.
    """

    chat_id: int
    draft_id: int
    text: str


class EndDraft(msgspec.Struct, frozen=True):
    """Forget any frame of this draft that is still waiting: the answer or its failure follows."""

    chat_id: int
    draft_id: int


class DescribeTelegram(msgspec.Struct, frozen=True):
    """Ask a Telegram actor for its state; answered by `TelegramDescribed`."""


class TelegramDescribed(msgspec.Struct, frozen=True):
    """What an operator wants to know of the Telegram side; ages in seconds.

    `kinds` counts the updates received by their kind in the Bot API's spelling, others than those asked for as "other".
    `uncertain` sends may have arrived and are not repeated; `unformatted` ones arrived as plain text, because Telegram
    refused their entities; `stale` taps had no answer while Telegram waited for it.
    """

    connected: bool
    last_contact_age_s: float | None
    last_problem: str | None
    received: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    waiting: int = 0
    unformatted: int = 0
    stale: int = 0
    kinds: dict[str, int] = {}
