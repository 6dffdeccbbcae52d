"""`/livez` and `/readyz`: may the process live, and should it be sent work.

Liveness asks nothing of the outside, so that an outage elsewhere never restarts us. Readiness asks the journal and
the intake; a provider that is out of reach is a warning and not a failure, because reps keep being answered.
"""

import asyncio

import msgspec
from aiohttp import web

from actors.journal import DescribeJournal, JournalDescribed
from actors.telegram.messages import DescribeTelegram, TelegramDescribed
from runtime import ActorError, ActorSystem
from webapp_server.stopping import Stopping

CHECK_DEADLINE_S = 1.0


class Check(msgspec.Struct, frozen=True):
    """One question about readiness and its answer."""

    name: str
    passed: bool
    reason: str


def health_routes(system: ActorSystem, stopping: Stopping) -> list[web.RouteDef]:
    """The routes `/livez` and `/readyz`, the latter with `?verbose` for people and `/readyz/<check>` for one check."""

    async def livez(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n", headers=_NO_STORE)

    async def readyz(request: web.Request) -> web.Response:
        checks = await _checks(system, stopping)
        wanted = request.match_info.get("check")
        if wanted is not None:
            checks = tuple(check for check in checks if check.name == wanted)
        if not checks:
            return web.Response(status=404, text="There is no such check.\n", headers=_NO_STORE)
        ready = all(check.passed for check in checks)
        text = "ready\n" if ready else "not ready\n"
        if wanted is not None or "verbose" in request.query or not ready:
            text = (
                "".join(f"[{'+' if check.passed else '-'}] {check.name}: {check.reason}\n" for check in checks) + text
            )
        return web.Response(text=text, status=200 if ready else 503, headers=_NO_STORE)

    return [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/readyz/{check}", readyz)]


async def _checks(system: ActorSystem, stopping: Stopping) -> tuple[Check, ...]:
    return _running(stopping), *await asyncio.gather(_journal(system), _intake(system))


_NO_STORE = {"Cache-Control": "no-store"}


def _running(stopping: Stopping) -> Check:
    return Check("process", passed=not stopping.asked, reason="stopping" if stopping.asked else "runs")


async def _journal(system: ActorSystem) -> Check:
    try:
        answer = await system.ask(system.find("journal"), DescribeJournal(), deadline_s=CHECK_DEADLINE_S)
    except ActorError as error:
        return Check("journal", passed=False, reason=f"gives no answer ({type(error).__name__})")
    if isinstance(answer, JournalDescribed) and answer.last_problem is None:
        return Check("journal", passed=True, reason="writes")
    return Check("journal", passed=False, reason=getattr(answer, "last_problem", None) or "cannot describe itself")


async def _intake(system: ActorSystem) -> Check:
    try:
        answer = await system.ask(system.find("update_receiver"), DescribeTelegram(), deadline_s=CHECK_DEADLINE_S)
    except ActorError as error:
        return Check("telegram", passed=False, reason=f"gives no answer ({type(error).__name__})")
    if isinstance(answer, TelegramDescribed) and answer.connected:
        return Check("telegram", passed=True, reason="polls")
    return Check("telegram", passed=False, reason=getattr(answer, "last_problem", None) or "not connected yet")
