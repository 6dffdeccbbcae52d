"""Sessions: one session per rep, made by the rep's first message and let go when idle.

A session that crashes comes back with its state from the journal, where its unhandled updates wait; those that come
meanwhile are held for it as well, and it passes over what it has handled already.
"""

from collections.abc import Callable

from actors.session.active_reps import DAY_S, HOUR_S, ActiveReps
from actors.session.messages import (
    Act,
    DescribeSessions,
    Enter,
    HandleUpdate,
    Look,
    Nudge,
    RepUnreachable,
    Resume,
    SessionsDescribed,
)
from runtime import Actor, Address, VirtualActors


class Sessions(VirtualActors):
    """Routes each rep's messages to the session that owns the rep's state; answers `DescribeSessions`."""

    def __init__(self, make: Callable[[str], Actor]) -> None:
        super().__init__(make)
        self._active = ActiveReps()

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
                if isinstance(message, HandleUpdate | Enter | Look | Act):  # the others come from our own side
                    self._active.heard(key, self.clock.now())
                self.pass_on(key, message, sender)
            case DescribeSessions():
                self.reply(self._described())
            case _:
                await super().receive(message, sender)

    def _described(self) -> SessionsDescribed:
        now = self.clock.now()
        return SessionsDescribed(
            active_now=self.resident,
            active_1h=self._active.within(HOUR_S, now),
            active_24h=self._active.within(DAY_S, now),
        )

    def revival(self, key: str) -> object:
        """A session resumes by itself what the journal holds for it."""
        return Resume(actor_key=key)
