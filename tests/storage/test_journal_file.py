"""The journal's engine on a real SQLite file."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.journal_file import JournalFile, JournalTooNew, JournalUnavailable
from storage.journal_messages import (
    Accept,
    Accepted,
    Commit,
    Committed,
    DeadEntry,
    DescribeJournal,
    Forget,
    JournalDescribed,
    JournalFailed,
    JournalReply,
    JournalRequest,
    Load,
    Loaded,
    MarkOutbox,
    NewInboxEntry,
    NewOutboxEntry,
    OutboxBatch,
    OutboxMark,
    OutboxState,
    Prune,
    Pruned,
    TakeOutbox,
    Trimmed,
    TrimOutbox,
    Unfinished,
    UnfinishedKeys,
)

START = 1_800_000_000.0
HOUR = 3600.0


class Hand:
    """A clock moved by hand."""

    now = START

    def time(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def file(tmp_path: Path, hand: Hand) -> Iterator[JournalFile]:
    journal = JournalFile(tmp_path / "journal.sqlite", time=hand.time)
    yield journal
    journal.close()


def one(file: JournalFile, request: JournalRequest) -> JournalReply:
    return file.apply((request,)).replies[0]


def entry(number: int, raw: bytes = b"raw", actor_key: str = "7", source: str = "bot") -> NewInboxEntry:
    return NewInboxEntry(source, number, actor_key, raw)


def effect(name: str, payload: bytes = b"payload", lane: str = "message") -> NewOutboxEntry:
    return NewOutboxEntry(name, lane, "7", payload)


def commit(
    *outbox: NewOutboxEntry,
    snapshot: bytes | None = None,
    wake: bool = False,
    done: tuple[tuple[str, int], ...] = (),
    dead: tuple[DeadEntry, ...] = (),
) -> Commit:
    return Commit("7", snapshot, wake, outbox, done, dead)


def describe(file: JournalFile) -> JournalDescribed:
    reply = one(file, DescribeJournal())
    assert isinstance(reply, JournalDescribed)
    return reply


def take(file: JournalFile, lane: str = "message", after: int = 0, limit: int = 100) -> OutboxBatch:
    reply = one(file, TakeOutbox(lane, after, limit))
    assert isinstance(reply, OutboxBatch)
    return reply


def raw_sql(file: JournalFile, query: str) -> list[tuple[object, ...]]:
    assert file._connection is not None
    return file._connection.execute(query).fetchall()


def fill_disk(file: JournalFile) -> None:
    """Let SQLite refuse to grow the file any further, as on a full disk."""
    (pages,) = raw_sql(file, "pragma page_count")[0]
    raw_sql(file, f"pragma max_page_count = {pages}")


def free_disk(file: JournalFile) -> None:
    raw_sql(file, "pragma max_page_count = 1000000")


def test_writes_are_durable_and_wiped_content_is_overwritten(file: JournalFile) -> None:
    """The file is in WAL mode, every commit is synced and deleted content is zeroed."""
    file.open()
    assert raw_sql(file, "pragma journal_mode") == [("wal",)]
    assert raw_sql(file, "pragma synchronous") == [(2,)]
    assert raw_sql(file, "pragma secure_delete") == [(1,)]


def test_known_numbers_are_not_fresh(file: JournalFile) -> None:
    """A number is fresh once per source, within one request, one group and over time."""
    group = (Accept((entry(1), entry(1), entry(2))), Accept((entry(2), entry(3))), Accept((entry(1, source="other"),)))
    replies = file.apply(group).replies
    assert replies == (
        Accepted((entry(1), entry(2))),
        Accepted((entry(3),)),
        Accepted((entry(1, source="other"),)),
    )
    assert one(file, Accept((entry(3), entry(4)))) == Accepted((entry(4),))


def test_a_group_takes_effect_in_arrival_order(file: JournalFile) -> None:
    """A request sees what the requests before it in the same group wrote, and only that."""
    applied = file.apply((TakeOutbox("message", 0, 9), commit(effect("a")), commit(effect("b")), Unfinished()))
    assert applied.replies[0] == OutboxBatch(())
    assert [e.id for e in take(file).entries] == ["a", "b"]
    assert applied.lanes == {"message"}


def test_load_returns_the_snapshot_and_the_unsettled_in_number_order(file: JournalFile) -> None:
    """An actor finds its last state and what it has not settled yet; others' entries are not among it."""
    one(file, Accept((entry(3), entry(1), entry(2), entry(9, actor_key="8"))))
    one(file, commit(snapshot=b"state", done=(("bot", 1),)))
    assert one(file, Load("7")) == Loaded(b"state", (entry(2), entry(3)))
    assert one(file, Load("nobody")) == Loaded(None, ())


