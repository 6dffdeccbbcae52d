"""Plain Thespian actors that the conformance programs are made of."""

from typing import Any

from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystemMessage, ChildActorExited
from thespian.troupe import troupe

WAIT = 5.0
SHORT = 0.05


class Refused(Exception):
    """What handlers raise on purpose."""


class Echo(Actor):  # type: ignore[misc]
    """Answers every message but the system's."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if not isinstance(msg, ActorSystemMessage):
            self.send(sender, msg)


class Recorder(Actor):  # type: ignore[misc]
    """Keeps what it receives, by type name and text, and tells it when asked."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if msg == "seen?":
            self.send(sender, list(self.seen))
        else:
            self.seen.append(type(msg).__name__ if isinstance(msg, ActorSystemMessage) else msg)


class Failing(Actor):  # type: ignore[misc]
    """Raises on ("fail", n) until it has been tried n times."""

    def __init__(self) -> None:
        self.tries = 0
        self.order: list[object] = []

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case ("fail", int(times)):
                self.tries += 1
                self.order.append("fail")
                if self.tries <= times:
                    raise ValueError("on purpose")
                self.send(sender, ("handled at try", self.tries))
            case "tries?":
                self.send(sender, self.tries)
            case "order?":
                self.send(sender, list(self.order))
            case ActorSystemMessage():
                pass
            case _:
                self.order.append(msg)


class Family(Actor):  # type: ignore[misc]
    """Has named children of its own kind and reports what becomes of them in `diary`."""

    def __init__(self) -> None:
        self.children: dict[object, ActorAddress] = {}
        self.name: object = "head"
        self.recorder: ActorAddress | None = None

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case ("name", name, recorder):
                self.name, self.recorder = name, recorder
            case ("make", name, recorder):
                self.children[name] = self.createActor(Family)
                self.send(self.children[name], ("name", name, recorder))
                self.send(sender, self.children[name])
            case ("to", name, message):
                self.send(self.children[name], message)
            case ("pass", name, message):
                self.send(self.children[name], ("for", sender, message))
            case ("for", asker, message):
                self.receiveMessage(message, asker)
            case str():
                self._asked(msg, sender)
            case ActorSystemMessage():
                self._told(msg)

    def _asked(self, text: str, sender: ActorAddress) -> None:
        match text:
            case "count?":
                self.send(sender, len(self.children))
            case "alive?":
                self.send(sender, ("alive", self.name))
            case "leave":
                self.send(self.myAddress, ActorExitRequest())
            case "leave the children":
                self.send(self.myAddress, ActorExitRequest(recursive=False))

    def _told(self, message: ActorSystemMessage) -> None:
        match message:
            case ActorExitRequest():
                self._note(("exit", self.name))
            case ChildActorExited(childAddress=lost):
                name = next((name for name, address in self.children.items() if address == lost), None)
                self.children.pop(name, None)
                self._note(("lost", name))

    def _note(self, entry: object) -> None:
        if self.recorder is not None:
            self.send(self.recorder, entry)


class Creator(Actor):  # type: ignore[misc]
    """Makes the child it is told to, and tells its asker how that went."""

    asker: ActorAddress | None = None
    made: ActorAddress | None = None

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case ("create", dict(arguments)):
                self.asker = sender
                self.made = self.createActor(**arguments)
                self.send(sender, "made")
            case ("pass", message):
                self.send(self.made, message)
            case ChildActorExited():
                self.send(self.asker, ("exited", msg.childAddress == self.made))
            case ActorSystemMessage():
                pass
            case _:
                self.send(self.asker, ("from child", msg, sender == self.made))


class Undertaker(Actor):  # type: ignore[misc]
    """Handles dead letters while it is told to, and keeps the messages."""

    def __init__(self) -> None:
        self.letters: list[object] = []

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case bool(on):
                self.handleDeadLetters(on)
                self.send(sender, "ok")
            case "letters?":
                self.send(sender, list(self.letters))
            case ActorSystemMessage() if hasattr(msg, "deadMessage"):
                dead = msg.deadMessage
                self.letters.append(type(dead).__name__ if isinstance(dead, ActorSystemMessage) else dead)


@troupe(max_count=3, idle_count=1)
class Hive(Actor):  # type: ignore[misc]
    """A troupe whose members square numbers."""

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        if isinstance(msg, int):
            self.send(sender, msg * msg)
