"""What an actor is promised: order, one message at a time, asks that end, timers, pipes, watches."""

import asyncio
import contextvars
import time
from collections.abc import Awaitable

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import (
    Actor,
    ActorDead,
    ActorFailed,
    ActorSystem,
    Address,
    AskTimeout,
    ChildSpec,
    Mailbox,
    MailboxFull,
    MisuseError,
    NameTaken,
    NotAnActor,
    Overflow,
    Restart,
    StartFailed,
    Terminated,
    WorkCancelled,
)
from runtime.testing import DeadLetterRecorder, ManualClock, Probe, settle
from tests.runtime.actors import Boom, Echo, Fail, Leave, Script, Wait, echo


async def test_one_message_at_a_time(system: ActorSystem) -> None:
    """A handler that awaits never overlaps with another of the same actor, whoever sends."""
    running = most = 0

    async def handle(_script: Script, _message: object, _sender: Address) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    target = await system.start(ChildSpec("one", lambda: Script(handle)))
    for round_ in range(100):
        probe = await Probe.start(system, f"sender {round_}")
        for number in range(10):
            probe.send(target, number)
    await settle()
    assert most == 1
    assert next(c.handled for c in system.cells() if c.name == "one") == 1000


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=60))
def test_messages_of_one_sender_keep_their_order(sends: list[tuple[int, bool]]) -> None:
    """Whatever the senders' interleaving and the handlers' pauses, each sender's messages arrive as sent."""

    async def run() -> None:
        system = ActorSystem(clock=ManualClock())
        seen: dict[int, list[int]] = {}

        async def handle(_script: Script, message: object, _sender: Address) -> None:
            sender, number, pauses = message  # type: ignore[misc]
            if pauses:  # type: ignore[has-type]
                await asyncio.sleep(0)
            seen.setdefault(sender, []).append(number)  # type: ignore[has-type]

        target = await system.start(ChildSpec("target", lambda: Script(handle)))
        probes = [await Probe.start(system, f"p{n}") for n in range(4)]
        for number, (sender, pauses) in enumerate(sends):
            probes[sender].send(target, (sender, number, pauses))
        await settle()
        assert seen == {s: [n for n, (by, _) in enumerate(sends) if by == s] for s in {by for by, _ in sends}}
        await system.shutdown()

    asyncio.run(run())


async def test_reply_reaches_the_sender(system: ActorSystem) -> None:
    """`reply` goes to the sender of the message being handled, from the actor's address."""
    probe = await Probe.start(system)
    target = await system.start(echo())
    probe.send(target, "hello")
    await settle()
    assert probe.received == [("hello", target)]


async def test_ask_returns_the_answer(system: ActorSystem) -> None:
    """`ask` returns what the other side replied, at once or after a pause."""
    target = await system.start(echo())
    assert await system.ask(target, 42, deadline_s=1) == 42
    event = asyncio.Event()
    waiting = asyncio.create_task(system.ask(target, Wait(event), deadline_s=1))
    await settle()
    event.set()
    assert await waiting == "waited"


