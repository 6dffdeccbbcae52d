"""A handler that waits: for an ask without a task, for anything else as one, and always as if it were a task."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from runtime import ActorSystem, Address, ChildSpec, life
from runtime.cell import Cell
from runtime.phases import Phase, Step
from runtime.testing import DeadLetterRecorder, ManualClock, settle
from tests.runtime.actors import Boom, Fail, Script, Wait, echo

Handler = Callable[[Script, object, Address], Coroutine[Any, Any, None]]


async def start(system: ActorSystem, handler: Handler, name: str = "asker", shutdown_s: float = 5.0) -> Address:
    return await system.start(ChildSpec(name, lambda: Script(handler), shutdown_s=shutdown_s))


async def passed_on(script: Script, message: object, _sender: Address) -> None:
    """Ask the echo and reply with its answer."""
    script.reply(await script.ask(script.find("echo"), message, deadline_s=60))


async def known_echo(system: ActorSystem) -> Address:
    return await system.start(ChildSpec("echo", echo().factory, well_known=True))


async def test_a_handler_that_asks_needs_no_task(system: ActorSystem) -> None:
    """It waits, others work meanwhile, and it goes on with the answer, many times in one handler."""
    await known_echo(system)
    tasks: list[int] = []

    async def handle(script: Script, message: object, _sender: Address) -> None:
        for number in range(10):
            assert await script.ask(script.find("echo"), number, deadline_s=60) == number
        tasks.append(len(system._kernel.tasks))
        script.reply(message)

    askers = [await start(system, handle, f"asker {number}") for number in range(5)]
    assert await asyncio.gather(*(system.ask(asker, "done", deadline_s=60) for asker in askers)) == ["done"] * 5
    assert tasks == [0] * 5


async def test_the_mailbox_waits_while_the_handler_asks(system: ActorSystem) -> None:
    """One message at a time, in order, also when each handler waits for an answer."""
    await known_echo(system)
    asker = await start(system, passed_on)
    answers = [system.ask(asker, number, deadline_s=60) for number in range(20)]
    assert await asyncio.gather(*answers) == list(range(20))


async def test_an_ask_in_a_task_of_the_handlers_own(system: ActorSystem) -> None:
    """Asks gathered by a handler run side by side and are answered like others."""
    await known_echo(system)

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        to = script.find("echo")
        script.reply(await asyncio.gather(*(script.ask(to, number, deadline_s=60) for number in range(3))))

    assert await system.ask(await start(system, handle), "go", deadline_s=60) == [0, 1, 2]


async def test_an_ask_after_another_wait(system: ActorSystem) -> None:
    """A handler that has become a task still gets its answers."""
    await known_echo(system)

    async def handle(script: Script, message: object, sender: Address) -> None:
        await asyncio.sleep(0)
        await passed_on(script, message, sender)

    assert await system.ask(await start(system, handle), "go", deadline_s=60) == "go"


@pytest.mark.loses("interrupted")
async def test_a_timeout_ends_an_ask(system: ActorSystem) -> None:
    """`asyncio.timeout` ends a handler's wait for an answer, and only that."""
    await known_echo(system)

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        try:
            async with asyncio.timeout(0.001):
                await script.ask(script.find("echo"), Wait(), deadline_s=60)
        except TimeoutError:
            script.reply("timed out")

    assert await system.ask(await start(system, handle), "go", deadline_s=60) == "timed out"


async def test_a_cancellation_before_the_first_wait_ends_that_wait(system: ActorSystem) -> None:
    """As with a task: a handler that cancels itself is cancelled at its next wait, whatever for."""
    await known_echo(system)
    seen: list[str] = []

    async def handle(script: Script, message: object, _sender: Address) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        task.cancel()
        assert (task.cancelling(), task.done(), task.get_name()) == (2, False, "turn")
        assert (task.uncancel(), task.get_loop()) == (1, asyncio.get_running_loop())
        try:
            await (script.ask(script.find("echo"), 1, deadline_s=60) if message == "ask" else asyncio.Event().wait())
        except asyncio.CancelledError:
            seen.append(f"{message} cancelled")
            assert (task.cancelling(), task.done(), task.uncancel()) == (1, False, 0)
            assert task.get_name() == "Script"
        script.reply("done")

    asker = await start(system, handle)
    for message in ("ask", "wait"):
        assert await system.ask(asker, message, deadline_s=60) == "done"
    assert seen == ["ask cancelled", "wait cancelled"]


