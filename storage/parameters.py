"""Conditions and orders as PostgREST's query parameters."""

from collections.abc import Sequence

from storage.port import Group, Where
from storage.query import ordered

Parameters = list[tuple[str, str | int | float | bool | None]]
_OPERATORS = {"eq": "eq", "ne": "neq", "lt": "lt", "lte": "lte", "gt": "gt", "gte": "gte"}


def filtered(where: Where | None) -> Parameters:
    """A prepared condition as one parameter, since InsForge's gateway renames a repeated one."""
    if where is None:
        return []
    group = where if isinstance(where, Group) else Group("and", (where,))
    return [(group.kind, f"({_listed(group)})")]


def order(table: str, columns: Sequence[str]) -> Parameters:
    """The `order` parameter; raises BadQuery for what is no order."""
    return [("order", ",".join(f"{column}.{direction}" for column, direction in ordered(table, columns)))]


def _listed(group: Group) -> str:
    return ",".join(_condition(condition) for condition in group.conditions)


def _condition(where: Where) -> str:
    if isinstance(where, Group):
        return f"{where.kind}({_listed(where)})"
    match where.operator:
        case "is_null":
            return f"{where.column}.{'' if where.value else 'not.'}is.null"
        case "in":
            values = where.value if isinstance(where.value, tuple) else ()
            return f"{where.column}.in.({','.join(map(_quoted, values))})"
        case operator:
            return f"{where.column}.{_OPERATORS[operator]}.{_quoted(where.value)}"


def _quoted(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
