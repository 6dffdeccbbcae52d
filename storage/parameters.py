"""Conditions and orders as PostgREST's query parameters."""

from collections.abc import Callable, Collection, Iterable, Sequence

from storage.port import Comparison, Group, Where
from storage.query import ordered

Parameters = list[tuple[str, str | int | float | bool | None]]
_OPERATORS = {"eq": "eq", "ne": "neq", "lt": "lt", "lte": "lte", "gt": "gt", "gte": "gte"}


def filtered(where: Where | None, apart: Collection[str] = ()) -> Parameters:
    """A prepared condition as one parameter, since InsForge's gateway renames a repeated one.

    Comparisons of the columns `apart`, each at most one, get a parameter of their own: after a PATCH PostgREST applies
    `and=` once more to the changed rows, and would not return one that no longer matches by what was set.
    """
    if where is None:
        return []
    conditions = where.conditions if isinstance(where, Group) and where.kind == "and" else (where,)
    single = [one for one in conditions if isinstance(one, Comparison) and one.column in apart]
    others = [one for one in conditions if not isinstance(one, Comparison) or one.column not in apart]
    alone: Parameters = [(one.column, _test(one, _plain)) for one in single]
    return [*alone, *_grouped(others)]


def _grouped(conditions: list[Where]) -> Parameters:
    if len(conditions) == 1 and isinstance(group := conditions[0], Group):
        return [(group.kind, f"({_listed(group.conditions)})")]
    return [("and", f"({_listed(conditions)})")] if conditions else []


def order(table: str, columns: Sequence[str]) -> Parameters:
    """The `order` parameter; raises BadQuery for what is no order."""
    return [("order", ",".join(f"{column}.{direction}" for column, direction in ordered(table, columns)))]


def _listed(conditions: Iterable[Where]) -> str:
    return ",".join(_condition(condition) for condition in conditions)


def _condition(where: Where) -> str:
    if isinstance(where, Group):
        return f"{where.kind}({_listed(where.conditions)})"
    return f"{where.column}.{_test(where, _quoted)}"


def _test(where: Comparison, write: Callable[[object], str]) -> str:
    match where.operator:
        case "is_null":
            return "is.null" if where.value else "not.is.null"
        case "in":
            values = where.value if isinstance(where.value, tuple) else ()
            return f"in.({','.join(map(_quoted, values))})"
        case operator:
            return f"{_OPERATORS[operator]}.{write(where.value)}"


def _quoted(value: object) -> str:
    """A value inside a list or a group; there quotes end it."""
    if isinstance(value, bool):
        return _plain(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _plain(value: object) -> str:
    """A value that goes to the parameter's end; there quotes would be a part of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
