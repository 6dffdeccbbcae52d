"""Errors of the storage package, split by whose fault they are.

StorageError              `retryable` and `retry_after` (seconds) tell what a caller may do
├── Conflict              the row breaks a unique key or a reference: somebody was first, or something is missing
├── Forbidden             the credentials do not reach this row or table
├── NotFound              the table or function does not exist: a deployment's fault
├── BadQuery              the caller's bug: an unknown column, a wrong type, a write without a filter
├── StaleSchema           the server has not learned of a new table or column yet; retryable
├── Unavailable           the server cannot be reached or is overloaded; retryable
└── Ambiguous             the write may or may not have happened; retryable, because every write is idempotent

MigrationError            the migrations cannot be applied; the message says what to do
"""


class StorageError(Exception):
    """Every way a row operation can fail; the message never holds a row's content.

    `code` is the database's own for what happened, a SQLSTATE for instance, and `constraint` the name of the one that
    was broken; both are empty where unknown.
    """

    retryable = False

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "", constraint: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.code = code
        self.constraint = constraint


class Conflict(StorageError):
    """The row breaks a unique key or a reference."""


class Forbidden(StorageError):
    """The credentials do not reach this row or table."""


class NotFound(StorageError):
    """The table or function does not exist."""


class BadQuery(StorageError):
    """The caller's bug."""


class StaleSchema(StorageError):
    """The server has not learned of a new table or column yet."""

    retryable = True


class Unavailable(StorageError):
    """The server cannot be reached or is overloaded."""

    retryable = True


class Ambiguous(StorageError):
    """The write may or may not have happened."""

    retryable = True


class MigrationError(Exception):
    """The migrations cannot be applied."""
