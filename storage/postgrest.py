"""PostgrestStore: rows over PostgREST's verbs, behind InsForge's gateway or on a plain server.

Every write is repeatable (ids are the caller's) except two: an insert that does not ignore what exists, and an update
that changes a column it filters by, since a replay would take its own success for somebody else's. Neither a token
nor a row's content ever reaches an error.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from typing import Literal

import msgspec

from storage import answers, parameters
from storage.errors import Ambiguous, Unavailable
from storage.http import TOTAL_S, TRANSPORT_ERRORS, Response, client, never_sent
from storage.parameters import Parameters
from storage.port import Comparison, Row, Where
from storage.query import (
    checked_limit,
    in_parts,
    named_columns,
    ordered,
    page_condition,
    prepared,
    required,
    required_to_set,
)
from storage.rep_tokens import RepTokens
from storage.retries import Retries
from storage.schema import columns_of, kind_of
from storage.values import added_rows, read, written_rows

ROWS_PER_CALL = 500
VALUES_PER_CALL = 100
_IGNORE = "return=representation,resolution=ignore-duplicates"
_MERGE = "return=representation,resolution=merge-duplicates"
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class PostgrestStore:
    """Rows behind one address; `records_path` is `/` for a plain PostgREST, `reps` makes tokens for `as_rep`.

    More than 500 rows, or more than 100 values in a list, take several calls, which are not one transaction. A count
    of written rows may come out too small after a repeated call, never too large.
    """

    def __init__(
        self,
        base_url: str,
        *,
        records_path: str = "/api/database/records",
        token: str,
        reps: RepTokens | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not token.isascii() or not token.isprintable() or not token.strip():
            raise ValueError("the database's key is empty or holds characters that no key has")
        self._path = f"/{records_path.strip('/')}/".replace("//", "/")
        self._http = client(base_url, headers={**_JSON, "Authorization": f"Bearer {token.strip()}"})
        self._retries = Retries(sleep, jitter)
        self._reps = reps
        self._user_id: str | None = None

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
        condition = page_condition(table, where, order, after)
        page = [*parameters.order(table, order), ("limit", str(checked_limit(limit)))]
        found = []
        for part in in_parts(condition, VALUES_PER_CALL):
            answer = await self._read(table, [_select(table), *parameters.filtered(part), *page])
            found.append(_rows(table, answer))
        return found[0] if len(found) == 1 else _merged(table, order, found)[:limit]

    async def count(self, table: str, where: Where | None = None) -> int:
        """How many rows match."""
        total = 0
        for part in in_parts(prepared(table, where), VALUES_PER_CALL):
            asked = [("select", "id"), *parameters.filtered(part), ("limit", "1")]
            total += answers.total((await self._read(table, asked, prefer="count=exact")).headers)
        return total

    async def insert(self, table: str, rows: Sequence[Row], *, on_conflict: Literal["ignore"] | None = None) -> int:
        """Add rows and return how many were new; `ignore` passes over rows whose id exists.

        Raises Ambiguous, without a second try, when the server broke off and nothing says to ignore what exists.
        """
        columns_of(table)
        ignoring = on_conflict == "ignore"
        prefer, key = (_IGNORE, "id") if ignoring else ("return=representation", None)
        chunks = _chunks(added_rows(table, rows))
        return sum([await self._post(table, chunk, key, prefer, repeatable=ignoring) for chunk in chunks])

    async def upsert(self, table: str, rows: Sequence[Row], *, key: Sequence[str] = ("id",)) -> None:
        """Add rows, and replace the given columns of those whose key exists."""
        for column in key:
            kind_of(table, column)
        for chunk in _chunks(_last_of_each(added_rows(table, rows), key)):
            prefer = _MERGE if chunk[0].keys() - set(key) else _IGNORE
            await self._post(table, chunk, ",".join(key), prefer, repeatable=True)

    async def update(self, table: str, values: Row, where: Where) -> list[Row]:
        """Set columns where the condition holds and return the changed rows."""
        condition, given = required_to_set(table, where, values), written_rows(table, [values])[0]
        repeatable = not given.keys() & named_columns(condition)
        changed: list[Row] = []
        for part in in_parts(condition, VALUES_PER_CALL):
            asked = [_select(table), *parameters.filtered(part, apart=given)]
            changed += _rows(table, await self._write("PATCH", table, asked, given, repeatable=repeatable))
        return changed

    async def delete(self, table: str, where: Where) -> int:
        """Remove rows and return how many."""
        condition, removed = required(table, where), 0
        # PostgREST applies the filter once more to what it returns, so every column of it has to be there.
        names = ",".join(sorted({"id", *named_columns(condition)}))
        for part in in_parts(condition, VALUES_PER_CALL):
            asked: Parameters = [("select", names), *parameters.filtered(part)]
            removed += len(answers.rows(await self._write("DELETE", table, asked, None, repeatable=True)))
        return removed

    def as_rep(self, user_id: str) -> "PostgrestStore":
        """The rows that row security lets this rep see, over the same connections; all of them without `reps`."""
        acting = copy(self)
        acting._user_id = user_id  # noqa: SLF001  # one's own class
        return acting

    async def ping(self) -> None:
        """Return when the database behind the server answers."""
        await self._read("users", [("select", "id"), ("limit", "1")])

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _post(self, table: str, rows: list[Row], key: str | None, prefer: str, *, repeatable: bool) -> int:
        asked: Parameters = [("columns", ",".join(rows[0])), ("select", "id")]
        if key is not None:
            asked.append(("on_conflict", key))
        return len(answers.rows(await self._write("POST", table, asked, rows, prefer=prefer, repeatable=repeatable)))

    async def _read(self, table: str, asked: Parameters, *, prefer: str = "") -> Response:
        return await self._retries.run(lambda: self._once("GET", table, asked, None, prefer), repeatable=True)

    async def _write(
        self,
        method: str,
        table: str,
        asked: Parameters,
        body: object,
        *,
        prefer: str = "return=representation",
        repeatable: bool,
    ) -> Response:
        return await self._retries.run(lambda: self._once(method, table, asked, body, prefer), repeatable=repeatable)

    async def _once(self, method: str, table: str, asked: Parameters, body: object, prefer: str) -> Response:
        content = msgspec.json.encode(body) if body is not None else None
        headers = {"Prefer": prefer} if prefer else {}
        if self._reps is not None and self._user_id is not None:
            headers["Authorization"] = f"Bearer {self._reps.token(self._user_id)}"
        try:
            async with asyncio.timeout(TOTAL_S):
                answer = await self._http.request(
                    method, f"{self._path}{table}", params=asked, content=content, headers=headers
                )
        except TRANSPORT_ERRORS as error:
            if never_sent(error):
                raise Unavailable("the database server cannot be reached") from None
            kind = Unavailable if method == "GET" else Ambiguous
            raise kind("the database server broke off before it answered") from None
        if not answer.is_success:
            retry_after = answer.headers.get("retry-after")
            raise answers.failure(answer.status_code, answer.content, retry_after, reading=method == "GET")
        return answer


def _select(table: str) -> tuple[str, str]:
    return "select", ",".join(columns_of(table))


def _rows(table: str, answer: Response) -> list[Row]:
    kinds = columns_of(table)
    return [{name: read(kind, row.get(name)) for name, kind in kinds.items()} for row in answers.rows(answer)]


def _chunks(rows: list[Row]) -> list[list[Row]]:
    return [rows[start : start + ROWS_PER_CALL] for start in range(0, len(rows), ROWS_PER_CALL)]


def _last_of_each(rows: list[Row], key: Sequence[str]) -> list[Row]:
    """Without repeated keys, which PostgreSQL refuses within one merge: the last one counts."""
    return list({tuple(str(row.get(column)) for column in key): row for row in rows}.values())


def _merged(table: str, order: Sequence[str], found: list[list[Row]]) -> list[Row]:
    """The rows of several calls in one order; texts by code point, whatever the server's collation."""
    rows = [row for part in found for row in part]
    for column, direction in reversed(ordered(table, order)):
        rows.sort(key=lambda row, name=column: (row[name] is None, row[name]), reverse=direction == "desc")  # type: ignore[misc]
    return rows