def test_load_returns_what_a_lane_still_owes_under_an_order_key(file: JournalFile) -> None:
    """Payloads come in sequence; those settled, of other lanes and of other order keys do not."""
    one(file, commit(effect("a", b"1"), effect("b", b"2"), effect("c", b"3", lane="record"), effect("d", b"4")))
    one(file, MarkOutbox((OutboxMark(1, "done"),)))
    key = take(file).entries[0].order_key
    assert one(file, Load("7", "message", key)) == Loaded(None, (), (b"2", b"4"))
    assert one(file, Load("7", "message", "someone else")) == Loaded(None, ())


def test_a_forgotten_actor_leaves_no_content(file: JournalFile) -> None:
    """The snapshot and the content of what is settled go; what is not settled stays until it is done."""
    one(file, Accept((entry(1, b"secret one"), entry(2, b"open"))))
    dead = (DeadEntry("bot", 1, "malformed"),)
    one(file, Commit("7", b"secret two", False, (effect("a", b"secret three"), effect("b", b"owed")), (), dead))
    one(file, MarkOutbox((OutboxMark(1, "uncertain"),)))
    one(file, Forget("7", "7"))
    assert one(file, Load("7", "message", "7")) == Loaded(None, (entry(2, b"open"),), (b"owed",))
    assert raw_sql(file, "select payload from outbox where sequence = 1") == [(b"",)]
    assert raw_sql(file, "select raw, reason from inbox where number = 1") == [(b"", "malformed")]


def test_no_snapshot_keeps_the_old_one(file: JournalFile) -> None:
    """A commit without a snapshot leaves the last state in place."""
    one(file, commit(snapshot=b"state", wake=True))
    one(file, commit(wake=False))
    assert one(file, Load("7")) == Loaded(b"state", ())
    assert one(file, Unfinished()) == UnfinishedKeys(())


def test_unfinished_names_pending_and_waking_actors(file: JournalFile) -> None:
    """An actor is unfinished while it has an unsettled entry or its last commit asked to be woken."""
    one(file, Accept((entry(1, actor_key="b"),)))
    one(file, Commit("a", None, wake=True))
    assert one(file, Unfinished()) == UnfinishedKeys(("a", "b"))
    one(file, commit(done=(("bot", 1),)))
    one(file, Commit("a", b"x", wake=False))
    assert one(file, Unfinished()) == UnfinishedKeys(())


def test_done_wipes_the_raw_update_and_dead_keeps_its_reason(file: JournalFile) -> None:
    """A settled update's content is gone at once; one given up is counted with its reason."""
    one(file, Accept((entry(1), entry(2))))
    one(file, commit(done=(("bot", 1),), dead=(DeadEntry("bot", 2, "malformed"),)))
    rows = raw_sql(file, "select number, state, raw, reason from inbox order by number")
    assert rows == [(1, "done", b"", ""), (2, "dead", b"raw", "malformed")]
    assert describe(file).dead == 1


def test_a_known_outbox_id_is_ignored(file: JournalFile) -> None:
    """An effect committed twice stands in the outbox once, also after it was settled, and announces nothing."""
    one(file, commit(effect("a"), effect("a", b"other")))
    assert [e.payload for e in take(file).entries] == [b"payload"]
    one(file, MarkOutbox((OutboxMark(take(file).entries[0].sequence, "done"),)))
    assert file.apply((commit(effect("a")),)).lanes == frozenset()
    assert take(file).entries == ()


