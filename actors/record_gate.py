"""RecordGate: no new writes from the page while the journal holds as many for storage as it may.

The chat's intake keeps to the same bound; there updates wait with Telegram, and a page is told to come again.
"""

from actors.journal import DescribeJournal, JournalDescribed
from actors.providers.messages import RECORD_LANE
from actors.telegram.intake import MOST_UNWRITTEN
from actors.texts import Texts
from runtime import ActorError, ActorSystem

_KNOWN_S = 5.0
_DEADLINE_S = 5.0


class RecordGate:
    """Asks the journal at most every five seconds, for all reps; one that does not answer shuts nothing."""

    def __init__(self, system: ActorSystem) -> None:
        self._system = system
        self._text = Texts()("page-records-behind")
        self._shut = False
        self._known_until = float("-inf")

    async def refusal(self) -> str | None:
        """The sentence for whoever would write, None while there is room."""
        now = self._system.clock.now()
        if now >= self._known_until:
            self._known_until = now + _KNOWN_S
            self._shut = await self._is_full()
        return self._text if self._shut else None

    async def _is_full(self) -> bool:
        try:
            told = await self._system.ask(self._system.find("journal"), DescribeJournal(), deadline_s=_DEADLINE_S)
        except ActorError:
            return False
        return isinstance(told, JournalDescribed) and told.outbox_pending.get(RECORD_LANE, 0) >= MOST_UNWRITTEN
