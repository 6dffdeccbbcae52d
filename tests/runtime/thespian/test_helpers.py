"""Thespian's own helpers (troupes, transience, initial messages, commands): unchanged on ours."""

import sys
from datetime import timedelta
from typing import Any

from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, ActorSystemMessage, ActorTypeDispatcher
from thespian.initmsgs import initializing_messages
from thespian.runcommand import Command, RunCommand
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


@transient_idle(timedelta(milliseconds=40))
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
        return system.ask(mayfly, "a", WAIT), system.listen(0.06), system.ask(mayfly, "b", SHORT)

    assert on_both(program) == ("a", None, None)


def test_an_idle_actor_goes_when_nothing_comes(on_both: OnBoth) -> None:
    """Messages keep it; silence ends it."""

    def program(system: ActorSystem) -> object:
        idler = system.createActor(Idler)
        kept = []
        for text in "abc":
            kept.append(system.ask(idler, text, WAIT))
            system.listen(0.02)
        system.listen(0.1)
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


def test_a_command_runs(on_both: OnBoth) -> None:
    """`thespian.runcommand` runs a program and tells how it ended."""

    def program(system: ActorSystem) -> object:
        runner = system.createActor(RunCommand)
        result = system.ask(runner, Command(sys.executable, ["-c", "print('hello'); raise SystemExit(3)"]), WAIT)
        return result.exitcode, result.stdout, result.stderr

    assert on_both(program) == (3, "hello\n", "")


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
