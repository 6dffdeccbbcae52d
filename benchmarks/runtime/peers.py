"""The peers, each used as its own guide says."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pykka
import xoscar
from thespian.actors import Actor as ThespianActor
from thespian.actors import ActorExitRequest, ActorSystem, ChildActorExited


class Rally(ThespianActor):
    """Thespian: sends numbers back until they reach the count, and tells who began."""

    def receiveMessage(self, message: object, sender: object) -> None:
        match message:
            case ("begin", other, count):
                self.starter = sender
                self.send(other, (0, count))
            case (number, count) if number < count:
                self.send(sender, (number + 1, count))
                if number + 2 > count and hasattr(self, "starter"):
                    self.send(self.starter, "done")
            case _ if hasattr(self, "starter"):
                self.send(self.starter, "done")


class Echo(ThespianActor):
    """Thespian: answers."""

    def receiveMessage(self, message: object, sender: object) -> None:
        if isinstance(message, int):
            self.send(sender, message)


class House(ThespianActor):
    """Thespian: makes children and ends them."""

    def receiveMessage(self, message: object, sender: object) -> None:
        match message:
            case ("end", count):
                self.left, self.starter = count, sender
                for _ in range(count):
                    self.send(self.createActor(Echo), ActorExitRequest())
            case ChildActorExited():
                self.left -= 1
                if not self.left:
                    self.send(self.starter, "done")


def thespian(base: str) -> dict[str, Callable[[int], dict[str, float]]]:
    """The cases on one of Thespian's own bases."""

    def with_system(case: Callable[[Any, int], dict[str, float]]) -> Callable[[int], dict[str, float]]:
        def run(count: int) -> dict[str, float]:
            system = ActorSystem(base)
            try:
                return case(system, count)
            finally:
                system.shutdown()

        return run

    def plain(system: Any, count: int) -> dict[str, float]:
        one, two = system.createActor(Rally), system.createActor(Rally)
        began = time.perf_counter()
        system.ask(one, ("begin", two, count), 300)
        return {"rate": count / (time.perf_counter() - began)}

    def ask(system: Any, count: int) -> dict[str, float]:
        echo = system.createActor(Echo)
        began = time.perf_counter()
        for number in range(count):
            system.ask(echo, number, 60)
        return {"rate": count / (time.perf_counter() - began)}

    def create(system: Any, count: int) -> dict[str, float]:
        house = system.createActor(House)
        began = time.perf_counter()
        system.ask(house, ("end", count), 300)
        return {"rate": count / (time.perf_counter() - began)}

    def memory(system: Any, count: int) -> dict[str, float]:
        before = _memory()
        for _ in range(count):
            system.ask(system.createActor(Echo), 0, 60)
        others = same_command(sys.argv)
        if not others:
            return {"bytes": (_memory() - before) / count}
        return {"bytes": sum(process.memory_full_info().uss for process in others) / len(others)}

    cases = {"plain": plain, "ask": ask, "create": create, "memory": memory}
    return {name: with_system(case) for name, case in cases.items()}


def same_command(arguments: list[str]) -> list[psutil.Process]:
    """The processes that a measurement has forked: they keep its arguments, the last of which is this run's own."""
    found = [process for process in psutil.process_iter() if process.pid != os.getpid()]
    return [process for process in found if _arguments(process)[-len(arguments) + 1 :] == arguments[1:]]


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _memory() -> int:
    return psutil.Process(os.getpid()).memory_info().rss


class PykkaEcho(pykka.ThreadingActor):
    """Pykka: answers."""

    def on_receive(self, message: Any) -> Any:
        """Answer."""
        return message


class PykkaRally(pykka.ThreadingActor):
    """Pykka: sends back until there were enough."""

    def __init__(self, left: int, done: Any) -> None:
        super().__init__()
        self.left = left
        self.done = done
        self.other: Any = None

    def on_receive(self, message: Any) -> Any:
        """Send it back."""
        if isinstance(message, pykka.ActorRef):
            self.other = message
            return
        self.left -= 1
        if self.left > 0:
            self.other.tell(message)
        elif not self.done.is_set():
            self.done.set()


class PykkaAsker(pykka.ThreadingActor):
    """Pykka: asks one after the other."""

    def __init__(self, echo: Any) -> None:
        super().__init__()
        self.echo = echo

    def on_receive(self, message: Any) -> Any:
        """Ask so many times."""
        for number in range(message):
            self.echo.ask(number)


