"""Rewrites what a journal holds while nothing runs on it: snapshots, and outbox entries that are not settled."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

_BUSY_S = 5.0


def rewrite_journal(path: Path, change: Callable[[bytes], bytes]) -> int:
    """Pass every kept value through `change` in one transaction; gives how many differ now.

    A journal that does not exist holds nothing. Raises sqlite3.Error, and whatever `change` raises; then nothing
    has changed.
    """
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)) as connection:
        connection.execute("pragma secure_delete=on").fetchall()
        connection.execute("begin immediate")
        changed = _rewrite(connection, "snapshots", "actor_key", "state", "state is not null", change)
        changed += _rewrite(connection, "outbox", "sequence", "payload", "settled_at is null", change)
        connection.execute("commit")
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    return changed


def _rewrite(
    connection: sqlite3.Connection, table: str, key: str, value: str, where: str, change: Callable[[bytes], bytes]
) -> int:
    count = 0
    for name, before in connection.execute(f"select {key}, {value} from {table} where {where}").fetchall():  # noqa: S608
        after = change(before)
        if after != before:
            connection.execute(f"update {table} set {value} = ? where {key} = ?", (after, name))  # noqa: S608
            count += 1
    return count
