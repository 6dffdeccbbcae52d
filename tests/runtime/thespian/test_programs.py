"""Programs nobody has thought of: random chains of sends, creations, failures and exits end alike on both bases."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, ActorSystemMessage, PoisonMessage

from tests.runtime.thespian.actors import Refused
from tests.runtime.thespian.conftest import our_system, outcome_of, simple_system

Operation = tuple[Any, ...]


class Player(Actor):  # type: ignore[misc]
    """Does what a message says: operations one after the other, the last of which may pass the rest on."""

    def __init__(self) -> None:
        self.children: list[ActorAddress] = []
        self.name = "root"
        self.parent: ActorAddress | None = None
        self.outside: ActorAddress | None = None
        self.tries = 0

    def receiveMessage(self, msg: Any, sender: ActorAddress) -> None:
        match msg:
            case ("born", name, outside):
                self.name, self.parent, self.outside = name, sender, outside
            case PoisonMessage():
                self._say("poisoned")
            case ActorSystemMessage():
                pass
            case list():
                self.outside = self.outside or sender
                self.tries += 1
                if ("fail", self.tries) in msg:
                    raise Refused
                self.tries = 0
                for operation in msg:
                    self._do(operation)

    def _do(self, operation: Operation) -> None:
        match operation:
            case ("say", word):
                self._say(word)
            case ("make",):
                child = self.createActor(Player)
                self.send(child, ("born", f"{self.name}.{len(self.children)}", self.outside))
                self.children.append(child)
            case ("child", number, rest) if self.children:
                self.send(self.children[number % len(self.children)], rest)
            case ("parent", rest) if self.parent is not None:
                self.send(self.parent, rest)
            case ("self", rest):
                self.send(self.myAddress, rest)
            case ("end child", number) if self.children:
                self.send(self.children.pop(number % len(self.children)), ActorExitRequest())

    def _say(self, word: object) -> None:
        self.send(self.outside, (self.name, word))


_number = st.integers(0, 3)
_work: st.SearchStrategy[Operation] = st.one_of(
    st.tuples(st.just("say"), st.integers(0, 99)),
    st.just(("make",)),
    st.tuples(st.just("fail"), st.just(1)),
    st.tuples(st.just("fail"), st.just(2)),
)
_always_fails = st.just([("fail", tried) for tried in (1, 2, 3)])


def _message(rest: st.SearchStrategy[list[Operation]]) -> st.SearchStrategy[list[Operation]]:
    last: st.SearchStrategy[Operation] = st.one_of(
        st.tuples(st.just("child"), _number, rest),
        st.tuples(st.just("parent"), rest),
        st.tuples(st.just("self"), rest),
        st.tuples(st.just("end child"), _number),
    )
    return st.builds(lambda work, end: [*work, end], st.lists(_work, max_size=3), last)


_messages = st.recursive(st.lists(_work, max_size=3) | _always_fails, _message, max_leaves=4)


@settings(max_examples=40)
@given(st.lists(_messages, min_size=1, max_size=6))
def test_random_programs_end_alike(script: list[list[Operation]]) -> None:
    """After each `tell` the outside has heard the same from the same actors in the same order."""

    def program(system: ActorSystem) -> object:
        root = system.createActor(Player)
        return [_heard(system, root, message) for message in script]

    theirs = outcome_of(program, simple_system())
    assert outcome_of(program, our_system()) == theirs
    assert isinstance(theirs, list)


def _heard(system: ActorSystem, root: ActorAddress, message: list[Operation]) -> list[object]:
    system.tell(root, message)
    heard: list[object] = []
    while (word := system.listen(0.0001)) is not None:
        heard.append("poison" if isinstance(word, PoisonMessage) else word)
    return heard