async def test_a_cancellation_that_meets_no_wait_is_void(system: ActorSystem) -> None:
    """A handler that cancels itself and ends harms no later one."""
    await known_echo(system)

    async def handle(script: Script, message: object, sender: Address) -> None:
        task = asyncio.current_task()
        assert task is not None
        if message == "cancel":
            task.cancel()
            script.reply(message)
        else:
            await passed_on(script, message, sender)

    asker = await start(system, handle)
    assert await system.ask(asker, "cancel", deadline_s=60) == "cancel"
    assert await system.ask(asker, "ask", deadline_s=60) == "ask"


@pytest.mark.parametrize("swallowed", [False, True])
@pytest.mark.loses("interrupted")
async def test_a_stop_interrupts_an_ask(system: ActorSystem, clock: ManualClock, swallowed: bool) -> None:
    """A handler that waits for an answer gets CancelledError; nothing of the ask is left."""
    await known_echo(system)
    diary: list[str] = []

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        try:
            await script.ask(script.find("echo"), Wait(), deadline_s=60)
        except asyncio.CancelledError:
            diary.append("interrupted")
            if not swallowed:
                raise

    asker = await start(system, handle)
    system.send(asker, "go")
    await settle()
    await system.shutdown()
    assert diary == ["interrupted"]
    assert clock.pending == 0
    assert not system._kernel.busy


@pytest.mark.parametrize("hook", ["started", "handler"])
@pytest.mark.loses("stopped", "interrupted")
async def test_an_answer_before_the_interruption_counts(system: ActorSystem, hook: str) -> None:
    """A stop that comes when the answer is there already does not undo it, nor is its cancellation left for others."""
    target = await known_echo(system)
    diary: list[object] = []

    async def ask(script: Script, *_: object) -> None:
        diary.append(await script.ask(target, Wait(), deadline_s=60))

    class Asker(Script):
        async def stopped(self) -> None:
            await asyncio.sleep(0)
            diary.append("stopped")

    on_start = ask if hook == "started" else lambda _: None
    starting = asyncio.create_task(system.start(ChildSpec("asker", lambda: Asker(ask, on_start), well_known=True)))
    system.send(system.find("asker"), "go")
    await settle()
    cell = system.find("asker").endpoint
    assert isinstance(cell, Cell)
    assert cell.worker is not None
    assert cell.worker.parked is not None
    cell.worker.parked.deliver("answer", target)
    life.request_end(cell, "normal")
    await settle()
    await starting
    assert diary == ["answer", "stopped"]


@pytest.mark.loses("interrupted", "stopped")
async def test_an_ask_that_ignores_its_stop_is_killed(system: ActorSystem, clock: ManualClock) -> None:
    """A handler that asks on through its cancellation is let go at its budget, and has its actor no more from then."""
    release = Wait()
    target = await known_echo(system)
    ended: list[str] = []

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        while not ended:
            try:
                await script.ask(target, release, deadline_s=600)
                ended.append("answered")
            except asyncio.CancelledError:
                continue
            except AttributeError:
                ended.append("cut off")

    asker = await start(system, handle, shutdown_s=2)
    system.send(asker, "go")
    await settle()
    stopping = asyncio.create_task(system.shutdown())
    await clock.advance(1.9)
    assert not stopping.done()
    await clock.advance(0.1)
    await stopping
    await settle()
    assert ended == ["cut off"]


async def test_a_start_hook_that_asks(system: ActorSystem) -> None:
    """`started` may ask; the actor is up when it has its answer, and its messages wait."""
    target = await known_echo(system)
    seen: list[object] = []

    async def begin(script: Script) -> None:
        seen.append(await script.ask(target, "hook", deadline_s=60))

    spec = ChildSpec("asker", lambda: Script(lambda _s, message, _a: seen.append(message), begin))
    early = system.find("asker")
    system.send(early, "message")
    await system.start(ChildSpec("asker", spec.factory, well_known=True))
    await settle()
    assert seen == ["hook", "message"]


