"""The API keeps its OpenAPI document: schemathesis asks for every operation with what fits and with what does not."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from coaching.rows import row_id
from storage import SqliteStore
from tests.actors.session.leading import planned_lead
from tests.coaching.samples import shipped
from tests.webapp_server.api_house import RUN, Client, enter
from webapp_server.rate_limit import RateLimit

LEAD = row_id("maria", "lead_registry")
DEADLINE_S = 150.0
EXAMPLES = 12
_SETTINGS = f"""
[parameters]
lead_id = "{LEAD}"
case_id = "{row_id(RUN, "support_sessions")}"
level_id = "1.1"
telegram_id = "7"
number = "0"
agent = "strategist"
scenario_id = "{shipped().train_pool[0].id}"
"""
# Accepting every request that fits the schema is not promised: what cannot be done now is a 409 with a sentence.
_CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")
_LAST = ("me/delete", "leads/{lead_id}/delete", "admin/reps/{telegram_id}/revoke")
"""After these there is little left to ask for, so they are asked when everything else was."""
_ENDLESS = "events"
"""A stream has no end that schemathesis could wait for."""


async def _ask(folder: Path, address: str, token: str, *which: str) -> None:
    """Ask for these operations; AssertionError with what schemathesis prints where one broke the document."""
    run = ("run", address, "--header", f"Authorization: {token}", "--phases", "coverage,fuzzing")
    bounds = ("--max-examples", str(EXAMPLES), "--generation-deterministic", "--no-color", *_CHECKS, *which)
    command = (str(Path(sys.executable).parent / "schemathesis"), "--config-file", "schemathesis.toml", *run, *bounds)
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=PIPE, stderr=STDOUT)
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    assert "Rate limited" not in printed.decode()


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_no_request_breaks_the_server_or_the_document(
    client: Client, store: SqliteStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No answer is the server's fault; each has a status, type and headers that the document names."""
    monkeypatch.setattr(RateLimit, "wait_s", lambda self, key, now: 0.0)
    await store.insert("lead_registry", [planned_lead(lead_id=LEAD)])
    (tmp_path / "schemathesis.toml").write_text(_SETTINGS, encoding="utf-8")
    token = (await enter(client))["Authorization"]
    address = str(client.make_url("/api/openapi.json"))
    rest = (*_LAST, _ENDLESS)
    async with asyncio.timeout(DEADLINE_S):
        await _ask(tmp_path, address, token, *(f"--exclude-path=/api/{path}" for path in rest))
        await _ask(tmp_path, address, token, *(f"--include-path=/api/{path}" for path in _LAST))
