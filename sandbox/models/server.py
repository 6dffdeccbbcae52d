"""The server of both model emulators, and the control API that orders faults.

OpenRouter answers under `/api/v1` (chat/completions, models, key), Anthropic under `/v1` (messages,
messages/count_tokens, models). Beside them, from the loopback interface only:

`POST /sim/faults`    one order or a list of them; fields as in `sandbox.models.faults.Fault`:
                      {"kind": "rate_limit", "provider": "openrouter", "times": 2, "after_n": 1, "match": "gpt-oss",
                      "route": "completion", "retry_after": 7, "share": 0.05}. Kinds: `faults.Kind`.
`GET /sim/faults`     the orders that can still strike, and every kind there is.
`POST /sim/latency`   {"first_token_s": [0.1, 0.2], "pace": 0}: either or both.
`POST /sim/accounts`  {"key": "sk-or-...", "credits": 0, "used_today": 50, "free_per_day": 1000, "limits": true}: any.
`GET /sim/requests`   every request in order of arrival: provider, method, path, route, model, at, stream, status,
                      outcome (answered, refused:<status>, fault:<kind>, client_gone, open), the key's end.
`POST /sim/reset`     forget requests, faults, accounts and caches; latency returns to the start's.
"""

import time
from collections.abc import Callable

import msgspec
from aiohttp import web

from sandbox.control import check_loopback, read_order
from sandbox.models.accounts import Accounts
from sandbox.models.anthropic import Anthropic
from sandbox.models.faults import Fault, Kind
from sandbox.models.openrouter import OpenRouter
from sandbox.models.simulation import Options, Simulation
from sandbox.running import Running, serve

_BODY_LIMIT = 32 * 1024 * 1024


class _Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    first_token_s: tuple[float, float] | None = None
    pace: float | None = None


class _AccountOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str | None = None
    credits: float | None = None
    used_today: int | None = None
    free_per_day: int | None = None
    limits: bool | None = None


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    seed: int = 0,
    latency_s: tuple[float, float] = (0.3, 1.2),
    pace: float = 1.0,
    keep_alive_s: float = 0.5,
    keys: tuple[str, ...] | None = None,
    extra_models: tuple[str, ...] = (),
    limits: bool = False,
    credits: float | None = None,  # noqa: A002 - the provider's own word
    free_per_day: int = 50,
    body_limit: int = _BODY_LIMIT,
    clock: Callable[[], float] = time.time,
) -> Running:
    """Serve both emulators, OpenRouter under `/api/v1` and Anthropic under `/v1`; port 0 takes a free one.

    `latency_s` bounds the time to the first token, `pace` scales the 20-60 ms between pieces of text, `keep_alive_s`
    spaces comments and pings. `keys` None accepts every key of the right shape without "invalid" in it.
    `limits` enforces 20 free calls a minute and `free_per_day` a day, per key; `credits` None charges nothing;
    `body_limit` is in bytes.
    Raises OSError where the port is taken.
    """
    options = Options(
        seed=seed, latency_s=latency_s, pace=pace, keep_alive_s=keep_alive_s, keys=keys, extra_models=extra_models
    )
    accounts = Accounts(limits=limits, credits=credits, free_per_day=free_per_day, clock=clock)
    simulation = Simulation(options, accounts, clock)
    app = web.Application(client_max_size=body_limit)
    app.add_routes([*OpenRouter(simulation).routes(), *Anthropic(simulation).routes(), *_Control(simulation).routes()])
    return await serve(app, host, port)


class _Control:
    """The routes under `/sim`."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sim/faults", self.order_faults),
            web.get("/sim/faults", self.list_faults),
            web.post("/sim/latency", self.set_latency),
            web.post("/sim/accounts", self.set_account),
            web.get("/sim/requests", self.list_requests),
            web.post("/sim/reset", self.reset),
        ]

    async def order_faults(self, request: web.Request) -> web.Response:
        orders = await read_order(request, Fault | list[Fault])
        for fault in orders if isinstance(orders, list) else [orders]:
            self._simulation.faults.add(fault)
        return self._faults()

    async def list_faults(self, request: web.Request) -> web.Response:
        check_loopback(request)
        return self._faults()

    async def set_latency(self, request: web.Request) -> web.Response:
        order: _Latency = await read_order(request, _Latency)
        if order.first_token_s is not None:
            self._simulation.latency_s = order.first_token_s
        if order.pace is not None:
            self._simulation.pace = order.pace
        return web.json_response({"first_token_s": self._simulation.latency_s, "pace": self._simulation.pace})

    async def set_account(self, request: web.Request) -> web.Response:
        order: _AccountOrder = await read_order(request, _AccountOrder)
        accounts = self._simulation.accounts
        if order.limits is not None:
            accounts.limits = order.limits
        if order.key is not None:
            account = accounts.of(order.key)
            account.credits = account.credits if order.credits is None else order.credits
            account.used_today = account.used_today if order.used_today is None else order.used_today
            account.free_per_day = account.free_per_day if order.free_per_day is None else order.free_per_day
        return web.json_response({"ok": True})

    async def list_requests(self, request: web.Request) -> web.Response:
        check_loopback(request)
        return web.json_response({"requests": self._simulation.requests()})

    async def reset(self, request: web.Request) -> web.Response:
        check_loopback(request)
        self._simulation.reset()
        return web.json_response({"ok": True})

    def _faults(self) -> web.Response:
        pending = msgspec.to_builtins(self._simulation.faults.pending())
        return web.json_response({"faults": pending, "kinds": [str(kind) for kind in Kind]})
