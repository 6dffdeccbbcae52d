"""What both adapters make of a query before it becomes SQL or parameters."""

from collections.abc import Sequence

from storage.errors import BadQuery
from storage.port import Comparison, Group, Where
from storage.schema import kind_of


def keyset(order: Sequence[str], after: Sequence[object]) -> Where:
    """The condition that a row comes after these values of the order's columns."""
    if len(order) != len(after):
        raise BadQuery("`after` gives one value for each column of the order")
    ways: list[Where] = []
    for place, (entry, value) in enumerate(zip(order, after, strict=True)):
        column, _, direction = entry.partition(" ")
        beyond = Comparison(column, "lt" if direction == "desc" else "gt", value)
        equals = [Comparison(name.split(" ")[0], "eq", same) for name, same in zip(order[:place], after, strict=False)]
        ways.append(Group("and", (*equals, beyond)) if equals else beyond)
    return ways[0] if len(ways) == 1 else Group("or", tuple(ways))


def both(*conditions: Where | None) -> Where | None:
    """All the conditions that are given, as one; None where there is none."""
    given = tuple(condition for condition in conditions if condition is not None)
    return given[0] if len(given) == 1 else Group("and", given) if given else None


def ordered(table: str, order: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each column of an order with `asc` or `desc`; raises BadQuery for anything else."""
    parts = [(column, direction or "asc") for column, _, direction in (entry.partition(" ") for entry in order)]
    for column, direction in parts:
        kind_of(table, column)
        if direction not in ("asc", "desc"):
            raise BadQuery(f"`{column} {direction}` is no order; write a column, or a column and desc")
    return tuple(parts)
