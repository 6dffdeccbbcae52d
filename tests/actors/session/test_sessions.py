"""Sessions come on demand, leave when idle without losing a message, and return after a crash."""

import asyncio

from actors.session.messages import DescribeSessions, HandleUpdate, Resume, SessionsDescribed
from actors.session.sessions import Sessions
from runtime import Actor, ActorSystem, Address, ChildSpec, Idle, Retire, StillBusy
from runtime.testing import ManualClock, settle


def update(number: int, key: str = "session/7") -> HandleUpdate:
    return HandleUpdate(key, "telegram/1", number, b"{}")


class Stand(Actor):
    """A session's stand-in: notes what it gets, crashes on update 13, offers to leave on update 99."""

    busy = False

    def __init__(self, key: str, notes: list[object]) -> None:
        super().__init__()
        self._key = key
        self._notes = notes

    async def started(self) -> None:
        self._notes.append(f"began {self._key}")

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case HandleUpdate(number=13):
                raise ZeroDivisionError
            case HandleUpdate(number=99):
                self.send(sender, Idle())
            case Retire() if Stand.busy:
                self.send(sender, StillBusy())
            case Retire():
                self.stop()
            case HandleUpdate(number=number):
                self._notes.append(number)
            case Resume():
                self._notes.append("resumed")


async def start(system: ActorSystem, notes: list[object]) -> Address:
    Stand.busy = False
    spec = ChildSpec("sessions", lambda: Sessions(lambda key: Stand(key, notes)), well_known=True)
    return await system.start(spec)


async def test_the_first_message_creates_the_session(system: ActorSystem) -> None:
    """One session per rep, made when first needed; messages keep their order."""
    notes: list[object] = []
    sessions = await start(system, notes)
    for number in (1, 2, 3):
        system.send(sessions, update(number))
    system.send(sessions, update(1, "session/8"))
    await settle()
    assert sorted(map(str, notes)) == sorted(["began session/7", "1", "2", "3", "began session/8", "1"])
    assert [note for note in notes if note in (2, 3)] == [2, 3]


async def test_a_message_that_arrives_while_a_session_leaves_is_not_lost(system: ActorSystem) -> None:
    """The session retires and the next one gets what came in between."""
    notes: list[object] = []
    sessions = await start(system, notes)
    system.send(sessions, update(99))
    for number in (1, 2):
        await asyncio.sleep(0)  # one turn of the loop further into the retirement
        system.send(sessions, update(number))
    await settle()
    assert [note for note in notes if isinstance(note, int)] == [1, 2]


async def test_a_busy_session_stays_and_gets_what_was_held(system: ActorSystem) -> None:
    """A session that finds work again keeps living, and the messages held for its successor reach it."""
    notes: list[object] = []
    sessions = await start(system, notes)
    Stand.busy = True
    system.send(sessions, update(99))
    system.send(sessions, update(1))
    await settle()
    system.send(sessions, update(2))
    await settle()
    assert notes == ["began session/7", 1, 2]


async def test_a_crashed_session_returns_after_a_pause_that_grows(system: ActorSystem, clock: ManualClock) -> None:
    """One rep's crash touches nobody else, and the session is resumed from the journal after 1 s, then 2 s."""
    notes: list[object] = []
    sessions = await start(system, notes)
    for pause in (1.0, 2.0):
        system.send(sessions, update(13))
        system.send(sessions, update(1, "session/8"))
        await settle()
        before = notes.count("resumed")
        await clock.advance(pause - 0.1)
        assert notes.count("resumed") == before
        await clock.advance(0.2)
        assert notes.count("resumed") == before + 1
    assert notes.count(1) == 2


async def test_reps_at_work_are_counted(system: ActorSystem) -> None:
    """A rep's update counts, a wake-up of our own does not; sessions that live are the others."""
    sessions = await start(system, [])
    system.send(sessions, update(1))
    system.send(sessions, update(2))
    system.send(sessions, Resume("session/8"))
    await settle()
    described = await system.ask(sessions, DescribeSessions(), deadline_s=5.0)
    assert described == SessionsDescribed(active_now=2, active_1h=1, active_24h=1)