def pykka_plain(count: int) -> dict[str, float]:
    """Ping-pong."""
    done = threading.Event()
    one, two = PykkaRally.start(count // 2, done), PykkaRally.start(count // 2, done)
    one.ask(two)
    two.ask(one)
    began = time.perf_counter()
    one.tell(0)
    done.wait()
    rate = count / (time.perf_counter() - began)
    pykka.ActorRegistry.stop_all()
    return {"rate": rate}


def pykka_ask(count: int) -> dict[str, float]:
    """Round trips from an actor."""
    asker = PykkaAsker.start(PykkaEcho.start())
    began = time.perf_counter()
    asker.ask(count)
    rate = count / (time.perf_counter() - began)
    pykka.ActorRegistry.stop_all()
    return {"rate": rate}


def pykka_create(count: int) -> dict[str, float]:
    """Made and stopped."""
    began = time.perf_counter()
    for _ in range(count):
        PykkaEcho.start().stop()
    return {"rate": count / (time.perf_counter() - began)}


def pykka_memory(count: int) -> dict[str, float]:
    """Idle actors, each in its thread."""
    before = _memory()
    actors = [PykkaEcho.start() for _ in range(count)]
    for actor in actors:
        actor.ask(0)
    used = (_memory() - before) / count
    pykka.ActorRegistry.stop_all()
    return {"bytes": used}


class XoscarActor(xoscar.Actor):  # type: ignore[misc]  # no types
    """xoscar: answers, asks, sends back."""

    async def meet(self, other: Any, done: bool) -> None:
        """Know the other."""
        self.other = other
        self.done = done

    async def rally(self, left: int) -> None:
        """Send it back."""
        if left:
            await self.other.rally.tell(left - 1)
        else:
            self.done = True

    async def is_done(self) -> bool:
        """Whether the last one came here."""
        return self.done

    async def echo(self, value: object) -> object:
        """Answer."""
        return value

    async def drive(self, count: int) -> None:
        """Ask so many times."""
        for number in range(count):
            await self.other.echo(number)


async def _xoscar(case: Callable[[Any, int], Awaitable[dict[str, float]]], count: int) -> dict[str, float]:
    pool = await xoscar.create_actor_pool("127.0.0.1:0", n_process=0)
    try:
        return await case(lambda uid: xoscar.create_actor(XoscarActor, address=pool.external_address, uid=uid), count)
    finally:
        await pool.stop()


async def _xoscar_pair(make: Any) -> tuple[Any, Any]:
    one, two = await make("one"), await make("two")
    await one.meet(two, False)
    await two.meet(one, False)
    return one, two


async def _xoscar_plain(make: Any, count: int) -> dict[str, float]:
    one, two = await _xoscar_pair(make)
    began = time.perf_counter()
    await one.rally.tell(count)
    while not await one.is_done() and not await two.is_done():  # noqa: ASYNC110  # it has no other way to tell
        await asyncio.sleep(0.002)
    return {"rate": count / (time.perf_counter() - began)}


async def _xoscar_ask(make: Any, count: int) -> dict[str, float]:
    one, _ = await _xoscar_pair(make)
    began = time.perf_counter()
    await one.drive(count)
    return {"rate": count / (time.perf_counter() - began)}


async def _xoscar_create(make: Any, count: int) -> dict[str, float]:
    began = time.perf_counter()
    for number in range(count):
        await xoscar.destroy_actor(await make(str(number)))
    return {"rate": count / (time.perf_counter() - began)}


async def _xoscar_memory(make: Any, count: int) -> dict[str, float]:
    before = _memory()
    actors = [await make(str(number)) for number in range(count)]
    for actor in actors:
        await actor.echo(0)
    return {"bytes": (_memory() - before) / count}


def xoscar_case(case: Callable[[Any, int], Awaitable[dict[str, float]]]) -> Callable[[int], dict[str, float]]:
    """A case that can be called."""
    return lambda count: asyncio.run(_xoscar(case, count))


PYKKA = {"plain": pykka_plain, "ask": pykka_ask, "create": pykka_create, "memory": pykka_memory}
XOSCAR = {
    "plain": xoscar_case(_xoscar_plain),
    "ask": xoscar_case(_xoscar_ask),
    "create": xoscar_case(_xoscar_create),
    "memory": xoscar_case(_xoscar_memory),
}