def test_take_pages_through_the_unsettled_of_one_lane(file: JournalFile) -> None:
    """Entries come in sequence order, from one lane, above `after`, at most `limit`."""
    one(file, commit(*(effect(f"m{n}") for n in range(5)), effect("r", lane="record")))
    first = take(file, limit=2).entries
    rest = take(file, after=first[-1].sequence).entries
    assert [e.id for e in first + rest] == ["m0", "m1", "m2", "m3", "m4"]


@pytest.mark.parametrize(
    ("state", "taken", "payload"),
    [
        ("pending", True, b"payload"),
        ("sending", True, b"payload"),
        ("done", False, b""),
        ("uncertain", False, b"payload"),
        ("dead", False, b"payload"),
    ],
)
def test_marks(file: JournalFile, state: OutboxState, taken: bool, payload: bytes) -> None:
    """Only pending and sending entries are taken again; only done loses its payload."""
    one(file, commit(effect("a")))
    sequence = take(file).entries[0].sequence
    one(file, MarkOutbox((OutboxMark(sequence, state, "why"),)))
    assert bool(take(file).entries) is taken
    assert raw_sql(file, "select state, payload, detail from outbox") == [(state, payload, "why")]


def test_sending_counts_attempts_and_done_is_final(file: JournalFile) -> None:
    """Each "sending" mark is one attempt; a done entry, whose payload is gone, never comes back."""
    one(file, commit(effect("a")))
    sequence = take(file).entries[0].sequence
    one(file, MarkOutbox((OutboxMark(sequence, "sending"), OutboxMark(sequence, "pending"))))
    one(file, MarkOutbox((OutboxMark(sequence, "sending"),)))
    assert take(file).entries[0].attempts == 2
    one(file, MarkOutbox((OutboxMark(sequence, "done"), OutboxMark(sequence, "pending"))))
    assert take(file).entries == ()


def test_describe_counts_by_lane_with_ages(file: JournalFile, hand: Hand) -> None:
    """The description counts what waits, per lane, with the age of the oldest, and what went wrong."""
    one(file, Accept((entry(1),)))
    one(file, commit(effect("a"), effect("b"), effect("u"), effect("r", lane="record")))
    one(file, MarkOutbox((OutboxMark(3, "uncertain"),)))
    hand.now += 5
    assert describe(file) == JournalDescribed(1, {"message": 2, "record": 1}, 1, 0, {"message": 5, "record": 5}, None)


def test_a_bad_request_does_not_fail_its_neighbours(file: JournalFile) -> None:
    """A request SQLite cannot store is answered by JournalFailed, leaves no half, and the others are stored."""
    bad = Accept((entry(5), entry(2**70)))
    replies = file.apply((Accept((entry(1),)), bad, commit(effect("\udc00")), commit(effect("a")))).replies
    assert replies[0] == Accepted((entry(1),))
    assert isinstance(replies[1], JournalFailed)
    assert isinstance(replies[2], JournalFailed)
    assert replies[3] == Committed()
    assert one(file, Load("7")) == Loaded(None, (entry(1),))


def test_a_full_disk_fails_what_does_not_fit_and_serves_the_rest(file: JournalFile) -> None:
    """With the disk full, a big write is refused with a clear sentence while small writes and reads succeed."""
    one(file, Accept((entry(1),)))
    fill_disk(file)
    big = Accept((entry(2, b"x" * 100_000),))
    replies = file.apply((big, Accept((entry(3),)), Load("7"))).replies
    assert isinstance(replies[0], JournalFailed)
    assert "the disk is full" in replies[0].reason
    assert replies[1:] == (Accepted((entry(3),)), Loaded(None, (entry(1), entry(3))))
    free_disk(file)
    assert one(file, big) == Accepted((entry(2, b"x" * 100_000),))


