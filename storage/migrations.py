"""Migrations as files: numbered plain SQL, forward only, checksummed; the same for SQLite, PostgreSQL and InsForge.

`NNN_kebab-name.sql` runs everywhere, `NNN_kebab-name.pg.sql` on PostgreSQL only. What InsForge's migration API would
refuse is refused here for every target, so that no such file is ever committed.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec

from storage.errors import MigrationError

_NAME = re.compile(r"(\d{1,64})_([a-z0-9-]+)(\.pg)?\.sql")
_NOT_STATEMENTS = re.compile(r"--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$", re.DOTALL)
"""Comments, and the bodies of functions."""
_REFUSED = re.compile(
    r"set_config\s*\("
    r"|\bset\s+(session\s+|local\s+)?(role|session\s+authorization|search_path|statement_timeout)\b"
    r"|\breset\s+all\b"
    r"|\b(create|alter|drop)\s+(role|user|group|database)\b"
    r"|\bgrant\s+(?:(?!\bon\b)[^;])+;"
    r"|(?:^|;)\s*(begin|start\s+transaction|commit|rollback|end|savepoint)\b[^;]*;"
    r"|^\s*\\\w*",
    re.IGNORECASE | re.MULTILINE,
)


class Migration(msgspec.Struct, frozen=True):
    """One file; the checksum ignores the kind of line ends."""

    version: int
    name: str
    sql: str
    checksum: str
    postgres_only: bool = False

    @property
    def title(self) -> str:
        """How the migration is named to people: `003_practice`."""
        return f"{self.version:03}_{self.name}"


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """Every migration in order; raises MigrationError for a bad name, a number used twice, or a refused statement."""
    found = sorted((_read(path) for path in folder.glob("*.sql")), key=lambda one: one.version)
    if not found:
        raise MigrationError(f"there are no migrations in {folder}")
    for before, after in pairwise(found):
        if before.version == after.version:
            raise MigrationError(f"migrations {before.title} and {after.title} share a number")
    return tuple(found)


def _read(path: Path) -> Migration:
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise MigrationError(f"{path.name} is no name for a migration; write NNN_kebab-name.sql")
    sql = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    refused = _REFUSED.search(_NOT_STATEMENTS.sub("", sql))
    if refused is not None:
        statement = " ".join(refused[0].split())[:60]
        raise MigrationError(f"{path.name}: InsForge refuses `{statement}`; write it without")
    checksum = hashlib.sha256(sql.encode()).hexdigest()
    return Migration(int(match[1]), match[2], sql, checksum, match[3] is not None)


def pending(migrations: Iterable[Migration], applied: Mapping[int, str]) -> tuple[Migration, ...]:
    """What is still to be applied, given the checksums (or beginnings of them) of what was.

    Raises MigrationError when history was edited, when the database knows more than this program, or when a new
    file would have to run before one that already did.
    """
    known = {one.version: one for one in migrations}
    for version, checksum in applied.items():
        if version not in known:
            raise MigrationError(f"the database has migration {version}, which this version of Cornerman does not know")
        if not checksum or not known[version].checksum.startswith(checksum):
            raise MigrationError(
                f"migration {known[version].title} was edited after it was applied; restore it and add a new one"
            )
    missing = tuple(one for one in known.values() if one.version not in applied)
    latest = max(applied, default=0)
    for one in missing:
        if one.version < latest:
            raise MigrationError(f"migration {one.title} comes before {latest}, which was applied already")
    return missing
