"""What each journal request does to the journal's tables, inside a transaction its caller began."""

import sqlite3

from storage import journal_given_up
from storage.journal_messages import (
    Accept,
    Accepted,
    Commit,
    Committed,
    Forget,
    JournalDescribed,
    JournalReply,
    JournalRequest,
    ListGivenUp,
    Load,
    Loaded,
    Marked,
    MarkOutbox,
    NewInboxEntry,
    NewOutboxEntry,
    OutboxBatch,
    OutboxEntry,
    OutboxMark,
    Prune,
    Pruned,
    ResolveGivenUp,
    TakeOutbox,
    Trimmed,
    TrimOutbox,
    Unfinished,
    UnfinishedKeys,
)

SCHEMA_VERSION = 2
SCHEMA = """
begin immediate;
create table if not exists inbox (
    source text not null,
    number integer not null,
    actor_key text not null,
    received_at real not null,
    raw blob not null,
    state text not null default 'new' check (state in ('new', 'done', 'dead')),
    reason text not null default '',
    primary key (source, number)
) strict;
create index if not exists inbox_new on inbox (actor_key, number) where state = 'new';
create index if not exists inbox_age on inbox (received_at) where state <> 'new';
create table if not exists outbox (
    sequence integer primary key autoincrement,
    id text not null unique,
    lane text not null,
    order_key text not null,
    payload blob not null,
    state text not null default 'pending'
        check (state in ('pending', 'sending', 'done', 'uncertain', 'dead')),
    attempts integer not null default 0,
    created_at real not null,
    settled_at real,
    detail text not null default ''
) strict;
create index if not exists outbox_open on outbox (lane, sequence) where settled_at is null;
create index if not exists outbox_of on outbox (lane, order_key, sequence) where settled_at is null;
create index if not exists outbox_age on outbox (settled_at) where settled_at is not null;
create table if not exists snapshots (
    actor_key text primary key,
    state blob,
    wake integer not null default 0 check (wake in (0, 1)),
    updated_at real not null
) strict;
create index if not exists snapshots_wake on snapshots (actor_key) where wake = 1;
pragma user_version = 2;
commit;
"""

DEDUPE_WINDOW_S = 48 * 3600.0
"""Telegram keeps an undelivered update for 24 h; twice that covers every redelivery."""
SETTLED_KEPT_S = 24 * 3600.0
TROUBLE_KEPT_S = 7 * 24 * 3600.0
"""Dead and uncertain entries stay a week for an operator to look at."""
_PRUNE_ROWS = 2000
_LAST = 2**63 - 1


def perform(connection: sqlite3.Connection, request: JournalRequest, now: float, grown: set[str]) -> JournalReply:
    """Do one request and answer it; lanes that got a new entry are added to `grown`."""
    match request:
        case Accept():
            return _accept(connection, request, now)
        case Commit():
            return _commit(connection, request, now, grown)
        case Load():
            return _load(connection, request)
        case Forget():
            return _forget(connection, request)
        case Unfinished():
            return _unfinished(connection)
        case TakeOutbox():
            return _take(connection, request)
        case MarkOutbox():
            return _mark(connection, request, now)
        case TrimOutbox():
            return _trim(connection, request)
        case ListGivenUp():
            return journal_given_up.listed(connection, request)
        case ResolveGivenUp():
            return journal_given_up.resolve(connection, request, grown)
        case Prune():
            return _prune(connection, now)
        case _:
            raise TypeError(f"not a journal request: {type(request).__name__}")


def _accept(connection: sqlite3.Connection, request: Accept, now: float) -> Accepted:
    return Accepted(tuple(entry for entry in request.entries if _is_new(connection, entry, now)))


def _is_new(connection: sqlite3.Connection, entry: NewInboxEntry, now: float) -> bool:
    cursor = connection.execute(
        "insert into inbox (source, number, actor_key, received_at, raw) values (?, ?, ?, ?, ?)"
        " on conflict (source, number) do nothing",
        (entry.source, entry.number, entry.actor_key, now, entry.raw),
    )
    return cursor.rowcount == 1


def _commit(connection: sqlite3.Connection, request: Commit, now: float, grown: set[str]) -> Committed:
    for source, number in request.done:
        connection.execute(
            "update inbox set state = 'done', raw = x'' where source = ? and number = ?", (source, number)
        )
    for dead in request.dead:
        connection.execute(
            "update inbox set state = 'dead', reason = ? where source = ? and number = ? and state = 'new'",
            (dead.reason, dead.source, dead.number),
        )
    _keep_snapshot(connection, request, now)
    grown.update(entry.lane for entry in request.outbox if _append(connection, entry, now))
    return Committed()


def _keep_snapshot(connection: sqlite3.Connection, request: Commit, now: float) -> None:
    if request.snapshot is None and not request.wake:
        # An actor that never keeps a state gets no row.
        connection.execute("update snapshots set wake = 0 where actor_key = ? and wake = 1", (request.actor_key,))
        return
    connection.execute(
        "insert into snapshots (actor_key, state, wake, updated_at) values (?, ?, ?, ?)"
        " on conflict (actor_key) do update set state = coalesce(excluded.state, state),"
        " wake = excluded.wake, updated_at = excluded.updated_at",
        (request.actor_key, request.snapshot, int(request.wake), now),
    )


