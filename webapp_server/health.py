"""`/livez` and `/readyz`: may the process live, and should it be sent work.

Liveness asks nothing of the outside, so that an outage elsewhere never restarts us. Readiness asks the journal and
the intake; a provider that is out of reach is a warning and not a failure, because reps keep being answered.
"""

import asyncio

import msgspec
from aiohttp import web

from actors.journal import DescribeJournal, JournalDescribed
from actors.providers.messages import RECORD_LANE, DescribeProviders, ProvidersDescribed
from actors.telegram.intake import MOST_UNWRITTEN
from actors.telegram.messages import DescribeTelegram, TelegramDescribed
from runtime import ActorError, ActorSystem
from webapp_server.stopping import Stopping

CHECK_DEADLINE_S = 1.0


class Check(msgspec.Struct, frozen=True):
    """One question about readiness and its answer; a warning passes and is marked."""

    name: str
    passed: bool
    reason: str
    warns: bool = False

    @property
    def line(self) -> str:
        """The check as people read it."""
        mark = "-" if not self.passed else "~" if self.warns else "+"
        return f"[{mark}] {self.name}: {self.reason}\n"


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
            text = "".join(check.line for check in checks) + text
        return web.Response(text=text, status=200 if ready else 503, headers=_NO_STORE)

    return [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/readyz/{check}", readyz)]


async def _checks(system: ActorSystem, stopping: Stopping) -> tuple[Check, ...]:
    journal, intake, providers = await asyncio.gather(
        _asked(system, "journal", DescribeJournal()),
        _asked(system, "update_receiver", DescribeTelegram()),
        _asked(system, "llm_router", DescribeProviders()),
    )
    return _running(stopping), _journal(journal), _records(journal), _intake(intake), _providers(providers)


async def _asked(system: ActorSystem, actor: str, question: object) -> object:
    """The actor's answer, or the error that stands for one."""
    try:
        return await system.ask(system.find(actor), question, deadline_s=CHECK_DEADLINE_S)
    except ActorError as error:
        return error


_NO_STORE = {"Cache-Control": "no-store"}


def _running(stopping: Stopping) -> Check:
    return Check("process", passed=not stopping.asked, reason="stopping" if stopping.asked else "runs")


def _journal(answer: object) -> Check:
    if isinstance(answer, JournalDescribed) and answer.last_problem is None:
        return Check("journal", passed=True, reason="writes")
    return Check("journal", passed=False, reason=_problem(answer))


def _records(answer: object) -> Check:
    """Beyond the bound no updates are taken, so no more should be sent here."""
    if not isinstance(answer, JournalDescribed):
        return Check("records", passed=False, reason=_problem(answer))
    waiting = answer.outbox_pending.get(RECORD_LANE, 0)
    return Check("records", passed=waiting < MOST_UNWRITTEN, reason=f"{waiting} of {MOST_UNWRITTEN} writes wait")


def _intake(answer: object) -> Check:
    if isinstance(answer, TelegramDescribed) and answer.connected:
        return Check("telegram", passed=True, reason=f"heard {answer.last_contact_age_s or 0.0:.0f} s ago")
    return Check("telegram", passed=False, reason=_problem(answer) or "not connected yet")


def _providers(answer: object) -> Check:
    if not isinstance(answer, ProvidersDescribed):
        return Check("providers", passed=True, reason=_problem(answer), warns=True)
    away = [lane for lane in answer.lanes if lane.state in ("open", "refused", "paused")]
    if not away:
        return Check("providers", passed=True, reason=f"no lane is away, of {len(answer.lanes)}")
    told = f"lanes that are away: {len(away)} of {len(answer.lanes)}"
    return Check("providers", passed=True, reason=told, warns=True)


def _problem(answer: object) -> str:
    if isinstance(answer, ActorError):
        return f"gives no answer ({type(answer).__name__})"
    return getattr(answer, "last_problem", None) or ""