def test_a_full_disk_raises_when_nothing_of_the_group_fits_and_is_over_when_space_returns(file: JournalFile) -> None:
    """A group of which nothing fits raises one sentence; the description repeats it until a write succeeds."""
    one(file, Accept((entry(1),)))
    fill_disk(file)
    big = Accept((entry(2, b"x" * 100_000),))
    with pytest.raises(JournalUnavailable, match="cannot be written: the disk is full; free some space on it"):
        file.apply((big, big))
    assert "the disk is full" in (describe(file).last_problem or "")
    free_disk(file)
    assert one(file, big) == Accepted((entry(2, b"x" * 100_000),))
    assert describe(file).last_problem is None


def test_a_directory_that_is_missing_is_named_and_used_once_it_is_there(tmp_path: Path) -> None:
    """A file that cannot be opened gives one sentence with its path; the next group tries again."""
    path = tmp_path / "later" / "journal.sqlite"
    file = JournalFile(path, time=lambda: START)
    with pytest.raises(JournalUnavailable, match=r"later/journal\.sqlite cannot be written: .* cannot be opened"):
        file.open()
    path.parent.mkdir()
    assert one(file, Accept((entry(1),))) == Accepted((entry(1),))
    file.close()


def test_a_file_of_a_later_version_is_refused(file: JournalFile, tmp_path: Path) -> None:
    """A file with a newer schema is left untouched and named."""
    file.open()
    raw_sql(file, "pragma user_version = 99")
    with pytest.raises(JournalTooNew, match="format 99"):
        JournalFile(tmp_path / "journal.sqlite", time=lambda: START).open()


def test_a_foreign_file_is_not_overwritten(tmp_path: Path) -> None:
    """A file that is no SQLite database is refused and kept."""
    path = tmp_path / "journal.sqlite"
    path.write_text("precious " * 1000)
    with pytest.raises(JournalUnavailable, match="not a journal"):
        JournalFile(path, time=lambda: START).open()
    assert path.read_text().startswith("precious")


def test_a_closed_file_refuses_and_keeps_what_it_had(file: JournalFile, tmp_path: Path) -> None:
    """After close every group raises; a new engine on the same path finds everything."""
    one(file, Accept((entry(1),)))
    file.close()
    with pytest.raises(JournalUnavailable, match="closed"):
        one(file, Load("7"))
    again = JournalFile(tmp_path / "journal.sqlite", time=lambda: START)
    assert one(again, Load("7")) == Loaded(None, (entry(1),))
    again.close()


def test_settled_entries_go_by_age_and_unsettled_never(file: JournalFile, hand: Hand) -> None:
    """Done updates are known for 48 h, done effects kept 24 h, trouble a week; what is unsettled stays."""
    one(file, Accept(tuple(entry(n) for n in range(3))))
    one(file, commit(*(effect(n) for n in "abcd"), done=(("bot", 0),), dead=(DeadEntry("bot", 1, "malformed"),)))
    one(file, MarkOutbox((OutboxMark(1, "done"), OutboxMark(2, "dead"), OutboxMark(3, "uncertain"))))
    left = []
    for hours in (23, 25, 47, 49, 24 * 7 + 1):
        hand.now = START + hours * HOUR
        assert isinstance(one(file, Prune()), Pruned)
        left.append((raw_sql(file, "select count(*) from inbox")[0][0], len(raw_sql(file, "select 1 from outbox"))))
    assert left == [(3, 4), (3, 3), (3, 3), (2, 3), (1, 1)]
    assert one(file, Load("7")) == Loaded(None, (entry(2),))


def test_wiped_content_is_nowhere_on_disk_after_compacting(file: JournalFile, tmp_path: Path) -> None:
    """After a done entry is compacted away its content is in neither the file nor its log."""
    secret = b"sk-planted-secret-in-an-update"
    one(file, Accept((entry(1, secret * 300),)))
    one(file, commit(effect("a", secret * 300), done=(("bot", 1),)))
    one(file, MarkOutbox((OutboxMark(1, "done"),)))
    file.compact()
    assert all(secret not in path.read_bytes() for path in tmp_path.iterdir())


