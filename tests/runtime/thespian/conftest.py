"""What the conformance tests share: the same program on Thespian's own base and on ours, and what each must answer."""

import logging
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from thespian.actors import ActorAddress, ActorSystem

from runtime.system_base import ActorSystemBase

Program = Callable[[ActorSystem], object]
OnBoth = Callable[[Program], object]

CAPABILITIES = {"colour": "red", "wheels": 4, "empty": ""}


def our_system(capabilities: dict[str, Any] | None = None, **options: Any) -> ActorSystem:
    """An ActorSystem on our base, made as Thespian makes its own."""
    known = dict(CAPABILITIES) if capabilities is None else capabilities
    holder = SimpleNamespace(capabilities=known, systemAddress=ActorAddress("/ActorSys"))
    return ActorSystem(ActorSystemBase(holder, **options), known, transientUnique=True)


def simple_system() -> ActorSystem:
    """An ActorSystem on Thespian's simpleSystemBase."""
    return ActorSystem("simpleSystemBase", dict(CAPABILITIES), logDefs=False, transientUnique=True)


def outcome_of(program: Program, system: ActorSystem) -> object:
    """What the program returns on the system, or the type of what it raises."""
    try:
        return program(system)
    except Exception as error:
        return type(error)
    finally:
        system.shutdown()


@pytest.fixture(autouse=True)
def nothing_lingers() -> Iterator[None]:
    """After a test every thread it made ends; Thespian's warnings about failing actors are not for the terminal."""
    logging.getLogger("Thespian").setLevel(logging.CRITICAL)
    before = set(threading.enumerate())
    yield
    since = [thread for thread in threading.enumerate() if thread not in before]
    for thread in since:
        thread.join(10)
    assert {thread.name for thread in since if thread.is_alive()} == set()


@pytest.fixture
def on_both() -> OnBoth:
    """Run a program on both bases; they must agree, and what they agree on is returned."""

    def run(program: Program) -> object:
        theirs = outcome_of(program, simple_system())
        ours = outcome_of(program, our_system())
        assert ours == theirs
        return ours

    return run


@pytest.fixture
def ours() -> Iterator[ActorSystem]:
    """A system on our base, for what simpleSystemBase cannot do or does against the guide."""
    system = our_system()
    yield system
    system.shutdown()
