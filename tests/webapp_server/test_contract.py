"""The API keeps its OpenAPI document: schemathesis asks for every operation with what fits and with what does not."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from coaching.rows import row_id
from storage import SqliteStore
from tests.actors.session.leading import planned_lead
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
"""
# Accepting every request that fits the schema is not promised: what cannot be done now is a 409 with a sentence.
_CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")
# After these there is little left to ask for; they have tests of their own.
_LAST = ("me/delete", "leads/{lead_id}/delete", "admin/reps/{telegram_id}/revoke")


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
    run = ("run", address, "--header", f"Authorization: {token}", "--phases", "coverage,fuzzing")
    bounds = (
        "--max-examples",
        str(EXAMPLES),
        "--generation-deterministic",
        "--no-color",
        *_CHECKS,
        *(f"--exclude-path=/api/{path}" for path in _LAST),
    )
    command = (str(Path(sys.executable).parent / "schemathesis"), "--config-file", "schemathesis.toml", *run, *bounds)
    process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=PIPE, stderr=STDOUT)
    async with asyncio.timeout(DEADLINE_S):
        printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    assert "Rate limited" not in printed.decode()