def test_queries_use_their_indexes(file: JournalFile) -> None:
    """Looking for work never scans what is settled."""
    file.open()
    for query, index in (
        ("select 1 from outbox where lane = 'a' and settled_at is null and sequence > 0", "outbox_open"),
        ("select 1 from inbox where actor_key = 'a' and state = 'new'", "inbox_new"),
        ("select actor_key from snapshots where wake = 1", "snapshots_wake"),
        ("select rowid from inbox where state <> 'new' and received_at < 1.0", "inbox_age"),
        ("select sequence from outbox where settled_at < 1.0", "outbox_age"),
        ("select lane, count(*) from outbox where settled_at is null group by lane", "outbox_open"),
    ):
        assert index in str(raw_sql(file, f"explain query plan {query}")), query


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=4), max_size=5))
def test_each_number_is_fresh_exactly_once_however_it_arrives(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[list[int]]]
) -> None:
    """Whatever the grouping and repetition, each number is fresh once, at its first arrival."""
    file = JournalFile(tmp_path_factory.mktemp("journal") / "journal.sqlite", time=lambda: START)
    fresh: list[int] = []
    for group in groups:
        for reply in file.apply([Accept(tuple(entry(n) for n in numbers)) for numbers in group]).replies:
            assert isinstance(reply, Accepted)
            fresh.extend(e.number for e in reply.fresh)
    file.close()
    arrivals = [n for group in groups for numbers in group for n in numbers]
    assert fresh == list(dict.fromkeys(arrivals))


_APPENDER = """
import sys
from pathlib import Path
from storage.journal_file import JournalFile
from storage.journal_messages import Accept, NewInboxEntry
file = JournalFile(Path(sys.argv[1]), time=lambda: 0.0)
number = 0
while True:
    number += 1
    file.apply((Accept((NewInboxEntry("bot", number, "7", b"x" * 500),)),))
    print(number, flush=True)
"""


def test_everything_acknowledged_survives_sigkill(tmp_path: Path) -> None:
    """A process killed while it appends has on disk every number it had acknowledged, and a sound file."""
    path = tmp_path / "journal.sqlite"
    with subprocess.Popen(  # noqa: S603  # our own interpreter on our own text
        [sys.executable, "-c", _APPENDER, str(path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(200)][-1]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in process.stdout if line.endswith(b"\n"))])
    file = JournalFile(path, time=lambda: START)
    loaded = one(file, Load("7"))
    assert isinstance(loaded, Loaded)
    numbers = [e.number for e in loaded.pending]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= acknowledged
    file.close()
    with sqlite3.connect(path) as check:
        assert check.execute("pragma integrity_check").fetchone() == ("ok",)
    check.close()


def test_a_lane_is_trimmed_to_its_newest(file: JournalFile) -> None:
    """The oldest unsettled entries of that lane go; other lanes and what is settled stay."""
    one(file, commit(effect("m"), *(effect(f"t{number}", lane="trace") for number in range(5))))
    one(file, MarkOutbox((OutboxMark(take(file, "trace").entries[4].sequence, "done"),)))
    assert one(file, TrimOutbox("trace", 3)) == Trimmed(1)
    assert one(file, TrimOutbox("trace", 3)) == Trimmed(0)
    assert [entry.id for entry in take(file, "trace").entries] == ["t1", "t2", "t3"]
    assert [entry.id for entry in take(file).entries] == ["m"]


def test_a_lane_is_taken_up_to_a_sequence(file: JournalFile) -> None:
    """What comes at or after it waits."""
    one(file, commit(effect("a"), effect("b"), effect("c")))
    third = take(file).entries[2].sequence
    reply = one(file, TakeOutbox("message", 0, 100, third))
    assert isinstance(reply, OutboxBatch)
    assert [entry.id for entry in reply.entries] == ["a", "b"]
