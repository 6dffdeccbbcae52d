"""AllowanceWatch: asks a provider now and then how many free calls of the day an account has used.

OpenRouter's answers do not carry the count, and calls made elsewhere on the account are known to it alone.
"""

from typing import ClassVar

import msgspec

from actors.providers.http import BearerAuth, Client, get
from actors.providers.model_call import ProviderApi
from runtime import Actor, Address, Mailbox, Timer

ASK_S = 10.0
FRESH_S = 10.0


class AllowanceKnown(msgspec.Struct, frozen=True):
    """The account's free calls of this UTC day: how many there are, and how many are used."""

    limit: int
    used: int


class AskAllowance(msgspec.Struct, frozen=True):
    """The provider has just limited the account, so the count is worth asking for now."""


class _Ask(msgspec.Struct, frozen=True):
    pass


class _Unanswered(msgspec.Struct, frozen=True):
    pass


class _Daily(msgspec.Struct):
    limit: int
    used: int


class _Key(msgspec.Struct):
    free_model_daily_requests: _Daily | None = None


class _Body(msgspec.Struct):
    data: _Key


class AllowanceWatch(Actor):
    """Tells its lane `AllowanceKnown` at the start, every `every_s` seconds and at `AskAllowance`.

    Silent where nothing was learned, and deaf to `AskAllowance` while the last answer is fresh: limits come in waves.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(self, api: ProviderApi, client: Client, auth: BearerAuth, lane: Address, every_s: float) -> None:
        super().__init__()
        self._api = api
        self._client = client
        self._auth = auth
        self._lane = lane
        self._every_s = every_s
        self._next: Timer | None = None
        self._asked_at = 0.0

    async def started(self) -> None:
        """Ask for the first time."""
        self._ask()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case _Ask():
                self._ask()
            case AskAllowance():
                if self.clock.now() >= self._asked_at + FRESH_S:
                    self._ask()
            case AllowanceKnown():
                self.send(self._lane, message)
            case _Unanswered():
                pass  # the lane's own count goes on; the next time may tell
            case _:
                await self.unhandled(message, sender)

    def _ask(self) -> None:
        self.pipe(self._answer(), failed=lambda _error: _Unanswered())
        if self._next is not None:
            self._next.cancel()
        self._asked_at = self.clock.now()
        self._next = self.timer(self._every_s, _Ask())

    async def _answer(self) -> AllowanceKnown | _Unanswered:
        status, body = await get(self._client, self._api.key_path, self._api.headers, self._auth, ASK_S)
        return read_allowance(body) or _Unanswered() if status == 200 else _Unanswered()


def read_allowance(body: bytes) -> AllowanceKnown | None:
    """The count in a description of a key, None where there is none."""
    try:
        daily = msgspec.json.decode(body, type=_Body).data.free_model_daily_requests
    except msgspec.MsgspecError:
        return None
    return None if daily is None else AllowanceKnown(limit=daily.limit, used=daily.used)
