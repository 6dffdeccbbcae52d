"""Thespian's own helpers (troupes, transience, initial messages, commands): unchanged on ours."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorSystemMessage,
    ActorTypeDispatcher,
    ThespianWatch,
    WatchMessage,
)
from thespian.initmsgs import initializing_messages
from thespian.runcommand import Command, CommandAbort, RunCommand
from thespian.transient import transient, transient_idle
from thespian.troupe import UpdateTroupeSettings

from tests.runtime.thespian.actors import SHORT, WAIT, Echo, Hive, Undertaker
from tests.runtime.thespian.conftest import OnBoth


@initializing_messages([("greeting", str), ("times", int, True)], initdone="ready")
class Greeter(ActorTypeDispatcher):  # type: ignore[misc]
    """Waits for two messages before it works."""

    greeting: str
    times: int
    times_sender: ActorAddress

    def ready(self) -> None:
        self.send(self.times_sender, ("ready", self.greeting * self.times))

    def receiveMsg_list(self, message: list[object], sender: ActorAddress) -> None:
        self.send(sender, [self.greeting, *message])


@transient(timedelta(milliseconds=30))
class Mayfly(Echo):
    """Exits some time after its first message."""


@transient_idle(timedelta(milliseconds=200))
class Idler(Echo):
    """Exits when nothing has come for some time."""


def test_a_troupe_does_all_work_and_answers_each_asker(on_both: OnBoth) -> None:
    """A leader with at most three members squares twenty numbers."""

    def program(system: ActorSystem) -> object:
        hive = system.createActor(Hive)
        for number in range(1, 21):
            system.tell(hive, number)
        answers: list[Any] = [system.listen(WAIT) for _ in range(20)]
        return sorted(answers), system.listen(SHORT)

    assert on_both(program) == ([number * number for number in range(1, 21)], None)


def test_a_troupe_tells_its_status_and_takes_settings(on_both: OnBoth) -> None:
    """The leader answers for itself."""

    def program(system: ActorSystem) -> object:
        hive = system.createActor(Hive)
        system.ask(hive, 3, WAIT)
        settings = system.ask(hive, UpdateTroupeSettings(max_count=5, idle_count=2), WAIT)
        return settings.max_count, settings.idle_count, system.ask(hive, "troupe:status?", WAIT).split(", Troupers")[0]

    assert on_both(program) == (5, 2, "Idle=2, Max=5")


def test_a_troupe_exits_as_one(on_both: OnBoth) -> None:
    """No member outlives the leader."""

    def program(system: ActorSystem) -> object:
        hive, undertaker = system.createActor(Hive), system.createActor(Undertaker)
        system.ask(hive, 3, WAIT)
        system.tell(hive, ActorExitRequest())
        system.ask(undertaker, True, WAIT)
        return system.ask(hive, 4, SHORT), system.ask(undertaker, "letters?", WAIT)

    assert on_both(program) == (None, [4])


def test_a_transient_actor_goes_by_itself(on_both: OnBoth) -> None:
    """It answers before its time and not after, whether asked on the way or not."""

    def program(system: ActorSystem) -> object:
        mayfly = system.createActor(Mayfly)
        return system.ask(mayfly, "a", WAIT), system.listen(0.2), system.ask(mayfly, "b", SHORT)

    assert on_both(program) == ("a", None, None)


def test_an_idle_actor_goes_when_nothing_comes(on_both: OnBoth) -> None:
    """Messages keep it; silence ends it."""

    def program(system: ActorSystem) -> object:
        idler = system.createActor(Idler)
        kept = []
        for text in "abc":
            kept.append(system.ask(idler, text, WAIT))
            system.listen(0.02)
        system.listen(0.5)
        return kept, system.ask(idler, "d", SHORT)

    assert on_both(program) == (["a", "b", "c"], None)


def test_initial_messages_come_first(on_both: OnBoth) -> None:
    """What arrives before the last of them waits; each is kept under its name, its sender too where asked for."""

    def program(system: ActorSystem) -> object:
        greeter = system.createActor(Greeter)
        system.tell(greeter, ["early"])
        system.tell(greeter, "hey")
        return system.ask(greeter, 2, WAIT), system.listen(WAIT), system.ask(greeter, ["late"], WAIT)

    assert on_both(program) == (("ready", "heyhey"), ["hey", "early"], ["hey", "late"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # RunCommand leaves its pipes open
def test_a_command_runs(on_both: OnBoth) -> None:
    """`thespian.runcommand` runs a program and tells how it ended."""

    def program(system: ActorSystem) -> object:
        runner = system.createActor(RunCommand)
        result = system.ask(runner, Command(sys.executable, ["-c", "print('hello'); raise SystemExit(3)"]), WAIT)
        return result.exitcode, result.stdout, result.stderr

    assert on_both(program) == (3, "hello\n", "")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_command_holds_nobody(ours: ActorSystem) -> None:
    """While a program runs the other actors work, and it can be aborted."""
    runner = ours.createActor(RunCommand)
    ours.tell(runner, Command(sys.executable, ["-c", "import time; time.sleep(60)"]))
    assert ours.ask(ours.createActor(Echo), "meanwhile", WAIT) == "meanwhile"
    assert ours.ask(runner, CommandAbort(), WAIT).exitcode == -15


def test_an_actor_logs_with_its_address(on_both: OnBoth, caplog: Any) -> None:
    """`self.logger()` puts `actorAddress` into every record."""

    class Logging(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
            if not isinstance(msg, ActorSystemMessage):
                self.logger("mine").warning("got %s", msg)
                self.send(sender, str(self.myAddress))

    def program(system: ActorSystem) -> object:
        caplog.clear()
        address = system.ask(system.createActor(Logging), "a", WAIT)
        (record,) = [record for record in caplog.records if record.name == "mine"]
        return str(record.actorAddress) == address, record.getMessage()

    assert on_both(program) == (True, "got a")


class Reader(Actor):  # type: ignore[misc]
    """Reads from files when it is told that it can, until the end."""

    asker: ActorAddress | None = None
    heard = b""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> Any:
        match msg:
            case ("watch", list(filenos)):
                self.asker, self.filenos = sender, filenos
                return ThespianWatch(filenos)
            case WatchMessage(ready=[fileno]):
                read = os.read(fileno, 100)
                self.heard += read
                if read:
                    return ThespianWatch(self.filenos)
                self.send(self.asker, self.heard)
            case "look away":
                self.send(sender, "looking away")
        return None


def test_an_actor_can_watch_files(ours: ActorSystem) -> None:
    """A handler that returns ThespianWatch is told when one of the files can be read, each time it says so anew."""
    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "wb", buffering=0) as sink:
        reader = ours.createActor(Reader)
        ours.tell(reader, ("watch", [read]))
        for word in (b"one ", b"two"):
            sink.write(word)
            assert ours.listen(SHORT) is None
        sink.close()
        assert ours.listen(WAIT) == b"one two"
        ours.tell(reader, ("watch", [read]))
        assert ours.listen(WAIT) == b"one two"


def test_a_watch_ends_with_the_next_message_or_the_actor(ours: ActorSystem) -> None:
    """Any other result of a handler ends it, and so does the actor's exit."""
    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "wb", buffering=0) as sink:
        reader, second = ours.createActor(Reader), ours.createActor(Reader)
        ours.tell(reader, ("watch", [read]))
        assert ours.ask(reader, "look away", WAIT) == "looking away"
        ours.tell(second, ("watch", [read]))
        ours.tell(second, ActorExitRequest())
        sink.write(b"nobody reads this")
        assert ours.listen(SHORT) is None


