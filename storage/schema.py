"""The tables as the migrations make them: every column with its type."""

from enum import StrEnum

from storage.errors import BadQuery


class Kind(StrEnum):
    """How a column's values are written and read; the names are PostgreSQL's."""

    UUID = "uuid"
    TEXT = "text"
    INTEGER = "integer"
    BIGINT = "bigint"
    REAL = "double precision"
    BOOLEAN = "boolean"
    JSON = "jsonb"
    TIME = "timestamptz"


def _columns(**kinds: str) -> dict[str, Kind]:
    return {name: Kind[kind.upper()] for kind, names in kinds.items() for name in names.split()}


TABLES: dict[str, dict[str, Kind]] = {
    "users": _columns(
        uuid="id",
        bigint="telegram_id",
        integer="total_xp current_level streak_days quiet_from quiet_to",
        text="username first_name provider encrypted_api_key openrouter_model anthropic_model language time_zone"
        " access",
        boolean="reminders_enabled reachable",
        time="last_active_at digested_at created_at updated_at",
    ),
    "invitations": _columns(uuid="id", bigint="invited_by", text="username", time="created_at"),
    "user_memory": _columns(uuid="id user_id", bigint="telegram_id", json="memory_data", time="created_at updated_at"),
    "attempts": _columns(
        uuid="id user_id",
        bigint="telegram_id",
        integer="score xp_earned",
        text="scenario_id mode user_response",
        json="feedback_json",
        time="created_at",
    ),
    "track_progress": _columns(
        uuid="id user_id",
        bigint="telegram_id",
        integer="best_score attempts_count",
        text="track_id level_id status",
        time="completed_at created_at updated_at",
    ),
    "scenarios_seen": _columns(
        uuid="id user_id", bigint="telegram_id", text="scenario_id", time="seen_at ideal_seen_at"
    ),
    "win_rewards": _columns(uuid="id user_id lead_id", bigint="telegram_id", text="person", time="created_at"),
    "agent_models": _columns(uuid="id", bigint="chosen_by", text="agent model", time="created_at"),
    "badges": _columns(uuid="id user_id", bigint="telegram_id", text="badge", time="created_at"),
    "generated_scenarios": _columns(
        uuid="id",
        integer="difficulty",
        text="scenario_id category situation ideal_response source_type",
        json="persona common_mistakes scoring_rubric source_casebook_ids",
        time="created_at retired_at",
    ),
    "support_sessions": _columns(
        uuid="id user_id",
        bigint="telegram_id",
        text="input_text provider_used run_id",
        json="output_json",
        time="created_at",
    ),
    "lead_registry": _columns(
        uuid="id user_id",
        bigint="telegram_id",
        integer="followup_count",
        text="prospect_name prospect_first_name prospect_last_name prospect_title prospect_company"
        " prospect_geography photo_url photo_key prospect_analysis closing_strategy engagement_tactics"
        " draft_response status notes input_type original_context web_research outcome",
        json="engagement_plan",
        time="last_contacted next_followup rewarded_at created_at updated_at",
    ),
    "lead_versions": _columns(
        uuid="id lead_id user_id", bigint="telegram_id", text="kind", json="content", time="created_at"
    ),
    "lead_activity_log": _columns(
        uuid="id lead_id", bigint="telegram_id", text="activity_type content ai_response step upload", time="created_at"
    ),
    "casebook": _columns(
        uuid="id",
        bigint="created_from_user",
        text="persona_type scenario_type industry seniority prospect_analysis closing_strategy engagement_tactics"
        " draft_response playbook_references user_feedback",
        real="quality_score",
        boolean="user_accepted_first_draft",
        time="created_at",
    ),
    "pipeline_traces": _columns(
        uuid="id trace_id user_id",
        bigint="telegram_id",
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
    "model_usage": _columns(
        uuid="id",
        bigint="telegram_id input_tokens output_tokens cached_tokens",
        integer="requests answers unpriced",
        text="day agent provider model paid_by",
        real="cost_usd",
        time="updated_at",
    ),
}
"""Every table and column there is."""

DEFAULTS: dict[str, dict[str, object]] = {
    "users": {
        "provider": "openrouter",
        "total_xp": 0,
        "current_level": 1,
        "streak_days": 0,
        "time_zone": "UTC",
        "quiet_from": 21,
        "quiet_to": 8,
        "reminders_enabled": True,
        "access": "granted",
        "reachable": True,
    },
    "attempts": {"xp_earned": 0},
    "track_progress": {"status": "locked", "best_score": 0, "attempts_count": 0},
    "lead_registry": {"status": "analyzed", "input_type": "text", "followup_count": 0},
    "casebook": {"user_accepted_first_draft": False},
    "pipeline_traces": {"success": True},
    "pipeline_spans": {"success": True},
    "model_usage": dict.fromkeys(
        ("requests", "answers", "unpriced", "input_tokens", "output_tokens", "cached_tokens", "cost_usd"), 0
    ),
}
"""What a new row holds where its writer names nothing."""

_USER = ("users", "id")
_LEAD = ("lead_registry", "id")
REFERENCES: dict[str, dict[str, tuple[str, str]]] = {
    "user_memory": {"user_id": _USER},
    "attempts": {"user_id": _USER},
    "track_progress": {"user_id": _USER},
    "scenarios_seen": {"user_id": _USER},
    "win_rewards": {"user_id": _USER},
    "badges": {"user_id": _USER},
    "support_sessions": {"user_id": _USER},
    "lead_registry": {"user_id": _USER},
    "lead_versions": {"lead_id": _LEAD, "user_id": _USER},
    "lead_activity_log": {"lead_id": _LEAD},
    "casebook": {"created_from_user": ("users", "telegram_id")},
    "pipeline_traces": {"user_id": _USER},
}
"""The columns of a table that need a row elsewhere, with that row's table and column."""


def with_referring(table: str) -> frozenset[str]:
    """The table and every one whose rows need one of its own, however far away."""
    found: set[str] = set()
    new = {table}
    while new:
        found |= new
        new = {child for child, needed in REFERENCES.items() if any(one in found for one, _ in needed.values())} - found
    return frozenset(found)


def whole_row(table: str, row: dict[str, object]) -> dict[str, object]:
    """The row with every column of its table, as storage gives it back once it is inserted."""
    return {**dict.fromkeys(columns_of(table)), **DEFAULTS.get(table, {}), **row}


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
