"""Sessions: one session per rep, made by the rep's first message and let go when idle.

A session that crashes comes back with its state from the journal, where its unhandled updates wait; those that come
meanwhile are held for it as well, and it passes over what it has handled already.
"""

from actors.session.messages import Act, Enter, HandleUpdate, Look, Nudge, RepUnreachable, Resume
from runtime import Address, VirtualActors


class Sessions(VirtualActors):
    """Routes each rep's messages to the session that owns the rep's state."""

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case (
                HandleUpdate(actor_key=key)
                | Resume(actor_key=key)
                | Nudge(actor_key=key)
                | RepUnreachable(actor_key=key)
                | Enter(actor_key=key)
                | Look(actor_key=key)
                | Act(actor_key=key)
            ):
                self.pass_on(key, message, sender)
            case _:
                await super().receive(message, sender)

    def revival(self, key: str) -> object:
        """A session resumes by itself what the journal holds for it."""
        return Resume(actor_key=key)