def test_a_file_that_cannot_be_waited_for_is_ready(ours: ActorSystem, tmp_path: Path) -> None:
    """A plain file can always be read."""
    (tmp_path / "file").write_bytes(b"content")
    with (tmp_path / "file").open("rb") as file:
        ours.tell(ours.createActor(Reader), ("watch", [file.fileno()]))
        assert ours.listen(WAIT) == b"content"


def test_a_closed_file_is_not_watched(ours: ActorSystem) -> None:
    """As on Thespian's own bases it is ignored, and the others are watched all the same; nobody is told of it."""
    reader = ours.createActor(Reader)  # first, since the loop takes descriptors of its own
    read, write = os.pipe()
    closed = os.dup(read)
    os.close(closed)
    ours.tell(reader, ("watch", [closed, -1]))
    assert ours.listen() is None
    with os.fdopen(read), os.fdopen(write, "wb", buffering=0) as sink:
        ours.tell(reader, ("watch", [closed, -1, read]))
        sink.write(b"open")
        sink.close()
        assert ours.listen(WAIT) == b"open"


def test_two_actors_can_watch_one_file(ours: ActorSystem) -> None:
    """Both are told; the end of one's watch does not end the other's."""

    class Looking(Actor):  # type: ignore[misc]
        def receiveMessage(self, msg: Any, sender: ActorAddress) -> Any:
            match msg:
                case ("watch", fileno):
                    self.asker = sender
                    return ThespianWatch([fileno])
                case WatchMessage():
                    self.send(self.asker, "ready")
            return None

    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "wb", buffering=0) as sink:
        first, second, third = (ours.createActor(Looking) for _ in range(3))
        for actor in (first, second, third):
            ours.tell(actor, ("watch", read))
        ours.tell(third, "look away")
        sink.write(b"word")
        assert [ours.listen(WAIT) for _ in range(2)] == ["ready"] * 2
        assert ours.listen(SHORT) is None


def test_an_async_handler_can_watch_files(ours: ActorSystem) -> None:
    """What it returns counts as what a plain one returns."""

    class Waiting(Reader):
        async def receiveMessage(self, msg: Any, sender: ActorAddress) -> Any:
            await asyncio.sleep(0)
            return super().receiveMessage(msg, sender)

    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "wb", buffering=0) as sink:
        ours.tell(ours.createActor(Waiting), ("watch", [read]))
        sink.write(b"word")
        sink.close()
        assert ours.listen(WAIT) == b"word"


def test_a_watch_leaves_no_descriptor(ours: ActorSystem) -> None:
    """However it ends, what it had opened is closed."""
    told, exited = ours.createActor(Reader), ours.createActor(Reader)
    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "wb"):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for actor in (told, exited):
            ours.tell(actor, ("watch", [read]))
        ours.ask(told, "look away", WAIT)
        ours.tell(exited, ActorExitRequest())
        assert len(list(Path("/proc/self/fd").iterdir())) == before
