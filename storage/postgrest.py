"""PostgrestStore: rows over PostgREST's verbs, behind InsForge's gateway or on a plain server.

Every write is repeatable (ids are the caller's), so everything here may be tried again. A request is tried three
times; which failures deserve it stands in `_RETRYABLE`. Neither a token nor a row's content ever reaches an error.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import msgspec

from storage.errors import Ambiguous, BadQuery, Conflict, Forbidden, NotFound, StaleSchema, StorageError, Unavailable
from storage.http import NEVER_SENT, TRANSPORT_ERRORS, Response, client
from storage.port import Comparison, Group, Row, Where
from storage.query import both, keyset, ordered
from storage.schema import checked, checked_rows, columns_of, kind_of, read

ROWS_PER_CALL = 500
VALUES_PER_CALL = 100
TRIES = 3
_PAUSES_S = (0.2, 0.6)
_LONGEST_WAIT_S = 5.0
_OPERATORS = {"eq": "eq", "ne": "neq", "lt": "lt", "lte": "lte", "gt": "gt", "gte": "gte"}
_STALE = frozenset({"PGRST202", "PGRST204", "PGRST205"})
_PASSING = frozenset({"40P01", "55P03", "57014", "INTERNAL_ERROR"})
Parameters = list[tuple[str, str | int | float | bool | None]]


class PostgrestStore:
    """Rows behind one address; `records_path` is `/` for a plain PostgREST."""

    def __init__(
        self,
        base_url: str,
        *,
        records_path: str = "/api/database/records",
        token: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._path = f"/{records_path.strip('/')}/".replace("//", "/")
        self._http = client(base_url, headers={"Authorization": f"Bearer {token}"})
        self._sleep = sleep
        self._jitter = jitter

    async def get(self, table: str, id: str) -> Row | None:  # noqa: A002  # the column's name
        """The row of this id, or None."""
        found = await self.select(table, Comparison("id", "eq", id), limit=1)
        return found[0] if found else None

    async def select(
        self,
        table: str,
        where: Where | None = None,
        *,
        order: Sequence[str] = ("id",),
        limit: int = 100,
        after: Sequence[object] | None = None,
    ) -> list[Row]:
        """Rows in this order, at most `limit`, beginning after the given values of the order's columns."""
        parameters = _parameters(table, both(where, keyset(order, after) if after is not None else None))
        parameters += [("order", _order(table, order)), ("limit", str(limit))]
        answer = await self._call("GET", table, [("select", ",".join(columns_of(table))), *parameters])
        return _rows(table, answer)

    async def count(self, table: str, where: Where | None = None) -> int:
        """How many rows match."""
        parameters = [("select", next(iter(columns_of(table)))), *_parameters(table, where), ("limit", "1")]
        answer = await self._call("GET", table, parameters, prefer="count=exact")
        return int(answer.headers["content-range"].rpartition("/")[2])

    async def insert(self, table: str, rows: Sequence[Row], *, on_conflict: Literal["ignore"] | None = None) -> int:
        """Add rows and return how many were new; `ignore` passes over rows whose id exists."""
        prefer = "return=representation" + (",resolution=ignore-duplicates" if on_conflict == "ignore" else "")
        key = [("on_conflict", "id")] if on_conflict == "ignore" else []
        return sum([await self._post(table, chunk, key, prefer) for chunk in _chunks(table, rows)])

    async def upsert(self, table: str, rows: Sequence[Row], *, key: Sequence[str] = ("id",)) -> None:
        """Add rows, and replace the given columns of those whose key exists."""
        for column in key:
            kind_of(table, column)
        for chunk in _chunks(table, _last_of_each(rows, key)):
            await self._post(table, chunk, [("on_conflict", ",".join(key))], _MERGE)

    async def update(self, table: str, values: Row, where: Where) -> list[Row]:
        """Set columns where the condition holds and return the changed rows."""
        if not values:
            raise BadQuery("an update sets at least one column")
        checked_rows(table, [values])
        parameters = [("select", ",".join(columns_of(table))), *_filter(table, where)]
        return _rows(table, await self._call("PATCH", table, parameters, values, prefer="return=representation"))

    async def delete(self, table: str, where: Where) -> int:
        """Remove rows and return how many."""
        parameters = [("select", next(iter(columns_of(table)))), *_filter(table, where)]
        return len(_decoded(await self._call("DELETE", table, parameters, prefer="return=representation")))

    async def ping(self) -> None:
        """Return when the database behind the server answers."""
        await self._call("GET", "users", [("select", "id"), ("limit", "1")])

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _post(self, table: str, rows: list[Row], parameters: Parameters, prefer: str) -> int:
        columns = ("columns", ",".join(rows[0]))
        answer = await self._call("POST", table, [columns, *parameters], rows, prefer=prefer)
        return len(_decoded(answer))

    async def _call(
        self, method: str, table: str, parameters: Parameters, body: object = None, *, prefer: str = ""
    ) -> Response:
        for attempt in range(TRIES):
            try:
                return await self._once(method, table, parameters, body, prefer)
            except StorageError as error:
                if not error.retryable or attempt == TRIES - 1 or (error.retry_after or 0) > _LONGEST_WAIT_S:
                    raise
                pause = 1.0 if isinstance(error, StaleSchema) else _PAUSES_S[attempt] * (0.5 + self._jitter())
                await self._sleep(max(pause, error.retry_after or 0.0))
        raise AssertionError("the last try returns or raises")

    async def _once(self, method: str, table: str, parameters: Parameters, body: object, prefer: str) -> Response:
        headers = {"Content-Type": "application/json", **({"Prefer": prefer} if prefer else {})}
        content = msgspec.json.encode(body) if body is not None else None
        try:
            answer = await self._http.request(
                method, f"{self._path}{table}", params=parameters, content=content, headers=headers
            )
        except NEVER_SENT as error:
            raise Unavailable(f"the database server cannot be reached ({type(error).__name__})") from None
        except TRANSPORT_ERRORS as error:
            # The request may have been carried out; being repeatable, it is safe to send again.
            raise Ambiguous(f"the database server broke off ({type(error).__name__})") from None
        if answer.is_error:
            raise failure(answer.status_code, answer.content, answer.headers.get("retry-after"))
        return answer


