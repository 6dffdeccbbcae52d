"""A PostgreSQL of the tests' own: new data, a socket in a closed folder, gone with the tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import msgspec

from tests.servers.processes import end, spawn, unprivileged_user, until
from tests.servers.tools import postgres_binaries

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=32MB")
_CLOSED = ("listen_addresses=", "max_connections=80", "log_min_messages=warning")


class Database(msgspec.Struct, frozen=True):
    """One database of a running server, reached as its superuser."""

    folder: str
    name: str
    binaries: Path

    def url(self, user: str = "postgres") -> str:
        """Its address for libpq."""
        return f"postgresql://{user}@/{self.name}?host={quote(self.folder, safe='')}"

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        """What a statement returns, as text; raises RuntimeError with the server's words."""
        options = ("-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-f", "-")
        command = [str(self.binaries / "psql"), "-h", self.folder, "-U", "postgres", "-d", self.name, *options]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return [tuple(line.split("\x1f")) for line in done.stdout.splitlines()]


class Postgres:
    """A running server; make one with `start`, end it with `stop`."""

    def __init__(self, folder: Path, binaries: Path, user: str | None) -> None:
        self._folder = folder
        self._binaries = binaries
        self._user = user
        self._start()

    @classmethod
    def start(cls) -> "Postgres":
        """Make new data and start a server on it; raises ServerMissing, RuntimeError."""
        user = unprivileged_user()
        folder = Path(tempfile.mkdtemp(prefix="cornerman-pg-"))
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        try:
            binaries = _reachable(postgres_binaries(), folder, user)
            _make_data(binaries, folder, user)
            return cls(folder, binaries, user)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _start(self) -> None:
        settings = [part for setting in (*_QUICK, *_CLOSED) for part in ("-c", setting)]
        log = self._folder / "log"
        command = [str(self._binaries / "postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder)]
        self._process = spawn([*command, *settings], log=log, user=self._user)
        until(self._answers, self._process, log)

    def _answers(self) -> bool:
        try:
            return self.database("postgres").rows("select 1") == [("1",)]
        except RuntimeError:
            return False

    def database(self, name: str) -> Database:
        """A database by its name."""
        return Database(str(self._folder), name, self._binaries)

    def create_database(self, name: str) -> Database:
        """A new, empty database."""
        self.database("postgres").rows(f'create database "{name}"')
        return self.database(name)

    def halt(self) -> None:
        """Stop the server and keep its data."""
        end(self._process, signal.SIGQUIT)

    def resume(self) -> None:
        """Start the server again on its data."""
        self._start()

    def stop(self) -> None:
        """Stop the server and remove its data."""
        end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


def _reachable(binaries: Path, folder: Path, user: str | None) -> Path:
    """The programs where the server's user may read them: a checkout under root's home is closed to others."""
    if user is None or binaries.is_relative_to("/usr"):
        return binaries
    copy = folder / "programs"
    shutil.copytree(binaries.parent, copy, symlinks=True)
    return copy / "bin"


def _make_data(binaries: Path, folder: Path, user: str | None) -> None:
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions")
    log = folder / "initdb.log"
    process = spawn([str(binaries / "initdb"), "-D", str(folder / "data"), *options], log=log, user=user)
    if process.wait(timeout=60) != 0:
        raise RuntimeError(f"initdb failed:\n{log.read_text(errors='replace')[-2000:]}")
