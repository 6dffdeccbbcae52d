"""What an operator may do about entries that were given up: look, try again, or let go for good."""

import sqlite3

from storage.journal_messages import GivenUpEntry, GivenUpListed, GivenUpResolved, ListGivenUp, ResolveGivenUp

_INBOX = "i"
_OUTBOX = "o"


def listed(connection: sqlite3.Connection, request: ListGivenUp) -> GivenUpListed:
    """The newest, without their content."""
    rows = connection.execute(
        "select 'i' || rowid, 'inbox', state, reason, received_at as since from inbox where state = 'dead'"
        " union all select 'o' || sequence, lane, state, detail, settled_at from outbox"
        " where settled_at is not null and state in ('dead', 'uncertain') order by since desc limit ?",
        (request.limit,),
    )
    return GivenUpListed(tuple(GivenUpEntry(*row) for row in rows))


def resolve(connection: sqlite3.Connection, request: ResolveGivenUp, grown: set[str]) -> GivenUpResolved:
    """Replay or discard one; the lane of a replayed effect is added to `grown`."""
    kind, number = request.id[:1], request.id[1:]
    if kind == _INBOX and number.isdecimal():
        return _resolve_update(connection, int(number), replay=request.replay)
    if kind == _OUTBOX and number.isdecimal():
        return _resolve_effect(connection, int(number), grown, replay=request.replay)
    return GivenUpResolved(found=False)


def _resolve_update(connection: sqlite3.Connection, number: int, *, replay: bool) -> GivenUpResolved:
    change = "state = 'new', reason = ''" if replay else "state = 'done', raw = x''"
    row = connection.execute(
        f"update inbox set {change} where rowid = ? and state = 'dead' and (length(raw) > 0 or not ?)"  # noqa: S608
        " returning actor_key",
        (number, replay),
    ).fetchone()
    return GivenUpResolved(found=row is not None, actor_key=row[0] if row and replay else None)


def _resolve_effect(connection: sqlite3.Connection, sequence: int, grown: set[str], *, replay: bool) -> GivenUpResolved:
    if not replay:
        done = connection.execute(
            "update outbox set state = 'done', payload = x'' where sequence = ? and state in ('dead', 'uncertain')",
            (sequence,),
        )
        return GivenUpResolved(found=done.rowcount == 1)
    row = connection.execute(
        "delete from outbox where sequence = ? and state in ('dead', 'uncertain') and length(payload) > 0"
        " returning id, lane, order_key, payload, created_at",
        (sequence,),
    ).fetchone()
    if row is None:
        return GivenUpResolved(found=False)
    # A new sequence: whoever drains the lane is past the old one.
    connection.execute("insert into outbox (id, lane, order_key, payload, created_at) values (?, ?, ?, ?, ?)", row)
    grown.add(row[1])
    return GivenUpResolved(found=True)