def _append(connection: sqlite3.Connection, entry: NewOutboxEntry, now: float) -> bool:
    cursor = connection.execute(
        "insert into outbox (id, lane, order_key, payload, created_at) values (?, ?, ?, ?, ?)"
        " on conflict (id) do nothing",
        (entry.id, entry.lane, entry.order_key, entry.payload, now),
    )
    return cursor.rowcount == 1


def _load(connection: sqlite3.Connection, request: Load) -> Loaded:
    snapshot = connection.execute("select state from snapshots where actor_key = ?", (request.actor_key,)).fetchone()
    pending = connection.execute(
        "select source, number, actor_key, raw from inbox where actor_key = ? and state = 'new'"
        " order by number, source",
        (request.actor_key,),
    )
    unsettled = connection.execute(
        "select payload from outbox where lane = ? and order_key = ? and settled_at is null order by sequence",
        (request.lane, request.order_key),
    )
    return Loaded(
        snapshot[0] if snapshot else None,
        tuple(NewInboxEntry(*row) for row in pending),
        tuple(row[0] for row in unsettled),
    )


def _forget(connection: sqlite3.Connection, request: Forget) -> Committed:
    connection.execute("delete from snapshots where actor_key = ?", (request.actor_key,))
    connection.execute("update inbox set raw = x'' where actor_key = ? and state <> 'new'", (request.actor_key,))
    connection.execute(
        "update outbox set payload = x'' where order_key = ? and settled_at is not null", (request.order_key,)
    )
    return Committed()


def _unfinished(connection: sqlite3.Connection) -> UnfinishedKeys:
    rows = connection.execute(
        "select actor_key from inbox where state = 'new'"
        " union select actor_key from snapshots where wake = 1 order by actor_key"
    )
    return UnfinishedKeys(tuple(row[0] for row in rows))


def _take(connection: sqlite3.Connection, request: TakeOutbox) -> OutboxBatch:
    rows = connection.execute(
        "select sequence, id, order_key, payload, state, attempts, created_at from outbox"
        " where lane = ? and settled_at is null and sequence > ? and sequence < ? order by sequence limit ?",
        (request.lane, request.after, _LAST if request.before is None else request.before, request.limit),
    )
    return OutboxBatch(tuple(OutboxEntry(*row) for row in rows))


def _mark(connection: sqlite3.Connection, request: MarkOutbox, now: float) -> Marked:
    for mark in request.marks:
        _mark_one(connection, mark, now)
    return Marked()


def _mark_one(connection: sqlite3.Connection, mark: OutboxMark, now: float) -> None:
    settled_at = None if mark.state in ("pending", "sending") else now
    connection.execute(
        "update outbox set state = :state, detail = :detail, settled_at = :settled_at,"
        " attempts = attempts + (:state = 'sending'), payload = case :state when 'done' then x'' else payload end"
        " where sequence = :sequence and state <> 'done'",
        {"state": mark.state, "detail": mark.detail, "settled_at": settled_at, "sequence": mark.sequence},
    )


def _trim(connection: sqlite3.Connection, request: TrimOutbox) -> Trimmed:
    dropped = connection.execute(
        "delete from outbox where sequence in (select sequence from outbox where lane = ? and settled_at is null"
        " order by sequence desc limit -1 offset ?)",
        (request.lane, request.keep),
    )
    return Trimmed(dropped.rowcount)


def _prune(connection: sqlite3.Connection, now: float) -> Pruned:
    # The first bound on the age lets SQLite read only the old end of the index.
    inbox = connection.execute(
        "delete from inbox where rowid in (select rowid from inbox where state <> 'new' and received_at < ?"
        " and (state = 'done' or received_at < ?) limit ?)",
        (now - DEDUPE_WINDOW_S, now - TROUBLE_KEPT_S, _PRUNE_ROWS),
    ).rowcount
    outbox = connection.execute(
        "delete from outbox where sequence in (select sequence from outbox where settled_at < ?"
        " and (state = 'done' or settled_at < ?) limit ?)",
        (now - SETTLED_KEPT_S, now - TROUBLE_KEPT_S, _PRUNE_ROWS),
    ).rowcount
    return Pruned(inbox + outbox, max(inbox, outbox) == _PRUNE_ROWS)


def describe(connection: sqlite3.Connection, now: float, problem: str | None) -> JournalDescribed:
    """Count what is unsettled; `problem` is passed through."""
    lanes = connection.execute(
        "select lane, count(*), min(created_at) from outbox where settled_at is null group by lane"
    ).fetchall()
    return JournalDescribed(
        inbox_pending=_count(connection, "select count(*) from inbox where state = 'new'"),
        outbox_pending={lane: count for lane, count, _ in lanes},
        uncertain=_count(
            connection, "select count(*) from outbox where settled_at is not null and state = 'uncertain'"
        ),
        dead=_count(connection, "select count(*) from outbox where settled_at is not null and state = 'dead'")
        + _count(connection, "select count(*) from inbox where state = 'dead'"),
        oldest_age_s={lane: max(0.0, now - oldest) for lane, _, oldest in lanes},
        last_problem=problem,
    )


def _count(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
