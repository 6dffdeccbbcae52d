"""What a session keeps in storage: its rows as writes, and the state read back where the journal has none."""

import msgspec

from actors.providers.messages import Provider, RowWrite, SealedKey
from actors.session.state import Job, Profile, Rep, SessionState
from coaching import rows
from coaching.memory import UserMemory
from coaching.rep_settings import RepSettings
from coaching.rows import Run
from coaching.strategist import StrategistOutput
from storage import TABLES, Row, Store, columns_of, eq, from_text, to_text, user_id


def user_row(rep: Rep, profile: Profile, now: float) -> RowWrite:
    """The rep's row in `users`: their choice and their sealed key, never the team's."""
    row: dict[str, object] = {
        "id": profile.user_id,
        "telegram_id": rep.telegram_id,
        "username": rep.username,
        "first_name": rep.first_name,
        "provider": profile.provider.value,
        "encrypted_api_key": profile.key.ciphertext if profile.key else None,
        "openrouter_model": profile.openrouter_model,
        "anthropic_model": profile.anthropic_model,
        "language": profile.settings.language,
        "time_zone": profile.settings.time_zone,
        "quiet_from": profile.settings.quiet_from,
        "quiet_to": profile.settings.quiet_to,
        "reminders_enabled": profile.settings.reminders,
        "last_active_at": to_text(now),
        "created_at": to_text(profile.created_at),
        "updated_at": to_text(now),
    }
    return RowWrite(table="users", action="upsert", rows=(row,), key=("id",))


def memory_row(rep: Rep, profile: Profile, memory: UserMemory, now: float) -> RowWrite:
    """The rep's row in `user_memory`."""
    row = rows.memory_row(profile.user_id, rep.telegram_id, memory, to_text(now))
    row["created_at"] = to_text(profile.created_at)
    return RowWrite(table="user_memory", action="upsert", rows=(row,), key=("id",))


def answered_rows(
    rep: Rep, profile: Profile, job: Job, text: str, output: StrategistOutput, now: float
) -> tuple[RowWrite, ...]:
    """The rows of an answered prospect: the session, the lead, and the lead's first activity."""
    run = Run(
        run_id=job.run_id,
        user_id=profile.user_id,
        telegram_id=rep.telegram_id,
        at=to_text(now),
        provider=profile.provider.value,
    )
    lead = rows.lead_row(run, text, output, input_type="photo" if job.images else "text")
    activity = rows.lead_activity_row(run, str(lead["id"]), "context_update", text)
    return (
        RowWrite(table="support_sessions", action="insert", rows=(rows.support_session_row(run, text, output),)),
        RowWrite(table="lead_registry", action="insert", rows=(lead,)),
        RowWrite(table="lead_activity_log", action="insert", rows=(activity,)),
    )


def revised_rows(case_id: str, lead_id: str | None, output: StrategistOutput, now: float) -> tuple[RowWrite, ...]:
    """The rows that bring a stored answer, and the texts of its lead if it has one, up to this one."""
    answer: dict[str, object] = {"output_json": rows.output_json(output)}
    case = _update("support_sessions", case_id, answer)
    if lead_id is None:
        return (case,)
    return (case, _update("lead_registry", lead_id, {**rows.lead_texts(output), "updated_at": to_text(now)}))


def _update(table: str, id_: str, values: dict[str, object]) -> RowWrite:
    return RowWrite(table=table, action="update", values=values, where={"id": id_})


_OWNERS = {"casebook": "created_from_user", "invitations": "invited_by"}
_NEWEST = ("created_at", "seen_at", "day")
READ_LIMIT = 1_000
"""The most rows of one table a session keeps at hand: several years of a busy rep."""


async def read_state(store: Store, rep: Rep) -> SessionState:
    """The state of a rep whom this machine's journal does not know, as far as storage does.

    Raises StorageError when storage cannot be asked.
    """
    identity = user_id(rep.telegram_id)
    user = await store.get("users", identity)
    if user is None:
        return SessionState(rep=rep)
    found = await store.select("user_memory", eq("user_id", identity), limit=1)
    memory = msgspec.convert(found[0]["memory_data"], UserMemory) if found else UserMemory()
    revoked = user["access"] == "revoked"
    reachable = user["reachable"] is not False
    return SessionState(rep=rep, profile=_profile(rep, user), memory=memory, revoked=revoked, reachable=reachable)


_CLOSED_TO_REPS = frozenset({"users", "invitations", "pipeline_traces"})
"""Rows of a rep that the database lets no rep read: sealed keys, invitations, traces. The server reads them itself."""


_READ_WHOLE = frozenset({"pipeline_traces"})
"""Tables of which all the rep's rows are read: what hangs under a trace is found through it alone."""


async def read_rows(store: Store, table: str, rep: Rep, *, team: bool) -> list[Row]:
    """The rep's rows of a table, or everybody's, the newest `READ_LIMIT` of them; raises StorageError.

    The rep's own are asked for as that rep, so that the database keeps others' rows back by itself. Of
    `_READ_WHOLE` the rep's own are all there.
    """
    if not team and table not in _CLOSED_TO_REPS:
        store = store.as_rep(user_id(rep.telegram_id))
    order = next(column for column in _NEWEST if column in columns_of(table))
    where = None if team else eq(_OWNERS.get(table, "telegram_id"), rep.telegram_id)
    newest, whole = (f"{order} desc", "id"), table in _READ_WHOLE and not team
    rows = page = await store.select(table, where, order=newest, limit=READ_LIMIT)
    while whole and len(page) == READ_LIMIT:
        last = page[-1]
        page = await store.select(table, where, order=newest, limit=READ_LIMIT, after=(last[order], last["id"]))
        rows = [*rows, *page]
    return rows


def own_tables() -> dict[str, str]:
    """Every table that holds rows of a rep, with the column of their Telegram id; `users` comes last."""
    owned = {table: _OWNERS.get(table, "telegram_id") for table in TABLES}
    mine = {table: column for table, column in owned.items() if column in TABLES[table]}
    return {table: column for table, column in mine.items() if table != "users"} | {"users": mine["users"]}


def _profile(rep: Rep, user: dict[str, object]) -> Profile:
    provider = Provider(str(user["provider"]))
    sealed = user["encrypted_api_key"]
    return Profile(
        user_id=str(user["id"]),
        provider=provider,
        key=SealedKey(provider, rep.telegram_id, str(sealed)) if sealed else None,
        openrouter_model=str(user["openrouter_model"]),
        anthropic_model=str(user["anthropic_model"]),
        created_at=from_text(str(user["created_at"])),
        settings=RepSettings(
            language=str(user["language"]) if user["language"] else None,
            time_zone=str(user["time_zone"]),
            quiet_from=int(str(user["quiet_from"])),
            quiet_to=int(str(user["quiet_to"])),
            reminders=bool(user["reminders_enabled"]),
        ),
    )
