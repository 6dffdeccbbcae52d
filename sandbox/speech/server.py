"""The server of the emulated speech service, and the control API that orders its faults.

AssemblyAI answers under `/v2` (upload, transcript, transcript/{id}). Beside it, from the loopback interface only:

`POST /sim/faults`      one order or a list of them, fields as in `sandbox.models.faults.Fault`. `route` is upload,
                        create, poll or delete. Kinds that this service knows: rate_limit, unauthorized, forbidden,
                        server_error, bad_gateway, unavailable and gateway_timeout answer with their status;
                        disconnect and hang answer nothing, and nothing is done; cut does what was asked and then
                        breaks the connection; error_in_200 (route create) begins a job that will fail;
                        invalid_json answers 200 with a page of HTML.
`GET  /sim/faults`      the orders that can still strike.
`POST /sim/processing`  {"seconds": 5}: how long jobs take, those under way too.
`GET  /sim/requests`    every request in order of arrival: method, path, route, at, status, outcome.
`GET  /sim/transcripts` every job: id, status, deleted, what it was asked for.
`POST /sim/reset`       forget requests, faults, uploads and jobs.
"""

import time
from collections.abc import Callable
from dataclasses import asdict

import msgspec
from aiohttp import web

from sandbox.control import check_loopback, read_order
from sandbox.models.faults import STATUS, Fault, Kind
from sandbox.running import Running, serve
from sandbox.speech.assemblyai import AssemblyAI
from sandbox.speech.transcripts import Transcripts

_UPLOAD_LIMIT = 2_200_000_000
_KNOWN = frozenset(
    {
        *(kind for kind in STATUS if kind not in (Kind.SPEND_LIMIT, Kind.PAYMENT_REQUIRED, Kind.OVERLOADED)),
        Kind.DISCONNECT,
        Kind.HANG,
        Kind.CUT,
        Kind.ERROR_IN_200,
        Kind.INVALID_JSON,
    }
)


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    processing_s: float = 1.0,
    keys: tuple[str, ...] | None = None,
    upload_limit: int = _UPLOAD_LIMIT,
    clock: Callable[[], float] = time.time,
) -> Running:
    """Serve the service; port 0 takes a free one.

    A job takes `processing_s`. `keys` None accepts every key of eight characters or more without "invalid" in it;
    `upload_limit` is in bytes. Raises OSError where the port is taken.
    """
    service = AssemblyAI(Transcripts(clock, processing_s), keys, clock)
    app = web.Application(client_max_size=upload_limit)
    app.add_routes([*service.routes(), *_Control(service).routes()])
    return await serve(app, host, port)


class _Processing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: float


class _Control:
    """The routes under `/sim`."""

    def __init__(self, service: AssemblyAI) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sim/faults", self.order_faults),
            web.get("/sim/faults", self.list_faults),
            web.post("/sim/processing", self.set_processing),
            web.get("/sim/requests", self.list_requests),
            web.get("/sim/transcripts", self.list_transcripts),
            web.post("/sim/reset", self.reset),
        ]

    async def order_faults(self, request: web.Request) -> web.Response:
        orders = await read_order(request, Fault | list[Fault])
        given = orders if isinstance(orders, list) else [orders]
        unknown = sorted({fault.kind for fault in given} - _KNOWN)
        if unknown:
            raise web.HTTPBadRequest(text=f"The speech service has no {', '.join(unknown)}.")
        for fault in given:
            self._service.faults.add(fault)
        return self._faults()

    async def list_faults(self, request: web.Request) -> web.Response:
        check_loopback(request)
        return self._faults()

    async def set_processing(self, request: web.Request) -> web.Response:
        order: _Processing = await read_order(request, _Processing)
        self._service.transcripts.processing_s = order.seconds
        return web.json_response({"seconds": order.seconds})

    async def list_requests(self, request: web.Request) -> web.Response:
        check_loopback(request)
        return web.json_response({"requests": [asdict(entry) for entry in self._service.log]})

    async def list_transcripts(self, request: web.Request) -> web.Response:
        check_loopback(request)
        transcripts = self._service.transcripts
        shown = [
            {"id": job.id, "status": transcripts.status(job), "deleted": job.deleted, "asked": job.asked}
            for job in transcripts.jobs.values()
        ]
        return web.json_response({"transcripts": shown})

    async def reset(self, request: web.Request) -> web.Response:
        check_loopback(request)
        self._service.faults.clear()
        self._service.log.clear()
        self._service.transcripts.forget()
        return web.json_response({"ok": True})

    def _faults(self) -> web.Response:
        return web.json_response({"faults": msgspec.to_builtins(self._service.faults.pending())})
