"""A real PostgREST over one of the tests' databases."""

import http.client
import os
import shutil
import tempfile
import time
from pathlib import Path

import jwt

from tests.servers.ports import free_port
from tests.servers.postgres import Database
from tests.servers.processes import end, spawn, until
from tests.servers.tools import postgrest_binary

SECRET = "a secret of the tests, longer than thirty-two characters"


class Postgrest:
    """A running PostgREST; make one with `start`, end it with `stop`."""

    def __init__(self, database: Database, port: int, admin_port: int, folder: Path) -> None:
        self.database = database
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._admin_port = admin_port
        self._folder = folder
        self.resume()

    @classmethod
    def start(cls, database: Database) -> "Postgrest":
        """Start on a migrated database; raises ServerMissing, RuntimeError."""
        postgrest_binary()
        folder = Path(tempfile.mkdtemp(prefix="cornerman-postgrest-"))
        try:
            return cls(database, free_port(), free_port(), folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def resume(self) -> None:
        """Start, again on the same port, and wait until it answers for the database."""
        settings = {
            "PGRST_DB_URI": self.database.url("authenticator"),
            "PGRST_DB_SCHEMAS": "public",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_DB_POOL": "10",
            "PGRST_JWT_SECRET": SECRET,
            "PGRST_SERVER_HOST": "127.0.0.1",
            "PGRST_SERVER_PORT": str(self._port),
            "PGRST_ADMIN_SERVER_PORT": str(self._admin_port),
        }
        log = self._folder / "log"
        self._process = spawn([str(postgrest_binary())], log=log, environment={**os.environ, **settings})
        until(self.ready, self._process, log)

    def ready(self) -> bool:
        """Whether it answers for the database right now."""
        connection = http.client.HTTPConnection("127.0.0.1", self._admin_port, timeout=2)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def halt(self) -> None:
        """Stop it; `resume` starts it again."""
        end(self._process)

    def stop(self) -> None:
        """Stop it for good."""
        self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)


def token(role: str, subject: str | None = None) -> str:
    """A token as InsForge's gateway makes it for PostgREST: a role, and for a rep their id."""
    claims = {"role": role, "exp": int(time.time()) + 300}
    if subject is not None:
        claims["sub"] = subject
    return jwt.encode(claims, SECRET, algorithm="HS256")
