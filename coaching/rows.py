"""Rows of the tables a worked prospect is written to, with ids that a replay makes again.

Each id is the uuid5 of the run and the table, so writing a run twice changes nothing more. Times are UTC text as
stored and come from the caller; so does `user_id`.
"""

from uuid import UUID, uuid5

import msgspec

from coaching.leads import identity
from coaching.memory import UserMemory
from coaching.prospect import STORED_LENGTH, cleaned
from coaching.strategist import StrategistOutput, known

Row = dict[str, object]

_ROWS = UUID("6b0c6c1e-54a5-5d0b-9d0e-0f3d4f0a7c11")


class Run(msgspec.Struct, frozen=True):
    """One worked prospect: whose it is, when it was answered, and by which provider."""

    run_id: str
    user_id: str
    telegram_id: int
    at: str
    provider: str


def row_id(run_id: str, table: str) -> str:
    """The id of a run's row in a table."""
    return str(uuid5(_ROWS, f"{table}:{run_id}"))


def memory_row(user_id: str, telegram_id: int, memory: UserMemory, at: str) -> Row:
    """The rep's row in `user_memory`, one per rep."""
    return {
        "id": row_id(user_id, "user_memory"),
        "user_id": user_id,
        "telegram_id": telegram_id,
        "memory_data": msgspec.to_builtins(memory),
        "created_at": at,
        "updated_at": at,
    }


def support_session_row(run: Run, input_text: str, output: StrategistOutput) -> Row:
    """The run's row in `support_sessions`: what was handed in and all that was answered."""
    return _owned(run, "support_sessions") | {
        "input_text": cleaned(input_text),
        "output_json": output_json(output),
        "provider_used": run.provider,
        "run_id": run.run_id,
        "created_at": run.at,
    }


def output_json(output: StrategistOutput) -> object:
    """The whole answer as the JSON value that `support_sessions` keeps."""
    return _stored(msgspec.to_builtins(output))


def lead_row(run: Run, input_text: str, output: StrategistOutput, input_type: str = "text") -> Row:
    """The run's row in `lead_registry`, in status `analyzed`."""
    info, who = output.prospect_info, identity(output)
    return _owned(run, "lead_registry") | {
        "prospect_name": who.name,
        "prospect_first_name": known(info.first_name),
        "prospect_last_name": known(info.last_name),
        "prospect_title": cleaned(output.analysis.seniority)[:200],
        "prospect_company": who.company,
        "prospect_geography": known(info.geography),
        **lead_texts(output),
        "status": "analyzed",
        "input_type": input_type,
        "original_context": cleaned(input_text)[:STORED_LENGTH],
        "followup_count": 0,
        "created_at": run.at,
        "updated_at": run.at,
    }


def lead_texts(output: StrategistOutput) -> Row:
    """The columns that hold the four parts of an answer as JSON text."""
    return {
        "prospect_analysis": _json(output.analysis),
        "closing_strategy": _json(output.strategy),
        "engagement_tactics": _json(output.engagement_tactics),
        "draft_response": _json(output.draft),
    }


def lead_activity_row(run: Run, lead_id: str, activity_type: str, content: str, ai_response: str | None = None) -> Row:
    """A row in `lead_activity_log`: one per run and kind of activity."""
    return {
        "id": row_id(f"{run.run_id}:{activity_type}", "lead_activity_log"),
        "lead_id": lead_id,
        "telegram_id": run.telegram_id,
        "activity_type": activity_type,
        "content": cleaned(content)[:3000],
        "ai_response": ai_response,
        "created_at": run.at,
    }


def _owned(run: Run, table: str) -> Row:
    return {"id": row_id(run.run_id, table), "user_id": run.user_id, "telegram_id": run.telegram_id}


def _json(part: msgspec.Struct) -> str:
    return msgspec.json.encode(_stored(msgspec.to_builtins(part))).decode()


def _stored(value: object) -> object:
    # PostgreSQL takes no NUL in text or jsonb, and a model may write one.
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {key: _stored(inner) for key, inner in value.items()}
    return [_stored(inner) for inner in value] if isinstance(value, list | tuple) else value