async def test_a_failed_ask_fails_the_asker(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """The other side's error is raised where the handler waits, and is the handler's if it does not catch it."""
    await known_echo(system)
    asker = await start(system, passed_on)
    system.send(asker, Fail())
    await settle()
    letters.expect("failed", "failed")
    assert {cell.name: cell.last_error for cell in system.cells()} == {"echo": "Boom", "asker": "ActorFailed"}


async def test_any_awaitable_that_a_handler_returns_is_awaited(system: ActorSystem) -> None:
    """A plain handler may return an object that can be awaited."""
    seen: list[str] = []

    class Awaitable:
        def __await__(self) -> Generator[Any, Any, None]:
            seen.append("begun")
            yield from asyncio.sleep(0).__await__()
            seen.append("ended")

    target = await system.start(ChildSpec("t", Script))
    system._kernel.names.clear()
    cell = next(iter(system._root.children.oldest_first()))  # type: ignore[union-attr]
    cell.receive = lambda _message, _sender: Awaitable()
    system.send(target, "go")
    await settle()
    assert seen == ["begun", "ended"]


def test_what_ends_the_loop_does_not_end_the_system() -> None:
    """A KeyboardInterrupt in a handler leaves the loop, and the system can still be stopped in order."""
    diary: list[str] = []

    async def interrupt(_script: Script, _message: object, _sender: Address) -> None:
        raise KeyboardInterrupt

    async def begin() -> tuple[ActorSystem, Address]:
        system = ActorSystem(clock=ManualClock())
        await system.start(echo("other", diary))
        return system, await start(system, interrupt)

    with asyncio.Runner() as runner:
        system, target = runner.run(begin())
        system.send(target, "go")
        with pytest.raises(KeyboardInterrupt):
            runner.get_loop().run_forever()
        runner.run(system.shutdown())
    assert diary == ["other started", "other stopped"]


def test_only_a_task_drives_a_worker() -> None:
    """A worker is awaited by nobody."""

    async def run() -> None:
        system = ActorSystem(clock=ManualClock())
        with pytest.raises(TypeError):
            system._kernel._worker.__await__()
        system._kernel._worker.close()

    asyncio.run(run())
    assert issubclass(Boom, Exception)


@pytest.mark.loses("interrupted")
async def test_a_kill_between_the_answer_and_its_turn(system: ActorSystem) -> None:
    """The handler that was answered and killed goes on as a cancelled task; the next generation is not confused."""
    target = await known_echo(system)
    diary: list[str] = []

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        try:
            await script.ask(target, Wait(), deadline_s=60)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            diary.append("cancelled")
            raise

    async def begin(_script: Script) -> None:
        diary.append("begun")
        await asyncio.sleep(0)
        diary.append("up")

    asker = await system.start(ChildSpec("asker", lambda: Script(handle, begin)))
    system.send(asker, "go")
    await settle()
    cell = asker.endpoint
    assert isinstance(cell, Cell)
    assert cell.worker is not None
    assert cell.worker.parked is not None
    cell.worker.parked.deliver("answer", target)
    assert cell.worker.is_awake
    life.kill(cell)
    cell.signal(Step.START)
    await settle()
    assert sorted(diary) == ["begun", "begun", "cancelled", "up", "up"]
    assert cell.phase is Phase.UP


async def test_a_cancellation_after_an_answer_is_for_the_next_wait(system: ActorSystem) -> None:
    """A handler that cancels itself between two asks is cancelled at the second."""
    target = await known_echo(system)

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        answers = [await script.ask(target, 1, deadline_s=60)]
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            answers.append(await script.ask(target, 2, deadline_s=60))
        except asyncio.CancelledError:
            answers.append("cancelled")
        await asyncio.sleep(0)
        script.reply(answers)

    assert await system.ask(await start(system, handle), "go", deadline_s=60) == [1, "cancelled"]


async def test_a_cancellation_reaches_what_the_handler_waits_for(system: ActorSystem) -> None:
    """As in a task, work gathered in a timeout that is over at once is cancelled with it."""
    diary: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            diary.append("cancelled")
            raise

    async def handle(script: Script, message: object, _sender: Address) -> None:
        try:
            async with asyncio.timeout(0):
                await asyncio.gather(work(), work())
        except TimeoutError:
            script.reply(message)

    assert await system.ask(await start(system, handle), "over", deadline_s=60) == "over"
    assert diary == ["cancelled", "cancelled"]


class Uncommon(BaseException):
    """Neither an Exception nor an end of the loop."""


@pytest.mark.parametrize("wait", [asyncio.sleep, None], ids=["waited as a task", "parked at an ask"])
@pytest.mark.loses("failed")
async def test_an_uncommon_error_after_a_wait_is_a_failure(system: ActorSystem, wait: Any) -> None:
    """The actor is restarted and handles what comes next."""
    target = await known_echo(system)

    async def handle(script: Script, message: object, _sender: Address) -> None:
        await (script.ask(target, 1, deadline_s=60) if wait is None else wait(0))
        if message == "fail":
            raise Uncommon
        script.reply(message)

    asker = await start(system, handle)
    system.send(asker, "fail")
    assert await system.ask(asker, "next", deadline_s=60) == "next"
