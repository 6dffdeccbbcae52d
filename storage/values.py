"""Values on their way to a backend and back: what one backend would refuse or round is refused for all.

A BadQuery of this module names the table, the column and the type, and never shows the value.
"""

import math
from collections.abc import Callable, Sequence
from uuid import UUID

from storage.errors import BadQuery
from storage.moments import normalized
from storage.port import Row
from storage.schema import Kind, kind_of

LARGEST_EXACT = 2**53
"""Beyond this an integer does not survive the way through JavaScript."""
_LARGEST_INTEGER = 2**31 - 1


class _Refused(Exception):
    """Why a value does not fit."""


def written(table: str, column: str, value: object) -> object:
    """The value as every backend stores it: ids in lower case, times in the stored form; raises BadQuery."""
    kind = kind_of(table, column)
    if value is None:
        return None
    try:
        return _WRITERS[kind](value)
    except _Refused as refused:
        raise BadQuery(f"{table}.{column} takes {kind}: {refused}") from None


def written_rows(table: str, rows: Sequence[Row]) -> list[Row]:
    """The rows with every value as stored; raises BadQuery where columns differ or a value does not fit."""
    if any(row.keys() != rows[0].keys() for row in rows):
        raise BadQuery(f"rows for {table} must all have the same columns")
    if rows and not rows[0]:
        raise BadQuery(f"a row for {table} has no columns")
    return [{column: written(table, column, value) for column, value in row.items()} for row in rows]


def added_rows(table: str, rows: Sequence[Row]) -> list[Row]:
    """Like `written_rows`, for rows that may be new: each has its id, which SQLite alone would let be null."""
    given = written_rows(table, rows)
    if any(row.get("id") is None for row in given):
        raise BadQuery(f"a row for {table} has no id")
    return given


def read(kind: Kind, value: object) -> object:
    """A value as a backend returns it, in the form it was written."""
    if value is None:
        return None
    match kind:
        case Kind.TIME:
            return normalized(str(value))
        case Kind.BOOLEAN:
            return bool(value)
        case Kind.REAL if isinstance(value, int | float):
            return float(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Refused(f"not {type(value).__name__}")
    if "\x00" in value:
        raise _Refused("a NUL character cannot be stored")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Refused("half of a surrogate pair cannot be stored") from None
    return value


def _some_text(value: object) -> str:
    text = _text(value)
    if not text:
        raise _Refused("empty text; None is meant")
    return text


def _uuid(value: object) -> str:
    try:
        return str(UUID(_some_text(value)))
    except ValueError:
        raise _Refused("not an id") from None


def _time(value: object) -> str:
    try:
        return normalized(_some_text(value))
    except (ValueError, OverflowError):
        raise _Refused("not a time with its zone") from None


def _bigint(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Refused(f"not {type(value).__name__}")
    if abs(value) > LARGEST_EXACT:
        raise _Refused("beyond 2**53 it would be rounded on its way")
    return value


def _integer(value: object) -> int:
    number = _bigint(value)
    if not -_LARGEST_INTEGER <= number <= _LARGEST_INTEGER:
        raise _Refused("beyond 2**31")
    return number


def _real(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise _Refused(f"not {type(value).__name__}, or not finite")
    return float(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused(f"not {type(value).__name__}")
    return value


def _json(value: object) -> object:
    # A bare number or text would not come back from SQLite as it went in.
    if not isinstance(value, dict | list | tuple):
        raise _Refused(f"an object or a list, not {type(value).__name__}")
    _check_json(value)
    return value


def _check_json(value: object) -> None:
    match value:
        case None | bool():
            return
        case str():
            _text(value)
        case int():
            _bigint(value)
        case float():
            _real(value)
        case list() | tuple():
            for item in value:
                _check_json(item)
        case dict():
            for name, item in value.items():
                _text(name)
                _check_json(item)
        case _:
            raise _Refused(f"{type(value).__name__} is no JSON")


_WRITERS: dict[Kind, Callable[[object], object]] = {
    Kind.UUID: _uuid,
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.BIGINT: _bigint,
    Kind.REAL: _real,
    Kind.BOOLEAN: _boolean,
    Kind.JSON: _json,
    Kind.TIME: _time,
}
