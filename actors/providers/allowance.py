"""AllowanceWatch: asks a provider now and then how many free calls of the day an account has used.

OpenRouter's answers do not carry the count, and calls made elsewhere on the account are known to it alone.
"""

from typing import ClassVar

import msgspec

from actors.providers.http import BearerAuth, Client, get
from actors.providers.model_call import ProviderApi
from runtime import Actor, Address, Mailbox

ASK_S = 10.0


class AllowanceKnown(msgspec.Struct, frozen=True):
    """The account's free calls of this UTC day: how many there are, and how many are used."""

    limit: int
    used: int


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
    """Tells its lane `AllowanceKnown` at the start and every `every_s` seconds; silent where nothing was learned."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(self, api: ProviderApi, client: Client, auth: BearerAuth, lane: Address, every_s: float) -> None:
        super().__init__()
        self._api = api
        self._client = client
        self._auth = auth
        self._lane = lane
        self._every_s = every_s

    async def started(self) -> None:
        """Ask for the first time."""
        self._ask()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case _Ask():
                self._ask()
            case AllowanceKnown():
                self.send(self._lane, message)
            case _Unanswered():
                pass  # the lane's own count goes on; the next time may tell
            case _:
                await self.unhandled(message, sender)

    def _ask(self) -> None:
        self.pipe(self._answer(), failed=lambda _error: _Unanswered())
        self.timer(self._every_s, _Ask())

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
