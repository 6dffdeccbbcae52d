"""The journal actor on the real runtime and a real file."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from actors.journal import (
    Accept,
    Accepted,
    Commit,
    Committed,
    DescribeJournal,
    Journal,
    JournalDescribed,
    JournalFailed,
    Load,
    Loaded,
    MarkOutbox,
    NewInboxEntry,
    NewOutboxEntry,
    OutboxAppended,
    OutboxMark,
    Subscribe,
    TakeOutbox,
    journal_spec,
)
from runtime import Actor, ActorSystem, Address, ChildSpec
from runtime.testing import ManualClock
from storage.journal_file import Applied, JournalFile
from storage.journal_messages import JournalRequest


class Gate:
    """Holds the writer thread until opened and notes the size of each group."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = threading.Event()
        self.open.set()
        self.groups: list[int] = []
        self.error: Exception | None = None
        apply = JournalFile.apply

        def gated(file: JournalFile, group: Sequence[JournalRequest]) -> Applied:
            self.groups.append(len(group))
            self.open.wait(10)
            if self.error is not None:
                error, self.error = self.error, None
                raise error
            return apply(file, group)

        monkeypatch.setattr(JournalFile, "apply", gated)


class Listener(Actor):
    """Subscribes to a lane and keeps the notices."""

    def __init__(self, heard: list[object]) -> None:
        self._heard = heard

    async def started(self) -> None:
        self.send(self.find("journal"), Subscribe("message"))

    async def receive(self, message: object, sender: Address) -> None:
        self._heard.append(message)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


@pytest.fixture
async def journal(system: ActorSystem, tmp_path: Path, gate: Gate) -> Address:
    # The gate first: the thread may write before this returns.
    return await system.start(journal_spec(tmp_path / "journal.sqlite"))


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until the condition holds; the test's timeout bounds it."""
    while not condition():  # noqa: ASYNC110  # what is waited for happens in a thread or in an actor
        await asyncio.sleep(0)


async def first_pruning(system: ActorSystem, journal: Address, gate: Gate) -> None:
    """Let the pruning that every start of the journal begins with be over."""
    await until(lambda: gate.groups != [])
    await numbers(system, journal)


def entry(number: int, raw: bytes = b"raw") -> NewInboxEntry:
    return NewInboxEntry("bot", number, "7", raw)


def commit(name: str, payload: bytes = b"payload") -> Commit:
    return Commit("7", None, wake=False, outbox=(NewOutboxEntry(name, "message", "7", payload),))


async def asked(system: ActorSystem, journal: Address, message: object) -> asyncio.Task[object]:
    """The pending answer to a request that is already in the mailbox."""
    answer = asyncio.create_task(system.ask(journal, message, deadline_s=60))
    await asyncio.sleep(0)
    return answer


async def numbers(system: ActorSystem, journal: Address) -> list[int]:
    loaded = await system.ask(journal, Load("7"), deadline_s=60)
    assert isinstance(loaded, Loaded)
    return [e.number for e in loaded.pending]


async def test_what_was_accepted_is_there_for_the_next_process(
    system: ActorSystem, journal: Address, clock: ManualClock, tmp_path: Path
) -> None:
    """An answered request is found by another system on the same file."""
    assert await system.ask(journal, Accept((entry(1),)), deadline_s=60) == Accepted((entry(1),))
    assert await system.ask(journal, Commit("7", b"state", wake=True), deadline_s=60) == Committed()
    await system.shutdown()
    again = ActorSystem(clock=clock)
    journal = await again.start(journal_spec(tmp_path / "journal.sqlite"))
    assert await again.ask(journal, Load("7"), deadline_s=60) == Loaded(b"state", (entry(1),))
    await again.shutdown()


