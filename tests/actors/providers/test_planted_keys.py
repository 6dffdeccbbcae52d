"""Keys and prospects are planted, everything that can go wrong does, and every output is searched for them."""

import logging
import re
from pathlib import Path

import msgspec
import pytest

from actors.providers.messages import (
    CancelCompletion,
    ChatMessage,
    CheckKey,
    Completed,
    CompletionFailed,
    KeyChecked,
    ListModels,
    ModelsListed,
    SpanContext,
)
from tests.actors.providers.conftest import (
    CLAUDE,
    CLAUDE_KEY,
    ENCRYPTION_KEY,
    FREE,
    PAID,
    REP_KEY,
    ROUTER_KEY,
    World,
)

PROSPECT = "Zebulon Quartermaine of Planted Prospects says: too expensive."
NAME = "Quartermaine"
SPAN = SpanContext("trace", "parent", 7)
FAULTS = [
    "unauthorized",
    "payment_required",
    "forbidden",
    "rate_limit",
    "server_error",
    "disconnect",
    "error_in_200",
    "mid_stream_error",
    "cut",
    "wrong_shape",
    "refusal",
]


async def _everything_goes_wrong(world: World) -> None:
    said = {"messages": (ChatMessage("user", PROSPECT),), "span": SPAN, "deadline_s": 20.0}
    own = world.sealed()
    for fault in FAULTS:
        for provider in ("openrouter", "anthropic"):
            await world.fault(fault, provider, times=1)
        world.ask(PAID, output="lead", **said)
        world.ask(CLAUDE, credential=own, output="lead", **said)
        await world.rest()
        for _ in range(4):
            await world.advance(21.0)
            await world.rest()
    await world.order("reset")
    world.ask(FREE, **said)
    await _said(world, Completed)
    await world.fault("keep_alive", "openrouter")
    world.tell(CancelCompletion(world.ask(FREE, **said)))
    for key in (REP_KEY, f"{REP_KEY}-invalid"):
        world.tell(CheckKey(world.sealed(key=key)))
    await _said(world, KeyChecked, 2)
    world.tell(ListModels(world.sealed()))
    await _said(world, ModelsListed)
    failed = sum(isinstance(one, CompletionFailed) for one in world.probe.messages)
    world.ask(CLAUDE, credential=type(own)(own.provider, 9, own.ciphertext), **said)
    await _said(world, CompletionFailed, failed + 1)


async def _said(world: World, kind: type[object], times: int = 1) -> None:
    await world.until(lambda: sum(isinstance(one, kind) for one in world.probe.messages) >= times)


async def test_no_key_and_no_prospect_reaches_an_output(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Unmasked logs at their loudest, spans, status, errors, replies, the journal's files, what is told of actors."""
    caplog.set_level(logging.DEBUG)
    await world.begin()
    await _everything_goes_wrong(world)
    described = await world.described()
    rows = await world.written()
    replies = [repr(message) for message in world.probe.messages]
    failures = [reply for reply in replies if "CompletionFailed" in reply]
    snapshot = repr(world.system.snapshot())
    dead = repr(list(world.system.dead_letters))
    await world.end()
    printed = capsys.readouterr()
    journal = _bytes_in(tmp_path)
    outputs = {
        "logs": printed.out + printed.err + caplog.text,
        "spans": repr(world.spans),
        "status": repr(described) + msgspec.json.encode(described).decode(),
        "errors": "".join(failures),
        "ledger": repr(rows),
        "snapshot": snapshot,
        "dead letters": dead,
        "journal": journal.decode("latin-1"),
    }
    assert "model_call_failed" in outputs["logs"]
    assert len(failures) >= 9
    assert world.spans
    secrets = [ROUTER_KEY, CLAUDE_KEY, REP_KEY, ENCRYPTION_KEY, "Bearer sk-"]
    for name, output in outputs.items():
        found = [secret for secret in secrets if secret in output]
        assert found == [], name
        assert NAME not in output, name
    assert not any(secret in reply for reply in replies for secret in secrets)


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_no_lane_and_no_session_reads_a_secret() -> None:
    """`reveal()` stands where a text goes to the wire or into a cipher, and nowhere that logs, spans or replies."""
    actors = Path(__file__).parents[3] / "actors"
    files = [*(actors / "session").rglob("*.py"), *(actors / "providers").glob("l*.py")]
    assert [file.name for file in files if re.search(r"\.reveal\(\)", file.read_text(encoding="utf-8"))] == []
