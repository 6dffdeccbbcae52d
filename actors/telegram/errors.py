"""What goes wrong between us and Telegram, by whose fault.

TelegramError
├── MalformedUpdate        an update that is not in the Bot API's form
├── JournalProblem         our own journal did not do what was asked
├── TelegramRefused        Telegram answered, and said no
└── TelegramUnreachable    no answer, or none that can be read

None of them carries a token, an address or anything a person wrote.
"""


class TelegramError(Exception):
    """Anything wrong on the Telegram side."""


class MalformedUpdate(TelegramError):
    """An update that cannot be parsed; `update_id` if that much was readable."""

    def __init__(self, update_id: int | None = None) -> None:
        self.update_id = update_id
        super().__init__("update without a readable number" if update_id is None else f"update {update_id}")


class TelegramRefused(TelegramError):
    """A refusal: Telegram's code and description, and the wait it asks for, in seconds."""

    def __init__(self, code: int, description: str, retry_after: float | None = None) -> None:
        self.code = code
        self.description = description
        self.retry_after = retry_after
        super().__init__(f"{code} {description}")


class TelegramUnreachable(TelegramError):
    """No usable answer; `kind` is the name of what happened."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class JournalProblem(TelegramError):
    """The journal did not do what was asked; `unanswered` means that it may have done it all the same."""

    def __init__(self, reason: str, *, unanswered: bool) -> None:
        self.reason = reason
        self.unanswered = unanswered
        super().__init__(reason)
