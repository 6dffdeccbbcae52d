"""Rows for the storage tests: each test makes reps of its own, so that one database serves them all."""

import random
from uuid import uuid4

from storage import Row, to_text, user_id

NOW = to_text(1_790_000_000.25)
NASTY = 'a "quoted" \\back\\slash, (comma) %2B + * é 🙂 \n\t\' null, 1e5 { } ; -- x'


def new_id() -> str:
    return str(uuid4())


def moment(second: float) -> str:
    """A time so many seconds after the first one."""
    return to_text(1_790_000_000 + second)


def user(**changes: object) -> Row:
    telegram_id = random.randrange(10**10, 2**52)  # noqa: S311  # only to be new
    row: Row = {
        "id": user_id(telegram_id),
        "telegram_id": telegram_id,
        "username": "rep",
        "first_name": "Rep",
        "provider": "openrouter",
        "encrypted_api_key": None,
        "openrouter_model": "some/model:free",
        "anthropic_model": "some-model",
        "total_xp": 0,
        "current_level": 1,
        "streak_days": 0,
        "language": None,
        "time_zone": "UTC",
        "quiet_from": 21,
        "quiet_to": 8,
        "reminders_enabled": True,
        "access": "granted",
        "reachable": True,
        "digested_at": None,
        "last_active_at": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return row | changes


def attempt(owner: Row, **changes: object) -> Row:
    row: Row = {
        "id": new_id(),
        "user_id": owner["id"],
        "telegram_id": owner["telegram_id"],
        "scenario_id": "price",
        "mode": "train",
        "score": 50,
        "user_response": None,
        "feedback_json": {"strengths": ["calm"], "nested": {"n": 1.5, "none": None, "yes": True}},
        "xp_earned": 0,
        "created_at": NOW,
    }
    return row | changes


def lead(owner: Row, **changes: object) -> Row:
    row: Row = {
        "id": new_id(),
        "user_id": owner["id"],
        "telegram_id": owner["telegram_id"],
        "prospect_name": "Ada",
        "status": "analyzed",
        "input_type": "text",
        "engagement_plan": None,
        "next_followup": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return row | changes


def trace(owner: Row | None = None, **changes: object) -> Row:
    name = new_id()
    row: Row = {
        "id": name,
        "trace_id": name,
        "pipeline_name": "support",
        "telegram_id": owner["telegram_id"] if owner else None,
        "user_id": owner["id"] if owner else None,
        "start_time": NOW,
        "end_time": None,
        "duration_ms": 12.5,
        "success": True,
        "error": None,
        "created_at": NOW,
    }
    return row | changes
