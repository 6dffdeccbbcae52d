"""The port: what any storage can do, and nothing that only one of them can.

Rows are dictionaries of plain values: text, numbers, booleans, None, lists and dictionaries for JSON, and times as
the text that `storage.moments` writes. Ids and times are made by the caller, so every write may be repeated.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

Row = dict[str, object]
Operator = Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "is_null"]


class Comparison(msgspec.Struct, frozen=True):
    """One column against one value; a tuple of values for `in`, a truth value for `is_null`."""

    column: str
    operator: Operator
    value: object


class Group(msgspec.Struct, frozen=True):
    """Conditions of which all or any must hold."""

    kind: Literal["and", "or"]
    conditions: "tuple[Comparison | Group, ...]"


Where = Comparison | Group


def eq(column: str, value: object) -> Comparison:
    """The column equals the value; for null use `is_null`."""
    return Comparison(column, "eq", value)


def ne(column: str, value: object) -> Comparison:
    """The column differs from the value."""
    return Comparison(column, "ne", value)


def lt(column: str, value: object) -> Comparison:
    """The column is below the value."""
    return Comparison(column, "lt", value)


def lte(column: str, value: object) -> Comparison:
    """The column is at most the value."""
    return Comparison(column, "lte", value)


def gt(column: str, value: object) -> Comparison:
    """The column is above the value."""
    return Comparison(column, "gt", value)


def gte(column: str, value: object) -> Comparison:
    """The column is at least the value."""
    return Comparison(column, "gte", value)


def in_(column: str, values: Sequence[object]) -> Comparison:
    """The column is one of the values; no value matches nothing."""
    return Comparison(column, "in", tuple(values))


def is_null(column: str, null: bool = True) -> Comparison:
    """The column is null, or with False is not."""
    return Comparison(column, "is_null", null)


def all_of(*conditions: Where) -> Group:
    """Every condition holds."""
    return Group("and", conditions)


def any_of(*conditions: Where) -> Group:
    """At least one condition holds."""
    return Group("or", conditions)


class Store(Protocol):
    """Rows somewhere. Every method raises a StorageError; a write whose filter is empty is refused as BadQuery."""

    async def get(self, table: str, id: str) -> Row | None:  # noqa: A002  # the column's name
        """The row of this id, or None."""

    async def select(
        self,
        table: str,
        where: Where | None = None,
        *,
        order: Sequence[str] = ("id",),
        limit: int = 100,
        after: Sequence[object] | None = None,
    ) -> list[Row]:
        """Rows in this order ("column" or "column desc"), at most `limit`, after these values of its columns.

        Null counts as the largest value. How texts are ordered is the backend's own affair; ids, times and numbers
        are ordered the same everywhere.
        """

    async def count(self, table: str, where: Where | None = None) -> int:
        """How many rows match."""

    async def insert(self, table: str, rows: Sequence[Row], *, on_conflict: Literal["ignore"] | None = None) -> int:
        """Add rows and return how many were new; `ignore` passes over rows whose id exists."""

    async def upsert(self, table: str, rows: Sequence[Row], *, key: Sequence[str] = ("id",)) -> None:
        """Add rows, and replace the given columns of those whose key exists."""

    async def update(self, table: str, values: Row, where: Where) -> list[Row]:
        """Set columns where the condition holds and return the changed rows.

        The condition may compare a column that is set once, outside any group: that is compare-and-set, of which one
        of several callers wins.
        """

    async def delete(self, table: str, where: Where) -> int:
        """Remove rows and return how many."""

    def as_rep(self, user_id: str) -> "Store":
        """The same rows as far as the database lets this rep see them; all of them where it has no such rules."""

    async def ping(self) -> None:
        """Return when the storage answers."""

    async def close(self) -> None:
        """Let go of connections."""
