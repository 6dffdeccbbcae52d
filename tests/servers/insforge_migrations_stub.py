"""The migration API of the InsForge stub: one transaction per migration as project_admin, recorded without checksum."""

import re

import msgspec
from aiohttp import web

from tests.servers.postgres import Database


class Recorded(msgspec.Struct, frozen=True):
    """A migration as the API lists it."""

    version: str
    name: str
    statements: tuple[str, ...]


class MigrationApi:
    """Keeps the record; the migrations themselves run in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recorded: list[Recorded] = []

    async def answer(self, request: web.Request) -> web.Response:
        """List, try, or apply."""
        if request.method == "GET":
            newest_first = [msgspec.to_builtins(one) for one in reversed(self._recorded)]
            return web.json_response({"migrations": newest_first})
        wanted = msgspec.convert(await request.json(), dict[str, str])
        return self._run(wanted, keep=not request.path.endswith("/dry-run"))

    def _run(self, wanted: dict[str, str], *, keep: bool) -> web.Response:
        if not re.fullmatch(r"\d{1,64}", wanted["version"]) or not re.fullmatch(r"[a-z0-9-]+", wanted["name"]):
            return _refused(400, "INVALID_INPUT", "bad version or name")
        if self._recorded and int(wanted["version"]) <= int(self._recorded[-1].version):
            return _refused(409, "DATABASE_DUPLICATE", "version is not newer than the latest")
        end = "commit" if keep else "rollback"
        try:
            self._database.rows(f"begin;\nset local role project_admin;\n{wanted['sql']}\n{end};")
        except RuntimeError as error:
            return _refused(400, "DATABASE_VALIDATION_ERROR", str(error))
        if keep:
            self._recorded.append(Recorded(wanted["version"], wanted["name"], (wanted["sql"],)))
        return web.json_response({"version": wanted["version"], "name": wanted["name"]}, status=201)


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": code, "message": message, "statusCode": status}, status=status)
