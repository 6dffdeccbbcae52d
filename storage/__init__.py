"""The journal's file, and rows: one narrow port, its two adapters, and the migrations that make their tables."""

from storage.backup import BackupError, back_up, restore
from storage.completeness import missing_tables
from storage.errors import (
    Ambiguous,
    BadQuery,
    Conflict,
    Forbidden,
    MigrationError,
    NotFound,
    StaleSchema,
    StorageError,
    Unavailable,
)
from storage.identity import user_id
from storage.insforge_migrations import migrate_insforge
from storage.journal_rewrite import rewrite_journal
from storage.moments import from_text, to_text
from storage.port import Row, Store, Where, all_of, any_of, eq, gt, gte, in_, is_null, lt, lte, ne
from storage.postgres_migrations import migrate_postgres
from storage.postgrest import PostgrestStore
from storage.rep_tokens import RepTokens
from storage.schema import REFERENCES, TABLES, columns_of, whole_row, with_referring
from storage.sqlite import SqliteStore
from storage.sqlite_migrations import migrate_sqlite

__all__ = [
    "REFERENCES",
    "TABLES",
    "Ambiguous",
    "BackupError",
    "BadQuery",
    "Conflict",
    "Forbidden",
    "MigrationError",
    "NotFound",
    "PostgrestStore",
    "RepTokens",
    "Row",
    "SqliteStore",
    "StaleSchema",
    "StorageError",
    "Store",
    "Unavailable",
    "Where",
    "all_of",
    "any_of",
    "back_up",
    "columns_of",
    "eq",
    "from_text",
    "gt",
    "gte",
    "in_",
    "is_null",
    "lt",
    "lte",
    "migrate_insforge",
    "migrate_postgres",
    "migrate_sqlite",
    "missing_tables",
    "ne",
    "restore",
    "rewrite_journal",
    "to_text",
    "user_id",
    "whole_row",
    "with_referring",
]
