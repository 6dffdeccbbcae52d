"""What a session remembers between turns: one frozen value, kept whole in the journal as its snapshot."""

from typing import Literal

import msgspec

from actors.providers.messages import Provider, SealedKey
from coaching.memory import UserMemory

SCHEMA = 1
"""Raised when a stored snapshot of an older shape can no longer be read as it is."""

Flow = Literal["idle", "choosing_provider", "entering_key", "checking_key", "awaiting_prospect"]


class Rep(msgspec.Struct, frozen=True):
    """The person on the other side, as Telegram last named them; their private chat has their own id."""

    telegram_id: int
    username: str | None
    first_name: str


class Profile(msgspec.Struct, frozen=True):
    """A rep who finished the set-up; `key` is None for those who use the team's."""

    user_id: str
    provider: Provider
    key: SealedKey | None
    openrouter_model: str
    anthropic_model: str
    created_at: float

    @property
    def model(self) -> str:
        """The model this rep's coaching runs on."""
        return self.anthropic_model if self.provider is Provider.ANTHROPIC else self.openrouter_model


class Case(msgspec.Struct, frozen=True):
    """One prospect a rep handed in and waits for, or whose background steps still run.

    `finished` holds the output of each step that ended, by agent, so that a restart repeats none of them.
    """

    run_id: str
    text: str
    draft_id: int
    received_at: float
    finished: dict[str, bytes] = {}
    answered: bool = False


class SessionState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rep's conversation: who, where in which flow, and the cases in their order of arrival."""

    rep: Rep
    schema: int = SCHEMA
    flow: Flow = "idle"
    profile: Profile | None = None
    pending_provider: Provider | None = None
    pending_key: SealedKey | None = None
    offered_text: str | None = None
    failed_case: Case | None = None
    cases: tuple[Case, ...] = ()
    memory: UserMemory = UserMemory()

    @property
    def busy(self) -> bool:
        """Whether work is under way that a restart must take up again."""
        return bool(self.cases) or self.flow == "checking_key"

    @property
    def waiting(self) -> tuple[Case, ...]:
        """The cases whose answer the rep still waits for, oldest first; the first is being worked on."""
        return tuple(case for case in self.cases if not case.answered)

    def case(self, run_id: str) -> Case | None:
        """The case of this run, unless it is over or was cancelled."""
        return next((case for case in self.cases if case.run_id == run_id), None)
