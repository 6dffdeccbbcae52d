import json
from uuid import UUID

import msgspec

from coaching.memory import default_memory
from coaching.rows import (
    Run,
    lead_activity_row,
    lead_row,
    memory_row,
    row_id,
    support_session_row,
)
from tests.coaching.samples import output

RUN = Run("run-1", "user-1", 42, "2026-11-23T10:00:00.000000Z", "openrouter")
OTHER = msgspec.structs.replace(RUN, run_id="run-2")


def test_ids_are_made_again_by_a_replay_and_differ_otherwise() -> None:
    """Same run and table, same id; another run or table, another id; all are uuids."""
    assert row_id("run-1", "casebook") == row_id("run-1", "casebook")
    ids = {row_id(run, table) for run in ("run-1", "run-2") for table in ("casebook", "lead_registry")}
    assert len(ids) == 4
    assert all(UUID(id_).version == 5 for id_ in ids)


def test_rows_are_the_same_on_a_replay() -> None:
    """Building the rows of a run twice gives the same rows, so writing them twice changes nothing."""
    assert lead_row(RUN, "text", output()) == lead_row(RUN, "text", output())
    assert lead_row(RUN, "text", output())["id"] != lead_row(OTHER, "text", output())["id"]


def test_lead_row_holds_identity_and_the_four_parts_as_json() -> None:
    """A lead is complete from the first write."""
    row = lead_row(RUN, "x\x00" * 3000, output(last="unknown"))
    assert row["prospect_name"] == "Marit"
    assert row["prospect_last_name"] is None
    assert row["prospect_title"] == "Head of maintenance"
    assert row["status"] == "analyzed"
    assert row["original_context"] == "x" * 2000
    for column in ("prospect_analysis", "closing_strategy", "engagement_tactics", "draft_response"):
        assert isinstance(json.loads(str(row[column])), dict)


def test_support_session_keeps_the_whole_text_and_answer() -> None:
    """Nothing of what was asked and answered is cut."""
    row = support_session_row(RUN, "y" * 20_000, output())
    assert row["input_text"] == "y" * 20_000
    assert msgspec.json.encode(row["output_json"]) == msgspec.json.encode(output())


def test_activities_of_one_run_differ_by_kind() -> None:
    """One run may log several kinds of activity for a lead, each once."""
    first, second = (lead_activity_row(RUN, "lead", kind, "c") for kind in ("context_update", "ai_advice"))
    assert first["id"] != second["id"]
    assert first["lead_id"] == "lead"


def test_memory_row_is_one_per_rep() -> None:
    """However often memory changes, it is the same row."""
    rows = [memory_row("user-1", 42, default_memory(), at) for at in ("2026", "2027")]
    assert rows[0]["id"] == rows[1]["id"]
    assert msgspec.json.encode(rows[0])


def test_no_nul_reaches_a_row() -> None:
    """A NUL in a model's answer is left out of text and JSON alike, wherever it stands."""
    analysis = msgspec.structs.replace(output().analysis, key_concern="over\x00time", seniority="lead\x00")
    answer = msgspec.structs.replace(output(), analysis=analysis)
    for row in (
        support_session_row(RUN, "a\x00b", answer),
        lead_row(RUN, "a\x00b", answer),
    ):
        assert b"\\u0000" not in msgspec.json.encode(row)
    assert "overtime" in str(lead_row(RUN, "", answer)["prospect_analysis"])