_MERGE = "return=representation,resolution=merge-duplicates"


def failure(status: int, body: bytes, retry_after: str | None = None) -> StorageError:
    """The error of an answer, from either of the two shapes of body; `details` may hold a row and is never read."""
    code, message = _code(body)
    said = f"the database answered {status}{f' {code}' if code else ''}"
    wait = _seconds(retry_after)
    if code in _STALE or (status == 404 and body.strip() == b"{}"):
        return StaleSchema(f"{said}: it has not learned of a new table or column yet", retry_after=wait)
    if code in _PASSING or status in (429, 502, 503, 504):
        kind = Ambiguous if code == "INTERNAL_ERROR" else Unavailable
        return kind(f"{said}: try again", retry_after=wait)
    if status in (401, 403):
        return Forbidden(f"{said}: the credentials do not reach this")
    if status == 409:
        return Conflict(f"{said}: {message}")
    if status == 404:
        return NotFound(f"{said}: apply the migrations")
    if status >= 500:
        return StorageError(said)
    return BadQuery(f"{said}: {message}")


def _code(body: bytes) -> tuple[str, str]:
    try:
        fields = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return "", "no reason given"
    if not isinstance(fields, dict):
        return "", "no reason given"
    code = str(fields.get("code") or fields.get("error") or "")
    # PostgreSQL quotes values in messages about types (22P02); those about keys and checks name constraints alone.
    quotes = code.startswith("22")
    return code, "a value does not fit its column" if quotes else str(fields.get("message", ""))[:200]


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _decoded(answer: Response) -> list[Row]:
    if not answer.content.strip():
        return []
    try:
        return msgspec.json.decode(answer.content, type=list[Row])
    except msgspec.DecodeError:
        raise Ambiguous("the database server answered with something that is no list of rows") from None


def _rows(table: str, answer: Response) -> list[Row]:
    kinds = columns_of(table)
    return [{name: read(kinds[name], value) for name, value in row.items()} for row in _decoded(answer)]


def _chunks(table: str, rows: Sequence[Row]) -> list[list[Row]]:
    if rows:
        checked_rows(table, list(rows))
    return [list(rows[start : start + ROWS_PER_CALL]) for start in range(0, len(rows), ROWS_PER_CALL)]


def _last_of_each(rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """Without repeated keys, which PostgreSQL refuses within one merge: the last one counts."""
    return list({tuple(str(row.get(column)) for column in key): row for row in rows}.values())


def _filter(table: str, where: Where) -> Parameters:
    parameters = _parameters(table, where)
    if not parameters:
        raise BadQuery("a write without a filter is refused")
    return parameters


def _parameters(table: str, where: Where | None) -> Parameters:
    """The filter as one parameter, since the gateway garbles a repeated one."""
    if where is None or (isinstance(where, Group) and not where.conditions):
        columns_of(table)
        return []
    group = where if isinstance(where, Group) else Group("and", (where,))
    return [(group.kind, f"({_listed(table, group)})")]


def _listed(table: str, group: Group) -> str:
    return ",".join(_condition(table, condition) for condition in group.conditions)


def _condition(table: str, where: Where) -> str:
    if isinstance(where, Group):
        if not where.conditions:
            raise BadQuery("a group of conditions is empty")
        return f"{where.kind}({_listed(table, where)})"
    kind_of(table, where.column)
    match where.operator:
        case "is_null":
            return f"{where.column}.{'' if where.value else 'not.'}is.null"
        case "in":
            values = where.value if isinstance(where.value, tuple) else (where.value,)
            if len(values) > VALUES_PER_CALL:
                raise BadQuery(f"at most {VALUES_PER_CALL} values at once; ask in parts")
            return f"{where.column}.in.({','.join(_value(table, where.column, value) for value in values)})"
    return f"{where.column}.{_OPERATORS[where.operator]}.{_value(table, where.column, where.value)}"


def _value(table: str, column: str, value: object) -> str:
    if checked(table, column, value) is None:
        raise BadQuery(f"{column} compared with null; use is_null")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _order(table: str, order: Sequence[str]) -> str:
    return ",".join(f"{column}.{direction}" for column, direction in ordered(table, order))
