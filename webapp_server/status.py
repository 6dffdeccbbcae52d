"""`/status`: the whole system in one JSON document, read from outside the actors wherever possible.

Cells are read, not asked, so a stuck actor still shows. Journal, providers and Telegram are asked with a short
deadline; one that does not answer is named under `reasons`. No rep's name, text or key is in any of it.
"""

import asyncio
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from actors.providers.messages import DescribeProviders
from actors.providers.record_writer import DescribeWriter
from actors.providers.tracer import DescribeTracer
from actors.telegram.messages import DescribeTelegram
from runtime import ActorError, ActorSystem, CellSnapshot, DescribeJournal, TypeSnapshot
from webapp_server.operators import OperatorAccess

ASK_DEADLINE_S = 1.0
SCHEMA = 1
_QUESTIONS = {
    "journal": ("journal", DescribeJournal()),
    "providers": ("llm_router", DescribeProviders()),
    "writer": ("record_writer", DescribeWriter()),
    "tracer": ("tracer", DescribeTracer()),
    "intake": ("update_receiver", DescribeTelegram()),
    "sending": ("message_sender", DescribeTelegram()),
}


def status_routes(system: ActorSystem, access: OperatorAccess) -> list[web.RouteDef]:
    """The route `/status`, for operators."""
    started_at = datetime.now(UTC)

    async def status(_request: web.Request) -> web.Response:
        document = await _document(system, started_at)
        return web.Response(
            body=msgspec.json.format(msgspec.json.encode(document)),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return [web.get("/status", access.guarded(status))]


async def _document(system: ActorSystem, started_at: datetime) -> dict[str, object]:
    now = datetime.now(UTC)
    described, reasons = await _describe(system)
    snapshot = system.snapshot()
    return {
        "schema": SCHEMA,
        "service": "cornerman",
        "status": "warn" if reasons else "pass",
        "reasons": reasons,
        "started_at": started_at.isoformat(),
        "now": now.isoformat(),
        "uptime_s": round((now - started_at).total_seconds(), 3),
        "totals": {
            "actors": snapshot.states,
            "handled": sum(stats.handled for stats in snapshot.types),
            "failed": sum(stats.failed for stats in snapshot.types),
            "restarts": sum(stats.restarts for stats in snapshot.types),
            "dead_letters": snapshot.dead_letters_total,
        },
        "loop": snapshot.loop,
        "types": [_type(stats) for stats in snapshot.types],
        "hot": [_cell(cell) for cell in snapshot.hot],
        **described,
    }


async def _describe(system: ActorSystem) -> tuple[dict[str, object], list[str]]:
    names = list(_QUESTIONS)
    answers = await asyncio.gather(*(_asked(system, *_QUESTIONS[name]) for name in names))
    described = {name: answer for name, (answer, _) in zip(names, answers, strict=True) if answer is not None}
    return described, [reason for _, reason in answers if reason]


async def _asked(system: ActorSystem, actor: str, question: object) -> tuple[object, str | None]:
    try:
        answer = await system.ask(system.find(actor), question, deadline_s=ASK_DEADLINE_S)
    except ActorError as error:
        return None, f"{actor} gives no answer ({type(error).__name__})"
    problem = getattr(answer, "last_problem", None)
    return answer, f"{actor}: {problem}" if problem else None


def _type(stats: TypeSnapshot) -> dict[str, object]:
    return {
        "type": stats.type,
        "count": stats.alive,
        "mailbox": {"pending": stats.pending, "peak": stats.peak},
        "handled": stats.handled,
        "failed": stats.failed,
        "restarts": stats.restarts,
        "waited": stats.waited,
        "ran": stats.ran,
    }


def _cell(cell: CellSnapshot) -> dict[str, object]:
    # A session's path ends in a rep's Telegram id; the page shows the type instead.
    return {
        "type": cell.type,
        "state": cell.state,
        "generation": cell.generation,
        "depth": cell.depth,
        "current": cell.current_message,
        "running_s": cell.running_s,
        "restarts": cell.restarts,
        "last_error": cell.last_error,
    }