async def test_requests_arriving_during_a_commit_share_the_next_one(
    system: ActorSystem, journal: Address, gate: Gate
) -> None:
    """While the writer thread is busy, requests gather and are written together, in arrival order."""
    await numbers(system, journal)
    gate.groups.clear()
    gate.open.clear()
    first = await asked(system, journal, Accept((entry(0),)))
    await until(lambda: gate.groups == [1])
    rest = [await asked(system, journal, Accept((entry(number // 2),))) for number in range(2, 42)]
    await taken(system)
    gate.open.set()
    assert await first == Accepted((entry(0),))
    replies = await asyncio.gather(*rest)
    assert gate.groups == [1, 40]
    assert replies == [Accepted((entry(n // 2),)) if n % 2 == 0 else Accepted(()) for n in range(2, 42)]


async def taken(system: ActorSystem) -> None:
    """Wait until the journal has taken everything out of its mailbox."""
    await until(lambda: all(cell.depth == 0 for cell in system.cells()))


async def test_the_handler_never_waits_for_the_disk(system: ActorSystem, journal: Address, gate: Gate) -> None:
    """With the writer thread stuck the journal still takes messages."""
    await numbers(system, journal)
    gate.open.clear()
    stuck = await asked(system, journal, Accept((entry(1),)))
    assert await system.ask(journal, Subscribe("message"), deadline_s=60) == OutboxAppended("message")
    assert not stuck.done()
    gate.open.set()
    await stuck


async def test_a_full_disk_is_told_to_every_asker_and_passes(
    system: ActorSystem, clock: ManualClock, tmp_path: Path
) -> None:
    """Each asker gets the operator's sentence, nothing of theirs is written, and writing goes on with space."""
    made: list[Journal] = []

    def factory() -> Journal:
        made.append(Journal(tmp_path / "journal.sqlite"))
        return made[-1]

    journal = await system.start(ChildSpec(name="journal", factory=factory))
    await system.ask(journal, Accept((entry(1),)), deadline_s=60)
    connection = made[0]._file._connection
    assert connection is not None
    connection.execute(f"pragma max_page_count = {connection.execute('pragma page_count').fetchone()[0]}")
    big = b"x" * 100_000
    replies = await asyncio.gather(*[await asked(system, journal, Accept((entry(n, big),))) for n in (2, 3)])
    assert all(isinstance(reply, JournalFailed) and "the disk is full" in reply.reason for reply in replies)
    described = await system.ask(journal, DescribeJournal(), deadline_s=60)
    assert isinstance(described, JournalDescribed)
    assert described.last_problem is not None
    assert described.inbox_pending == 1
    connection.execute("pragma max_page_count = 1000000")
    assert await system.ask(journal, Accept((entry(2, big),)), deadline_s=60) == Accepted((entry(2, big),))
    assert len(made) == 1


async def test_a_crash_answers_everybody_and_loses_nothing_committed(
    system: ActorSystem, journal: Address, clock: ManualClock, gate: Gate
) -> None:
    """When the writer breaks, askers get JournalFailed, and the restarted journal has all it had committed."""
    await system.ask(journal, Accept((entry(1),)), deadline_s=60)
    gate.groups.clear()
    gate.open.clear()
    gate.error = ZeroDivisionError()
    first = await asked(system, journal, Accept((entry(2),)))
    await until(lambda: gate.groups == [1])
    second = await asked(system, journal, Accept((entry(3),)))
    await taken(system)
    gate.open.set()
    assert isinstance(await first, JournalFailed)
    assert await second == Accepted((entry(3),))
    assert await numbers(system, journal) == [1, 3]


async def test_a_stop_writes_and_answers_what_was_received(
    system: ActorSystem, journal: Address, gate: Gate, tmp_path: Path
) -> None:
    """A stop during a commit answers that commit truly and writes what waited behind it."""
    await numbers(system, journal)
    gate.groups.clear()
    gate.open.clear()
    first = await asked(system, journal, Accept((entry(1),)))
    await until(lambda: gate.groups == [1])
    second = await asked(system, journal, Accept((entry(2),)))
    await taken(system)
    stopping = asyncio.create_task(system.shutdown())
    await asyncio.sleep(0)
    gate.open.set()
    assert await first == Accepted((entry(1),))
    assert await second == Accepted((entry(2),))
    await stopping


async def test_listeners_hear_of_their_lane_once_per_group(system: ActorSystem, journal: Address, gate: Gate) -> None:
    """A subscriber is told at once and after each commit that added to its lane, however many requests it had."""
    heard: list[object] = []
    await system.start(ChildSpec(name="listener", factory=lambda: Listener(heard)))
    await until(lambda: len(heard) == 1)
    await first_pruning(system, journal, gate)
    gate.groups.clear()
    gate.open.clear()
    waiting = [await asked(system, journal, commit("a"))]
    await until(lambda: gate.groups == [1])
    waiting += [await asked(system, journal, commit(name)) for name in "bcd"]
    await taken(system)
    gate.open.set()
    await asyncio.gather(*waiting)
    await system.ask(journal, commit("a"), deadline_s=60)
    await system.ask(journal, MarkOutbox((OutboxMark(1, "done"),)), deadline_s=60)
    await until(lambda: len(heard) == 3)
    assert heard == [OutboxAppended("message")] * 3
    assert gate.groups == [1, 3, 1, 1]


async def test_listeners_outlive_a_restart_of_the_journal(
    system: ActorSystem, journal: Address, clock: ManualClock, gate: Gate
) -> None:
    """After a crash of the journal a subscriber still hears of new entries without asking again."""
    heard: list[object] = []
    await system.start(ChildSpec(name="listener", factory=lambda: Listener(heard)))
    await until(lambda: len(heard) == 1)
    await first_pruning(system, journal, gate)
    gate.error = ZeroDivisionError()
    assert isinstance(await system.ask(journal, commit("a"), deadline_s=60), JournalFailed)
    assert await system.ask(journal, commit("b"), deadline_s=60) == Committed()
    await until(lambda: len(heard) == 2)


async def test_settled_entries_are_pruned_by_the_timer(
    system: ActorSystem, journal: Address, clock: ManualClock, tmp_path: Path
) -> None:
    """Two days after it was received a settled update is forgotten, and its number would be fresh again."""
    await system.ask(journal, Accept((entry(1),)), deadline_s=60)
    await system.ask(journal, Commit("7", None, wake=False, done=(("bot", 1),)), deadline_s=60)
    assert await system.ask(journal, Accept((entry(1),)), deadline_s=60) == Accepted(())
    await clock.advance(47 * 3600)
    await numbers(system, journal)
    assert await system.ask(journal, Accept((entry(1),)), deadline_s=60) == Accepted(())
    await clock.advance(3600)
    while await system.ask(journal, Accept((entry(1),)), deadline_s=60) == Accepted(()):
        await clock.advance(60)
    assert clock.now() < 48.5 * 3600


async def test_too_much_at_once_is_refused_aloud(
    system: ActorSystem, journal: Address, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound of waiting requests the asker is told; those within it are written."""
    monkeypatch.setattr("actors.journal._WAITING_LIMIT", 2)
    await numbers(system, journal)
    gate.groups.clear()
    gate.open.clear()
    waiting = [await asked(system, journal, Accept((entry(0),)))]
    await until(lambda: gate.groups == [1])
    waiting += [await asked(system, journal, Accept((entry(n),))) for n in (1, 2)]
    await taken(system)
    refused = await system.ask(journal, Accept((entry(3),)), deadline_s=60)
    assert isinstance(refused, JournalFailed)
    assert "overloaded" in refused.reason
    gate.open.set()
    assert await asyncio.gather(*waiting) == [Accepted((entry(n),)) for n in (0, 1, 2)]


async def test_take_is_served_with_everything_committed_before_it(system: ActorSystem, journal: Address) -> None:
    """A taker sees every commit answered before it asked."""
    for name in "abc":
        await system.ask(journal, commit(name), deadline_s=60)
    batch = await system.ask(journal, TakeOutbox("message", 0, 10), deadline_s=60)
    assert [e.id for e in getattr(batch, "entries", ())] == ["a", "b", "c"]
