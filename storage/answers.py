"""What PostgREST and InsForge's gateway answer: rows, counts, and errors in two shapes of body.

An error of this module never holds a row's content: `details` is not read, and a `message` is kept only where
PostgreSQL names nothing but constraints, tables and columns in it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from storage.errors import Ambiguous, BadQuery, Conflict, Forbidden, NotFound, StaleSchema, StorageError, Unavailable
from storage.http import Response
from storage.port import Row

_STALE = frozenset({"PGRST202", "PGRST204", "PGRST205"})
_ROLLED_BACK = frozenset({"40P01", "55P03", "57014"})
_NOT_BEGUN = frozenset({"PGRST000", "PGRST001", "PGRST002", "PGRST003"})
_CALLERS_FAULT = ("21", "22", "23", "42P10", "P0001", "PGRST1")
_NAMES_NO_VALUE = ("23", "42")
_CODE = re.compile(r"[A-Z0-9_]{1,40}")
_CONSTRAINT = re.compile(r'constraint "(\w{1,63})"')


def failure(status: int, body: bytes, retry_after: str | None = None, *, reading: bool = False) -> StorageError:
    """The error of an answer; after a failed read nothing is ambiguous."""
    code, message = _reason(body)
    said = f"the database answered {status}{f' {code}' if code else ''}"
    told = code if _CODE.fullmatch(code) else ""
    if code in _STALE or (status == 404 and body.strip() == b"{}"):
        hint = "it has not learned of a table or column yet; are all migrations applied?"
        return StaleSchema(f"{said}: {hint}", code=told)
    if _passes(status, code):
        return _passing(status, code, reading)(f"{said}: try again", retry_after=_seconds(retry_after), code=told)
    broken = _CONSTRAINT.search(message)
    constraint = broken[1] if broken else ""
    return _final(status, code)(f"{said}: {message}" if message else said, code=told, constraint=constraint)


def _passes(status: int, code: str) -> bool:
    return status in (429, 502, 503, 504) or code in _ROLLED_BACK or (status == 500 and code == "INTERNAL_ERROR")


def _passing(status: int, code: str, reading: bool) -> type[StorageError]:
    # A proxy's 502 and 504 and the gateway's own time-out leave open whether the write happened.
    certain = reading or code in _ROLLED_BACK or code in _NOT_BEGUN or status in (429, 503)
    return Unavailable if certain else Ambiguous


def _final(status: int, code: str) -> type[StorageError]:
    """Whose fault it is; only what is surely the row's or the query's is called so."""
    if status in (401, 403) or code.startswith("PGRST3") or code == "42501":
        return Forbidden
    if status == 409:
        return Conflict
    if code.startswith(_CALLERS_FAULT) and code != "22023":
        return BadQuery
    return NotFound if status == 404 or code in ("42P01", "42703") else StorageError


def _reason(body: bytes) -> tuple[str, str]:
    try:
        fields = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        fields = None
    if not isinstance(fields, dict):
        return "", ""
    code = str(fields.get("code") or fields.get("error") or "")[:40]
    message = str(fields.get("message") or "")[:200]
    return code, message if code.startswith(_NAMES_NO_VALUE) else ""


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def rows(answer: Response) -> list[Row]:
    """The rows of an answer; an empty body is none. Raises Ambiguous for anything else than rows."""
    if not answer.content.strip():
        return []
    try:
        return msgspec.json.decode(answer.content, type=list[Row])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Ambiguous("the database server answered with something that is no list of rows") from None


def total(headers: Mapping[str, str]) -> int:
    """The number of matching rows, from `Content-Range: 0-0/17`."""
    number = headers.get("content-range", "").rpartition("/")[2]
    if not number.isdecimal():
        raise Unavailable("the database server gave no count")
    return int(number)
