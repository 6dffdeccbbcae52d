"""What both adapters make of a query before it becomes SQL or parameters."""

from collections.abc import Collection, Sequence

from storage.errors import BadQuery
from storage.port import Comparison, Group, Where
from storage.schema import Kind, columns_of, kind_of
from storage.values import written


def prepared(table: str, where: Where | None) -> Where | None:
    """The condition with every value as stored; raises BadQuery for what no backend could answer the same."""
    columns_of(table)
    return None if where is None else _prepared(table, where)


def required(table: str, where: Where | None) -> Where:
    """Like `prepared`, for writes: one without a filter would hit the whole table and is refused."""
    condition = prepared(table, where)
    if condition is None:
        raise BadQuery("a write without a filter is refused")
    return condition


def required_to_set(table: str, where: Where | None, columns: Collection[str]) -> Where:
    """Like `required`, for an update of these columns.

    A column that is set may be compared once and not in an `any_of`: PostgREST cannot say more and tell what changed.
    """
    condition = required(table, where)
    outer = condition.conditions if isinstance(condition, Group) and condition.kind == "and" else (condition,)
    single = [one.column for one in outer if isinstance(one, Comparison)]
    inner = frozenset[str]().union(*(named_columns(one) for one in outer if isinstance(one, Group)))
    for column in columns:
        if column in inner or single.count(column) > 1:
            raise BadQuery(f"{table}.{column} is set and compared more than once, or within a group")
    return condition


def _prepared(table: str, where: Where) -> Where:
    if isinstance(where, Group):
        if not where.conditions:
            raise BadQuery("a group without conditions; leave the filter out where none is meant")
        return Group(where.kind, tuple(_prepared(table, condition) for condition in where.conditions))
    kind, column = kind_of(table, where.column), where.column
    if where.operator == "is_null":
        return Comparison(column, "is_null", bool(where.value))
    if kind is Kind.JSON:
        raise BadQuery(f"{table}.{column} is jsonb and can only be asked for null")
    if where.operator == "in":
        values = where.value if isinstance(where.value, tuple | list) else (where.value,)
        return Comparison(column, "in", tuple(dict.fromkeys(_value(table, column, value) for value in values)))
    return Comparison(column, where.operator, _value(table, column, where.value))


def _value(table: str, column: str, value: object) -> object:
    if value is None:
        raise BadQuery(f"{table}.{column} is compared with null; use is_null")
    return written(table, column, value)


def keyset(order: Sequence[str], after: Sequence[object]) -> Where | None:
    """The condition that a row comes after these values of the order's columns, null being the largest of all.

    None where the values leave nothing to say: then no row comes after them.
    """
    if len(order) != len(after):
        raise BadQuery("`after` gives one value for each column of the order")
    ways: list[Where] = []
    same: list[Where] = []
    for entry, value in zip(order, after, strict=True):
        column, _, direction = entry.partition(" ")
        beyond = _beyond(column, value, falling=direction == "desc")
        if beyond is not None:
            ways.append(Group("and", (*same, beyond)) if same else beyond)
        same.append(Comparison(column, "is_null", True) if value is None else Comparison(column, "eq", value))
    return None if not ways else ways[0] if len(ways) == 1 else Group("or", tuple(ways))


def _beyond(column: str, value: object, *, falling: bool) -> Where | None:
    if value is None:
        return Comparison(column, "is_null", False) if falling else None
    if falling:
        return Comparison(column, "lt", value)
    larger = Comparison(column, "gt", value)
    # An id is never null, and without the second way the index serves the first.
    return larger if column == "id" else Group("or", (larger, Comparison(column, "is_null", True)))


MOST_ROWS = 1000
"""No page is longer; more rows are asked for with `after`."""


def page_condition(
    table: str, where: Where | None, order: Sequence[str], after: Sequence[object] | None
) -> Where | None:
    """The prepared condition of a page; raises BadQuery for what no backend could answer the same."""
    if after is None:
        return prepared(table, where)
    beyond = keyset(order, after)
    nothing = Comparison("id", "in", ())
    return prepared(table, both(where, beyond if beyond is not None else nothing))


def checked_limit(limit: int) -> int:
    """The limit; raises BadQuery for one that is no number of rows between none and `MOST_ROWS`."""
    if isinstance(limit, bool) or not 0 <= limit <= MOST_ROWS:
        raise BadQuery(f"a page has 0 to {MOST_ROWS} rows")
    return limit


def both(*conditions: Where | None) -> Where | None:
    """All the conditions that are given, as one; None where there is none."""
    given = tuple(condition for condition in conditions if condition is not None)
    return given[0] if len(given) == 1 else Group("and", given) if given else None


def ordered(table: str, order: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each column of an order with `asc` or `desc`; raises BadQuery for anything else."""
    if not order:
        raise BadQuery("rows are asked for in an order")
    parts = [(column, direction or "asc") for column, _, direction in (entry.partition(" ") for entry in order)]
    for column, direction in parts:
        kind_of(table, column)
        if direction not in ("asc", "desc"):
            raise BadQuery(f"`{column} {direction}` is no order; write a column, or a column and desc")
    return tuple(parts)


def in_parts(where: Where | None, size: int) -> list[Where | None]:
    """Conditions that together match the same rows, none of them twice, with at most `size` values in each list.

    A longer list is cut only where it stands alone or in an `and`; raises BadQuery for one anywhere else.
    """
    if where is None or isinstance(where, Comparison):
        return list(_cut(where, size)) if where is not None else [None]
    place = next((at for at, one in enumerate(where.conditions) if _is_long(one, size)), None)
    if place is None:
        return [where]
    if where.kind == "or":
        raise BadQuery(f"a list of more than {size} values inside an `or`; ask in parts")
    before, after = where.conditions[:place], where.conditions[place + 1 :]
    parts = in_parts(where.conditions[place], size)
    cut = [Group("and", (*before, part, *after)) for part in parts if part is not None]
    return [smaller for group in cut for smaller in in_parts(group, size)]


def _is_long(where: Where, size: int) -> bool:
    if isinstance(where, Group):
        return any(_is_long(condition, size) for condition in where.conditions)
    return where.operator == "in" and isinstance(where.value, tuple) and len(where.value) > size


def _cut(where: Comparison, size: int) -> list[Comparison]:
    if where.operator != "in" or not isinstance(where.value, tuple) or len(where.value) <= size:
        return [where]
    values = where.value
    return [Comparison(where.column, "in", values[at : at + size]) for at in range(0, len(values), size)]


def named_columns(where: Where) -> frozenset[str]:
    """The columns that a condition reads."""
    if isinstance(where, Comparison):
        return frozenset((where.column,))
    return frozenset().union(*(named_columns(condition) for condition in where.conditions))
