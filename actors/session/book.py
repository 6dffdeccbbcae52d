"""A rep's own rows, as far as this session has read them, kept in step with every row it writes.

A session is the only writer of its rep's rows, so what it once read stays true: no row is read twice. Flows are pure
and cannot read; one that needs a table nobody read yet raises `RowsMissing`, the session reads it and makes the same
turn again. Tables of the whole team are read anew after `TEAM_AGE_S`.
"""

from collections.abc import Iterable, Mapping

from actors.providers.messages import RowWrite
from storage import Row, whole_row

WRITTEN_BY_OTHERS = frozenset({"pipeline_traces"})
"""Tables of the rep's own rows that the session does not write; they age like the team's."""
READ_EACH_TURN = frozenset({"agent_models", "model_usage"})
"""Small tables that others write, and whose changes count at once."""
OUTAGE_S = 5.0
"""How long a table that could not be read is not asked for again."""
TEAM_AGE_S = 30.0
"""How long rows that others write too are taken for true."""


class RowsMissing(Exception):
    """A flow needs a table that was not read yet: the session reads it and makes the turn again."""

    def __init__(self, table: str, *, team: bool = False) -> None:
        super().__init__(table)
        self.table = table
        self.team = team


class RowsUnreachable(Exception):
    """Storage could not be asked for this table; a flow may go on without it or leave this to its session."""


class Book:
    """The rows of one rep by table and id; `rows` is for flows, the rest for the session."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, bool], dict[str, Row]] = {}
        self._read_at: dict[tuple[str, bool], float] = {}
        self._unreachable: dict[tuple[str, bool], float] = {}

    def rows(self, table: str, *, team: bool = False) -> Mapping[str, Row]:
        """The rep's rows of this table by id, or with `team` everybody's newest; not to be changed by the caller.

        Raises RowsMissing when nobody read them yet and RowsUnreachable when they could not be read.
        """
        if (table, team) in self._unreachable:
            raise RowsUnreachable(table)
        if (table, team) not in self._tables:
            raise RowsMissing(table, team=team)
        return self._tables[table, team]

    def lacks(self, table: str) -> bool:
        """Whether nobody has asked for these rows of the rep's yet."""
        return (table, False) not in self._tables.keys() | self._unreachable.keys()

    def fill(self, table: str, rows: Iterable[Row], *, team: bool = False, at: float) -> None:
        """Take in what storage holds at this time."""
        self._tables[table, team] = {str(row["id"]): row for row in rows}
        self._read_at[table, team] = at
        self._unreachable.pop((table, team), None)

    def give_up(self, table: str, *, team: bool = False, at: float) -> None:
        """Answer RowsUnreachable for this table for a while: an outage must not hold up every turn."""
        self._unreachable[table, team] = at

    def begin_turn(self, now: float, team_age_s: float = TEAM_AGE_S) -> None:
        """Ask again for what was unreachable long enough, and forget team rows that are older than this."""
        self._unreachable = {key: at for key, at in self._unreachable.items() if now - at < OUTAGE_S}
        for key, at in list(self._read_at.items()):
            old = (key[1] or key[0] in WRITTEN_BY_OTHERS) and now - at > team_age_s
            if old or key[0] in READ_EACH_TURN:
                del self._tables[key], self._read_at[key]

    def apply(self, writes: Iterable[RowWrite]) -> None:
        """Do to the rows that were read what these writes do to storage."""
        for write in writes:
            for team in (False, True):
                rows = self._tables.get((write.table, team))
                if rows is not None:
                    _apply(rows, write)


def _apply(rows: dict[str, Row], write: RowWrite) -> None:
    match write.action:
        case "insert":
            for row in write.rows:
                rows.setdefault(str(row["id"]), whole_row(write.table, row))
        case "upsert":
            for row in write.rows:
                known = next((one for one in rows.values() if _same(one, row, write.key)), None)
                merged = {**known, **row, "id": known["id"]} if known else whole_row(write.table, row)
                rows[str(merged["id"])] = merged
        case "update":
            for id_, row in _matching(rows, write.where):
                rows[id_] = {**row, **write.values}
        case "delete":
            for id_, _ in _matching(rows, write.where):
                del rows[id_]


def _same(one: Row, other: Row, key: tuple[str, ...]) -> bool:
    return all(one.get(column) == other.get(column) for column in key)


def _matching(rows: dict[str, Row], where: Mapping[str, object]) -> list[tuple[str, Row]]:
    return [(id_, row) for id_, row in rows.items() if all(row.get(name) == value for name, value in where.items())]
