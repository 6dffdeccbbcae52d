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
from runtime import ActorError, ActorSystem, CellSnapshot, DescribeJournal

ASK_DEADLINE_S = 1.0
SCHEMA = 1
_HOT_ACTORS = 20
_QUESTIONS = {
    "journal": ("journal", DescribeJournal()),
    "providers": ("llm_router", DescribeProviders()),
    "writer": ("record_writer", DescribeWriter()),
    "tracer": ("tracer", DescribeTracer()),
    "intake": ("update_receiver", DescribeTelegram()),
    "sending": ("message_sender", DescribeTelegram()),
}


def status_routes(system: ActorSystem) -> list[web.RouteDef]:
    """The route `/status`."""
    started_at = datetime.now(UTC)

    async def status(_request: web.Request) -> web.Response:
        document = await _document(system, started_at)
        return web.Response(
            body=msgspec.json.format(msgspec.json.encode(document)),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return [web.get("/status", status)]


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
            "handled": sum(cell.handled for cell in snapshot.cells),
            "failed": sum(cell.failed for cell in snapshot.cells),
            "restarts": sum(cell.restarts for cell in snapshot.cells),
            "dead_letters": snapshot.dead_letters_total,
        },
        "types": _types(snapshot.cells),
        "hot": [_cell(cell) for cell in _hottest(snapshot.cells)],
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


def _types(cells: tuple[CellSnapshot, ...]) -> list[dict[str, object]]:
    """One line per actor type: whole sums, and the worst of what must not be averaged."""
    by_type: dict[str, list[CellSnapshot]] = {}
    for cell in cells:
        by_type.setdefault(cell.type, []).append(cell)
    return [
        {
            "type": name,
            "count": len(of_type),
            "mailbox": {
                "depth_sum": sum(cell.depth for cell in of_type),
                "depth_max": max(cell.depth for cell in of_type),
                "peak": max(cell.peak for cell in of_type),
                "capacity": of_type[0].capacity,
                "oldest_age_s": max(cell.oldest_age_s or 0.0 for cell in of_type),
            },
            "handled": sum(cell.handled for cell in of_type),
            "failed": sum(cell.failed for cell in of_type),
            "restarts": sum(cell.restarts for cell in of_type),
        }
        for name, of_type in sorted(by_type.items())
    ]


def _hottest(cells: tuple[CellSnapshot, ...]) -> list[CellSnapshot]:
    """The actors an operator looks at first: longest at one message, then deepest mailbox, then most restarts."""
    ranked = sorted(cells, key=lambda cell: (cell.running_s or 0.0, cell.depth, cell.restarts), reverse=True)
    return ranked[:_HOT_ACTORS]


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