async def test_ask_ends_when_the_handler_raises(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """A failed handler answers ActorFailed with type names only; the message is a dead letter; the actor lives on."""
    target = await system.start(echo())
    with structlog.testing.capture_logs() as logs, pytest.raises(ActorFailed) as failure:
        await system.ask(target, Fail("Anna's number"), deadline_s=1)
    assert "Anna" not in repr(failure.value) + str(failure.value) + repr(logs)
    assert failure.value.error_type == "Boom"
    assert [entry["error"] for entry in logs if entry["event"] == "actor_failed"] == ["Boom"]
    letters.expect("failed")
    assert await system.ask(target, "again", deadline_s=1) == "again"


async def test_ask_ends_at_its_deadline(system: ActorSystem, clock: ManualClock, letters: DeadLetterRecorder) -> None:
    """Without an answer `ask` raises AskTimeout at the deadline, and a late reply is a dead letter."""
    target = await system.start(echo())
    event = asyncio.Event()
    waiting = asyncio.create_task(system.ask(target, Wait(event), deadline_s=5))
    await clock.advance(4.9)
    assert not waiting.done()
    await clock.advance(0.1)
    with pytest.raises(AskTimeout):
        await waiting
    assert (system.snapshot().asks, system.snapshot().ask_timeouts) == (1, 1)
    event.set()
    await settle()
    letters.expect("late_reply")
    assert clock.pending == 0


@pytest.mark.loses("stopped", "interrupted")
async def test_ask_ends_when_the_actor_is_dead_or_dies(system: ActorSystem) -> None:
    """A dead actor answers ActorDead, and so does one that stops with the request in its mailbox or in its hands."""
    target = await system.start(echo(restart=Restart.TEMPORARY))
    asks = [asyncio.create_task(system.ask(target, message, deadline_s=60)) for message in (Wait(), "waiting")]
    await settle()
    await system.shutdown()
    for ask in [*asks, asyncio.create_task(system.ask(target, "late", deadline_s=60))]:
        with pytest.raises(ActorDead):
            await ask


async def test_ask_ends_when_the_message_is_unknown(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """An unhandled message is a dead letter and answers ActorFailed."""
    target = await system.start(ChildSpec("mute", Actor))
    with pytest.raises(ActorFailed):
        await system.ask(target, "?", deadline_s=1)
    letters.expect("unhandled")


async def test_ask_demands_a_deadline(system: ActorSystem) -> None:
    """A deadline that is not in the future, or no actor, is the caller's mistake."""
    target = await system.start(echo())
    with pytest.raises(MisuseError):
        await system.ask(target, 1, deadline_s=0)
    with pytest.raises(NotAnActor):
        await system.ask("echo", 1, deadline_s=1)  # type: ignore[arg-type]


@pytest.mark.loses("interrupted")
async def test_a_cancelled_ask_leaves_nothing(system: ActorSystem, clock: ManualClock) -> None:
    """Cancelling an ask frees its timer; the answer to it is a dead letter."""
    target = await system.start(echo())
    waiting = asyncio.create_task(system.ask(target, Wait(), deadline_s=60))
    await settle()
    waiting.cancel()
    await settle()
    assert clock.pending == 0


async def test_a_stop_interrupts_a_handler_that_waits(system: ActorSystem, letters: DeadLetterRecorder) -> None:
    """A stop reaches an actor whose handler waits for something that never comes: CancelledError, then `stopped`."""
    diary: list[str] = []

    async def handle(_script: Script, _message: object, _sender: Address) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            diary.append("interrupted")
            raise

    address: list[Address] = []

    def parent(script: Script, message: object, _sender: Address) -> None:
        if message == "stop":
            script.stop_child(address[0])
        else:
            diary.append(type(message).__name__)

    spec = ChildSpec("child", lambda: Script(handle))
    boss = await system.start(ChildSpec("p", lambda: Script(parent, lambda s: address.append(s.spawn(spec)))))
    system.send(address[0], "go")
    await settle()
    system.send(boss, "stop")
    await settle()
    assert diary == ["interrupted", "Terminated"]
    letters.expect("interrupted")


@pytest.mark.loses("stopped")
async def test_exit_is_not_starved_by_a_flood(system: ActorSystem) -> None:
    """With 100,000 messages waiting, a stop is handled before any of them."""
    handled = 0

    class Flooded(Actor):
        mailbox = Mailbox(capacity=100_000)

        async def receive(self, message: object, sender: Address) -> None:
            nonlocal handled
            handled += 1

    target = await system.start(ChildSpec("flooded", Flooded))
    for number in range(100_000):
        system.send(target, number)
    await system.shutdown()
    assert handled == 0
    assert system.snapshot().dead_letters_total == {"stopped": 100_000}


async def test_a_flooded_actor_does_not_hold_the_others(system: ActorSystem) -> None:
    """Another actor gets its turn before a flooded one has emptied its mailbox."""
    handled = 0

    def slow(_script: Script, _message: object, _sender: Address) -> None:
        nonlocal handled
        handled += 1

    flooded = await system.start(ChildSpec("flooded", lambda: Script(slow)))
    other = await system.start(ChildSpec("other", lambda: Script(lambda s, _m, _a: s.reply(handled))))
    for number in range(1000):
        system.send(flooded, number)
    before_the_other = await system.ask(other, "how many?", deadline_s=1)
    assert isinstance(before_the_other, int)
    assert before_the_other < 100


@pytest.mark.loses("stopped")
async def test_the_loop_turns_while_actors_never_rest(system: ActorSystem) -> None:
    """Two actors that send to each other without end leave the loop to others every few milliseconds."""

    def forever(script: Script, message: object, sender: Address) -> None:
        script.send(message if isinstance(message, Address) else sender, "x")

    one = await system.start(ChildSpec("one", lambda: Script(forever)))
    two = await system.start(ChildSpec("two", lambda: Script(forever)))
    system.send(one, two)
    begun = time.monotonic()
    for _ in range(10):
        await asyncio.sleep(0)
    assert time.monotonic() - begun < 5


async def test_watchers_are_told_exactly_once(system: ActorSystem) -> None:
    """One Terminated per watcher however often it watched, after what the ended one sent, and also when it is late."""
    probe = await Probe.start(system)
    target = await system.start(echo(restart=Restart.TEMPORARY))
    probe.watch(target)
    probe.watch(target)
    probe.send(target, "last words")
    probe.send(target, Leave())
    await settle()
    assert probe.messages == ["last words", Terminated(target, "echo", "normal")]
    probe.watch(target)
    await settle()
    assert probe.messages[2:] == [Terminated(target, "echo", "normal")]


@pytest.mark.loses("failed")
async def test_watching_survives_a_restart_of_the_watched(system: ActorSystem) -> None:
    """A restart is no end."""
    probe = await Probe.start(system)
    target = await system.start(echo())
    probe.watch(target)
    probe.send(target, Fail())
    probe.send(target, "alive")
    await settle()
    assert probe.messages == ["alive"]


async def test_watching_an_ask_ends_with_it(system: ActorSystem) -> None:
    """Who watches the asker learns when the ask has ended."""
    told: list[object] = []

    async def handle(script: Script, message: object, sender: Address) -> None:
        if message == "ask":
            script.watch(sender)
        else:
            told.append(message)

    target = await system.start(ChildSpec("t", lambda: Script(handle)))
    asked = asyncio.create_task(system.ask(target, "ask", deadline_s=60))
    await settle()
    assert told == []
    asked.cancel()
    await settle()
    assert [type(m) for m in told] == [Terminated]


async def test_timers_arrive_in_order_and_can_be_cancelled(system: ActorSystem, clock: ManualClock) -> None:
    """A timer's message comes from the actor itself at its time; a cancelled one never does."""
    seen: list[tuple[object, bool, float]] = []

    def start(script: Script) -> None:
        script.timer(2, "second")
        script.timer(1, "first")
        script.timer(1.5, "never").cancel()

    def handle(script: Script, message: object, sender: Address) -> None:
        seen.append((message, sender == script.address, script.clock.now()))

    await system.start(ChildSpec("t", lambda: Script(handle, start)))
    await clock.advance(10)
    assert seen == [("first", True, 1.0), ("second", True, 2.0)]


@pytest.mark.loses("failed")
async def test_timers_and_pipes_of_a_dead_generation_never_arrive(system: ActorSystem, clock: ManualClock) -> None:
    """After a restart the new instance hears nothing of what the old one had ordered."""
    seen: list[object] = []
    done = asyncio.Event()

    async def work() -> object:
        await done.wait()
        return "piped"

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "order":
            script.timer(1, "timer")
            script.pipe(work(), failed=lambda error: error)
        elif message == "fail":
            raise Boom
        else:
            seen.append(message)

    target = await system.start(ChildSpec("t", lambda: Script(handle)))
    for message in ("order", "fail", "after"):
        system.send(target, message)
    await settle()
    done.set()
    await clock.advance(10)
    assert seen == ["after"]


@pytest.mark.loses("failed")
async def test_what_had_arrived_for_a_dead_generation_goes_with_it(system: ActorSystem, clock: ManualClock) -> None:
    """A timer and a result in the mailbox of an actor that fails are not for its successor; others' words are."""
    seen: list[object] = []
    hold = Wait()

    async def work() -> object:
        return "piped"

    async def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "order":
            script.timer(1, "timer")
            script.pipe(work(), failed=lambda error: error)
            script.send(script.address, "to oneself")
            await hold.event.wait()
            raise Boom
        seen.append(message)

    target = await system.start(ChildSpec("t", lambda: Script(handle)))
    system.send(target, "order")
    system.send(target, "after")
    await clock.advance(2)
    hold.event.set()
    await settle()
    assert seen == ["after", "to oneself"]
    assert system.snapshot().dead_letters_total == {"failed": 1, "obsolete": 2}


@pytest.mark.loses("refused")
async def test_a_message_is_as_old_as_it_is(system: ActorSystem, clock: ManualClock) -> None:
    """Its age counts from when it was sent, also where nothing else happened for long."""
    hold = Wait()
    target = await system.start(echo())
    system.send(target, hold)
    await settle()
    await clock.advance(50)
    system.send(target, "now")
    (cell,) = system.cells()
    assert cell.oldest_age_s == 0
    hold.event.set()
    await settle()


async def test_an_error_of_the_mailboxs_own_is_not_the_senders(system: ActorSystem) -> None:
    """Only what cannot be addressed is called no actor; a `key` that raises says so itself."""

    class Picky(Echo):
        mailbox = Mailbox(overflow=Overflow.COALESCE, key=lambda message: message.key)  # type: ignore[attr-defined]

    target = await system.start(ChildSpec("picky", Picky))
    probe = await Probe.start(system)
    with pytest.raises(AttributeError):
        probe.send(target, "has no key")


@pytest.mark.parametrize(
    ("outcome", "expected"), [("result", "result"), (Boom(), "Boom"), (asyncio.CancelledError(), "WorkCancelled")]
)
async def test_a_pipe_sends_its_outcome_to_the_actor(system: ActorSystem, outcome: object, expected: str) -> None:
    """The result, or what `failed` makes of the error, arrives as a message; the mailbox does not wait meanwhile."""
    seen: list[object] = []
    go = asyncio.Event()

    async def work() -> object:
        await go.wait()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def handle(script: Script, message: object, _sender: Address) -> None:
        if message == "order":
            script.pipe(work(), failed=lambda error: type(error).__name__)
        else:
            seen.append(message)

    target = await system.start(ChildSpec("t", lambda: Script(handle)))
    system.send(target, "order")
    system.send(target, "between")
    await settle()
    go.set()
    await settle()
    assert seen == ["between", expected]
    assert issubclass(WorkCancelled, Exception)


async def test_a_pipe_whose_translation_fails_fails_the_actor(system: ActorSystem) -> None:
    """When `failed` itself raises, the actor fails as if its handler had."""

    async def work() -> object:
        raise Boom

    def wrong(_error: Exception) -> object:
        raise ZeroDivisionError

    target = await system.start(ChildSpec("t", lambda: Script(lambda s, _m, _a: s.pipe(work(), failed=wrong))))
    system.send(target, "go")
    await settle()
    (cell,) = system.cells()
    assert (cell.generation, cell.last_error) == (2, "ZeroDivisionError")


@pytest.mark.loses("refused")
async def test_a_found_name_takes_messages_before_its_actor_exists(system: ActorSystem) -> None:
    """Messages to a well-known name wait in a bounded mailbox and are handled in order once the actor is there."""
    seen: list[object] = []
    early = system.find("later")
    for number in range(1001):
        system.send(early, number)
    assert system.snapshot().dead_letters_total == {"refused": 1}
    spec = ChildSpec("later", lambda: Script(lambda _s, m, _a: seen.append(m)), well_known=True)
    assert await system.start(spec) == early == system.find("later")
    await settle()
    assert seen == list(range(1000))


async def test_names_are_unique_among_the_living(system: ActorSystem) -> None:
    """A second child or well-known actor of a living one's name is refused; an ended one's name is free again."""
    target = await system.start(ChildSpec("a", Echo, restart=Restart.TEMPORARY, well_known=True))
    with pytest.raises(NameTaken):
        await system.start(echo("a"))
    system.send(target, Leave())
    await settle()
    assert await system.start(ChildSpec("a", Echo, well_known=True)) == target
    assert await system.ask(target, "back", deadline_s=1) == "back"


async def test_the_paths_of_the_tree(system: ActorSystem) -> None:
    """A path names the actors from the top; the snapshot lists state, generation and parent."""
    parent = ChildSpec("parent", lambda: Script(on_start=lambda s: s.spawn(echo("child"))))
    await system.start(parent)
    await settle()
    cells = {cell.path: cell for cell in system.cells()}
    assert list(cells) == ["parent", "parent/child"]
    assert (cells["parent/child"].parent, cells["parent/child"].state) == ("parent", "idle")


@pytest.mark.loses("stopped", "interrupted")
async def test_a_stuck_actor_shows_how_long(system: ActorSystem, clock: ManualClock) -> None:
    """The snapshot is read from outside: it names the message an actor is stuck at, since when, and who waits."""
    target = await system.start(echo())
    system.send(target, Wait())
    system.send(target, "waiting")
    await clock.advance(30)
    (cell,) = system.cells()
    assert (cell.state, cell.current_message, cell.running_s) == ("running", "Wait", 30.0)
    assert (cell.depth, cell.peak, cell.oldest_age_s) == (1, 2, 30.0)


async def test_a_timeout_in_the_first_step_works(system: ActorSystem) -> None:
    """`asyncio.timeout` begun before a handler's first suspension ends that handler's wait, and only that."""

    async def handle(script: Script, _message: object, _sender: Address) -> None:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            script.reply("timed out")

    target = await system.start(ChildSpec("t", lambda: Script(handle)))
    assert await system.ask(target, "go", deadline_s=60) == "timed out"


@pytest.mark.loses("refused")
async def test_what_a_handler_binds_no_other_actor_sees(system: ActorSystem) -> None:
    """Context variables belong to one actor, across its suspensions."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")

    async def bind(script: Script, message: object, _sender: Address) -> None:
        token = variable.set(str(message))
        await asyncio.sleep(0)
        script.reply(variable.get())
        variable.reset(token)

    one = await system.start(ChildSpec("one", lambda: Script(bind)))
    two = await system.start(ChildSpec("two", lambda: Script(lambda s, _m, _a: s.reply(variable.get()))))
    assert await system.ask(one, "bound", deadline_s=1) == "bound"
    system.send(one, "bound")
    assert await system.ask(two, "?", deadline_s=1) == "unset"


async def test_to_thread_lets_the_loop_turn(system: ActorSystem) -> None:
    """A blocking function runs in a thread and its result comes back to the handler."""

    async def handle(script: Script, message: object, _sender: Address) -> None:
        script.reply(await script.to_thread(str, message))

    target = await system.start(ChildSpec("t", lambda: Script(handle)))
    assert await system.ask(target, 7, deadline_s=60) == "7"


@pytest.mark.loses("refused")
async def test_a_mailbox_that_is_full_answers_an_ask(system: ActorSystem) -> None:
    """An ask that is refused raises MailboxFull at once."""

    class Small(Echo):
        mailbox = Mailbox(capacity=1)

    target = await system.start(ChildSpec("small", Small))
    system.send(target, "fills")
    with pytest.raises(MailboxFull):
        await system.ask(target, "too many", deadline_s=1)


async def test_a_start_that_never_succeeds_is_reported(system: ActorSystem) -> None:
    """`start` raises once the actor is given up; the sentence holds no more than type names."""

    def fail(_script: Script) -> Awaitable[None]:
        raise Boom("secret")

    with pytest.raises(StartFailed) as error:
        await system.start(ChildSpec("never", lambda: Script(on_start=fail)))
    assert str(error.value) == "never did not start: Boom"
    assert "never" in await system.failure()
