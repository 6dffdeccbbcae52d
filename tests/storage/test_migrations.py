"""The files: their names, numbers and checksums, what is refused, and what is still to be applied."""

from pathlib import Path

import pytest

from storage.errors import MigrationError
from storage.migrations import Migration, pending, read_migrations
from storage.sqlite_migrations import statements
from tests.servers.fixtures import MIGRATIONS

_FIRST = Migration(1, "first", "select 1;", "aa")
_SECOND = Migration(2, "second", "select 2;", "bb")


def _folder(folder: Path, **files: str) -> Path:
    for name, sql in files.items():
        (folder / f"{name.removeprefix('n').replace('__', '.')}.sql").write_text(sql, encoding="utf-8", newline="")
    return folder


def test_our_own_files_are_in_order() -> None:
    """They are read, numbered without gaps, and free of what InsForge refuses."""
    versions = [one.version for one in read_migrations(MIGRATIONS)]
    assert versions == list(range(1, len(versions) + 1))


def test_line_ends_do_not_change_a_checksum(tmp_path: Path) -> None:
    """A checkout on Windows has the same history."""
    (unix := tmp_path / "unix").mkdir()
    (windows := tmp_path / "windows").mkdir()
    one = read_migrations(_folder(unix, n001_a="select 1;\nselect 2;\n"))
    other = read_migrations(_folder(windows, n001_a="select 1;\r\nselect 2;\r\n"))
    assert one == other


@pytest.mark.parametrize("name", ["first.sql", "1-first.sql", "001_First.sql", "001_first_table.sql", "x001_a.sql"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """The message shows the form."""
    (tmp_path / name).write_text("select 1;")
    with pytest.raises(MigrationError, match="NNN_kebab-name"):
        read_migrations(tmp_path)


def test_a_number_is_used_once(tmp_path: Path) -> None:
    """Two files with one number are refused, whatever their targets."""
    with pytest.raises(MigrationError, match="share a number"):
        read_migrations(_folder(tmp_path, n001_a="select 1;", n1_b__pg="select 1;"))


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    """A wrong path does not pass for an up-to-date database."""
    with pytest.raises(MigrationError, match="no migrations"):
        read_migrations(tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "select set_config('a', 'b', true);",
        "set role anon;",
        "SET LOCAL search_path = public;",
        "set session authorization x;",
        "set statement_timeout = 0;",
        "reset all;",
        "create role x;",
        "alter user x superuser;",
        "drop database x;",
        "grant anon to x;",
        "begin;\nselect 1;\ncommit;",
        "select 1; commit;",
        "start transaction;",
        "rollback to savepoint x;",
        "\\! ls",
    ],
)
def test_what_insforge_refuses_is_refused_for_every_target(tmp_path: Path, sql: str) -> None:
    """Such a file cannot even reach SQLite."""
    with pytest.raises(MigrationError, match="InsForge refuses"):
        read_migrations(_folder(tmp_path, n001_a=sql))


@pytest.mark.parametrize(
    "sql",
    [
        "-- set role anon;\nselect 1;",
        "/* begin; */ select 1;",
        "grant select on users to authenticated;",
        "create function f() returns int language plpgsql as $$ begin return 1; end; $$;",
        "create table roles (role text, offset_begin integer);",
    ],
)
def test_what_only_looks_like_it_passes(tmp_path: Path, sql: str) -> None:
    """Comments, grants on objects and bodies of functions are allowed."""
    assert len(read_migrations(_folder(tmp_path, n001_a=sql))) == 1


def test_pending_is_what_the_database_lacks() -> None:
    """In order, and nothing twice."""
    assert pending((_FIRST, _SECOND), {}) == (_FIRST, _SECOND)
    assert pending((_FIRST, _SECOND), {1: "aa"}) == (_SECOND,)
    assert pending((_FIRST, _SECOND), {1: "aa", 2: "bb"}) == ()


@pytest.mark.parametrize(
    ("applied", "reason"),
    [
        ({1: "edited"}, "edited"),
        ({1: ""}, "edited"),
        ({1: "aa", 3: "cc"}, "does not know"),
        ({2: "bb"}, "comes before"),
    ],
)
def test_a_history_that_does_not_fit_stops_everything(applied: dict[int, str], reason: str) -> None:
    """Edited files, a newer database, and a file that comes too late."""
    with pytest.raises(MigrationError, match=reason):
        pending((_FIRST, _SECOND), applied)


def test_statements_are_told_apart() -> None:
    """A semicolon in a text or a comment ends nothing."""
    sql = "insert into a values ('x;\ny');\n-- a; comment\nselect 1;\n-- the end\n"
    assert len(statements(sql)) == 2


def test_a_forgotten_semicolon_is_noticed() -> None:
    """Instead of being left out."""
    with pytest.raises(MigrationError, match="semicolon"):
        statements("select 1;\nselect 2")
