"""How a provider actor asks the journal: until it has done what was asked."""

import structlog

from actors.journal import Commit, JournalFailed, Load
from runtime import Actor, ActorError

_LOG = structlog.get_logger(__name__)
DEADLINE_S = 30.0
PAUSE_S = 1.0


async def ask_journal(owner: Actor, request: Load | Commit) -> object:
    """The journal's answer; waits as long as it takes, or until the owner ends."""
    while True:
        try:
            reply = await owner.ask(owner.find("journal"), request, deadline_s=DEADLINE_S)
        except ActorError as error:
            _LOG.warning("journal_unanswered", error=type(error).__name__)
        else:
            if not isinstance(reply, JournalFailed):
                return reply
        await owner.clock.sleep(PAUSE_S)
