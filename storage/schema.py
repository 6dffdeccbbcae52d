"""The tables as the migrations make them: every column with its type, for conversion and for checking callers."""

from enum import StrEnum

from storage.errors import BadQuery
from storage.moments import normalized
from storage.port import Row


class Kind(StrEnum):
    """How a column's values are written and read."""

    UUID = "uuid"
    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    JSON = "jsonb"
    TIME = "timestamptz"


def _columns(**kinds: str) -> dict[str, Kind]:
    return {name: kind for kind, names in kinds.items() for kind in [Kind[kind.upper()]] for name in names.split()}


TABLES: dict[str, dict[str, Kind]] = {
    "users": _columns(
        uuid="id",
        integer="telegram_id total_xp current_level streak_days",
        text="username first_name provider encrypted_api_key openrouter_model anthropic_model",
        time="last_active_at created_at updated_at",
    ),
    "user_memory": _columns(uuid="id user_id", integer="telegram_id", json="memory_data", time="created_at updated_at"),
    "attempts": _columns(
        uuid="id user_id",
        integer="telegram_id score xp_earned",
        text="scenario_id mode user_response",
        json="feedback_json",
        time="created_at",
    ),
    "track_progress": _columns(
        uuid="id user_id",
        integer="telegram_id best_score attempts_count",
        text="track_id level_id status",
        time="completed_at created_at updated_at",
    ),
    "scenarios_seen": _columns(uuid="id user_id", integer="telegram_id", text="scenario_id", time="seen_at"),
    "support_sessions": _columns(
        uuid="id user_id", integer="telegram_id", text="input_text provider_used", json="output_json", time="created_at"
    ),
    "lead_registry": _columns(
        uuid="id user_id",
        integer="telegram_id followup_count",
        text="prospect_name prospect_first_name prospect_last_name prospect_title prospect_company"
        " prospect_geography photo_url photo_key prospect_analysis closing_strategy engagement_tactics"
        " draft_response status notes input_type original_context web_research",
        json="engagement_plan",
        time="last_contacted next_followup created_at updated_at",
    ),
    "lead_activity_log": _columns(
        uuid="id lead_id", integer="telegram_id", text="activity_type content ai_response", time="created_at"
    ),
    "casebook": _columns(
        uuid="id",
        integer="created_from_user",
        text="persona_type scenario_type industry seniority prospect_analysis closing_strategy engagement_tactics"
        " draft_response playbook_references user_feedback",
        real="quality_score",
        boolean="user_accepted_first_draft",
        time="created_at",
    ),
    "pipeline_traces": _columns(
        uuid="id trace_id user_id",
        integer="telegram_id",
        text="pipeline_name error",
        real="duration_ms",
        boolean="success",
        time="start_time end_time created_at",
    ),
    "pipeline_spans": _columns(
        uuid="id span_id trace_id parent_span_id",
        text="span_name error",
        real="duration_ms",
        boolean="success",
        json="input_data output_data",
        time="start_time end_time created_at",
    ),
}
"""Every table and column there is."""


def columns_of(table: str) -> dict[str, Kind]:
    """The columns of a table; raises BadQuery for an unknown one."""
    if table not in TABLES:
        raise BadQuery(f"there is no table {table}")
    return TABLES[table]


def kind_of(table: str, column: str) -> Kind:
    """The type of a column; raises BadQuery for an unknown one."""
    columns = columns_of(table)
    if column not in columns:
        raise BadQuery(f"{table} has no column {column}")
    return columns[column]


_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.UUID: (str,),
    Kind.TEXT: (str,),
    Kind.TIME: (str,),
    Kind.INTEGER: (int,),
    Kind.REAL: (int, float),
    Kind.BOOLEAN: (bool,),
    Kind.JSON: (dict, list, tuple),
}
LARGEST_EXACT = 2**53
"""Beyond this an integer does not survive the way through JavaScript."""


def checked(table: str, column: str, value: object) -> object:
    """The value, if the column may hold it on every backend; raises BadQuery, which never shows the value."""
    kind = kind_of(table, column)
    if value is None:
        return None
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind is not Kind.BOOLEAN):
        raise BadQuery(f"{table}.{column} takes {kind}, not {type(value).__name__}")
    if isinstance(value, str) and "\x00" in value:
        raise BadQuery(f"{table}.{column} holds a NUL character")
    if value == "" and kind is not Kind.TEXT:
        raise BadQuery(f"{table}.{column} is empty text; null is meant")
    if isinstance(value, int) and abs(value) > LARGEST_EXACT:
        raise BadQuery(f"{table}.{column} is beyond 2**53 and would be rounded on its way")
    return value


def checked_rows(table: str, rows: "list[Row]") -> tuple[str, ...]:
    """The columns that all rows have in common; raises BadQuery where they differ or a value does not fit."""
    names = tuple(rows[0])
    for row in rows:
        if row.keys() != rows[0].keys():
            raise BadQuery(f"rows for {table} must all have the same columns")
        for column, value in row.items():
            checked(table, column, value)
    return names


def read(kind: Kind, value: object) -> object:
    """A value as a backend returns it, in our form."""
    if value is None:
        return None
    if kind is Kind.TIME:
        return normalized(str(value))
    if kind is Kind.BOOLEAN:
        return bool(value)
    return value
