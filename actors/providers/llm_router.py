"""LlmRouter: the one door to the model providers.

It plans which lanes may answer a request, opens each lane when the first request for it comes, hands a request on when
a lane gives it up, holds budgets, and keeps the ledger. It answers what needs no lane: whether a key is accepted,
which models there are, which lanes there are. It sees no key.
"""

import functools
from collections.abc import Mapping
from typing import ClassVar

import msgspec
import structlog

from actors.journal import Load, Loaded
from actors.providers.anthropic import ANTHROPIC
from actors.providers.call_book import CallBook
from actors.providers.http import BearerAuth, Client, client
from actors.providers.journal_asking import ask_journal
from actors.providers.key_vault import KeyUnreadable, KeyVault
from actors.providers.lane import Lane
from actors.providers.lane_messages import (
    CallAccounted,
    CallBegan,
    CallEnded,
    CompletionPassed,
    CompletionSettled,
    LaneIdle,
    LaneName,
    LaneReported,
    LaneSettings,
    PauseLane,
    RunCompletion,
    StopCompletion,
)
from actors.providers.lane_tools import LaneTools, full_jitter
from actors.providers.limits import until_midnight
from actors.providers.messages import (
    CancelCompletion,
    CheckKey,
    Complete,
    CompletionFailed,
    CompletionRestarted,
    Credential,
    DescribeDurations,
    DescribeProviders,
    FailureKind,
    ForgetUsage,
    KeyChecked,
    KeyVerdict,
    ListModels,
    ModelsListed,
    PauseProvider,
    Provider,
    ProviderPaused,
    ProvidersDescribed,
    SealedKey,
    TeamKey,
)
from actors.providers.model_call import ProviderApi
from actors.providers.model_lists import ModelLists
from actors.providers.models import Listed
from actors.providers.openrouter import OPENROUTER
from actors.providers.provider_queries import models_of, verdict_on
from actors.providers.route import Fallbacks, Leg, plan
from actors.providers.secret import Secret
from actors.providers.usage_book import Budget
from actors.providers.usage_ledger import KEEP_PAUSE_S, LEDGER_KEY, UsageLedger
from actors.providers.wire_schema import wire_schema
from runtime import Actor, Address, ChildSpec, Mailbox, Restart, Terminated, Timer

_LOG = structlog.get_logger(__name__)
APIS: dict[Provider, ProviderApi] = {Provider.OPENROUTER: OPENROUTER, Provider.ANTHROPIC: ANTHROPIC}


class RouterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the providers are and how to use them.

    `team_keys` are shared by all reps, and budgets bound what those pay for. `fallbacks` go by agent; see
    `actors.providers.route`. `data_collection` allows paid requests to go to providers that keep them.
    `checked_models` are compared with the providers' lists at the start and once a day; the `seeing_models` among them
    have to take pictures.
    """

    base_urls: Mapping[Provider, str]
    team_keys: Mapping[Provider, Secret]
    fallbacks: Fallbacks = {}
    data_collection: bool = False
    checked_models: Mapping[Provider, tuple[str, ...]] = {}
    seeing_models: Mapping[Provider, tuple[str, ...]] = {}
    rep_budget: Budget = Budget()
    team_budget: Budget = Budget()
    lane: LaneSettings = LaneSettings()
    models_kept_s: float = 86_400.0


class _Verdict(msgspec.Struct, frozen=True):
    asker: Address
    verdict: KeyVerdict


class _Listed(msgspec.Struct, frozen=True):
    provider: Provider
    listed: tuple[Listed, ...] | None


class _ReadModels(msgspec.Struct, frozen=True):
    pass


class _KeepUsage(msgspec.Struct, frozen=True):
    pass


class _UsageKept(msgspec.Struct, frozen=True):
    again_s: float | None


class _Open(msgspec.Struct):
    """A request under way: its number, who waits for it, the lane it is on and those it may still go to."""

    number: int
    request: Complete
    reply_to: Address
    accepted_at: float
    lane: LaneName
    legs: tuple[Leg, ...]


class _LaneEntry(msgspec.Struct):
    address: Address
    given: int = 0
    report: LaneReported | None = None


class LlmRouter(Actor):
    """Routes `Complete` to lanes and answers `CheckKey`, `ListModels`, `DescribeProviders` and `CancelCompletion`."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=20_000)

    def __init__(self, settings: RouterSettings, vault: KeyVault, outputs: Mapping[str, type[msgspec.Struct]]) -> None:
        super().__init__()
        self._settings = settings
        self._vault = vault
        self._outputs = outputs
        self._lists = ModelLists()
        self._calls = CallBook(settings.checked_models)
        self._tools = {provider: self._tools_for(api) for provider, api in APIS.items()}
        self._clients: dict[Provider, Client] = {}
        self._lanes: dict[str, _LaneEntry] = {}
        self._open: dict[str, _Open] = {}
        self._paused: dict[Provider, float] = {}
        self._numbers = 0
        self._keep: Timer | None = None
        self._keep_at = 0.0
        self._keeping = False

    def _tools_for(self, api: ProviderApi) -> LaneTools:
        return LaneTools(
            api=api,
            outputs=self._outputs,
            schemas={name: wire_schema(output, api.dialect) for name, output in self._outputs.items()},
            key_of=self._key_of,
            pseudonym=self._vault.pseudonym,
            jitter=full_jitter,
            known=functools.partial(self._lists.find, api.provider),
            data_collection=self._settings.data_collection,
        )

    async def started(self) -> None:
        """Take up the ledger, make the clients and read the models' lists in the background."""
        loaded = await ask_journal(self, Load(LEDGER_KEY))
        snapshot = loaded.snapshot if isinstance(loaded, Loaded) else None
        self._ledger = UsageLedger(self.clock.time(), snapshot)
        self._clients = {provider: client(address) for provider, address in self._settings.base_urls.items()}
        self._read_models()
        self._keep_in(KEEP_PAUSE_S)

    async def stopped(self) -> None:
        """Close all connections; the lanes have answered whoever waited."""
        for opened in self._clients.values():
            await opened.aclose()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case Complete():
                self._route(message, sender)
            case CancelCompletion(request_id=request_id):
                self._cancel(request_id)
            case CheckKey(credential=credential):
                self._check_key(credential, sender)
            case ListModels(credential=credential):
                self._list_models(credential, sender)
            case DescribeProviders():
                self.reply(self._described())
            case DescribeDurations():
                self.reply(self._calls.durations())
            case PauseProvider(provider=provider, for_s=for_s):
                self._pause(provider, for_s)
                self.reply(ProviderPaused(provider, for_s))
            case CompletionPassed():
                self._passed(message)
            case CompletionSettled():
                self._settled(message)
            case CallAccounted():
                self._account(message)
            case ForgetUsage(telegram_id=telegram_id):
                self._ledger.forget(telegram_id, self.clock.time())
                self._keep_in(KEEP_PAUSE_S)
            case _:
                await self._receive_own(message, sender)

    async def _receive_own(self, message: object, sender: Address) -> None:
        match message:
            case LaneReported():
                self._report(message)
            case CallBegan(lane=lane, at=at):
                self._ledger.began(lane, at)
                self._keep_in(0.0)  # what the disk does not know, a new process would do again
            case CallEnded():
                self._calls.add(message, self.clock.now(), self.clock.time())
            case LaneIdle(name=name, accepted=accepted):
                self._let_go(name, accepted)
            case Terminated(address=address):
                self._lane_ended(address)
            case _Verdict(asker=asker, verdict=verdict):
                self.send(asker, KeyChecked(verdict))
            case _Listed(provider=provider, listed=listed):
                self._listed(provider, listed)
            case _ReadModels():
                self._read_models()
            case _KeepUsage():
                self._keep, self._keeping = None, True
                self.pipe(self._keep_usage(), failed=lambda _error: _UsageKept(KEEP_PAUSE_S))
            case _UsageKept(again_s=again_s):
                self._keeping = False
                if again_s is not None:
                    self._keep_in(again_s)
            case _:
                await self.unhandled(message, sender)

    # Requests

    def _route(self, request: Complete, sender: Address) -> None:
        refusal = self._refusal(request)
        legs = () if refusal else plan(request, self._settings.fallbacks, self._has_team_key, self._lists.sees)
        if refusal is None and not legs:
            refusal = FailureKind.IMAGES_UNSEEN, "no model of the chain takes pictures", None
        if refusal is not None:
            kind, detail, wait = refusal
            self.send(sender, CompletionFailed(request.request_id, kind, request.credential.provider, detail, wait))
            return
        self._numbers += 1
        opened = _Open(self._numbers, request, sender, self.clock.now(), legs[0].lane, legs)
        self._open[request.request_id] = opened
        self._give(opened)

    def _refusal(self, request: Complete) -> tuple[FailureKind, str, float | None] | None:
        """Why the request is not tried at all, and when it may be."""
        if isinstance(request.credential, TeamKey):
            if not self._has_team_key(request.credential.provider):
                return FailureKind.MISCONFIGURED, f"no team key is configured for {request.credential.provider}", None
            time, settings = self.clock.time(), self._settings
            spent = self._ledger.book.overspent(request.telegram_id, settings.rep_budget, settings.team_budget, time)
            if spent is not None:
                return FailureKind.BUDGET_SPENT, spent, until_midnight(time)
        if request.output is not None and request.output not in self._outputs:
            return FailureKind.MISCONFIGURED, "the request names an output that does not exist", None
        if request.output is not None and request.web_search:
            return FailureKind.MISCONFIGURED, "an answer that cites pages is prose and takes no output", None
        return None

    def _give(self, opened: _Open) -> None:
        """Hand the request to the first of the lanes it may still go to."""
        leg, *later = opened.legs
        opened.lane, opened.legs = leg.lane, tuple(later)
        entry = self._lanes.get(leg.lane.name) or self._open_lane(leg.lane)
        entry.given += 1
        order = RunCompletion(
            number=opened.number,
            request=opened.request,
            models=leg.models,
            reply_to=opened.reply_to,
            accepted_at=opened.accepted_at,
            last=not later,
        )
        self.send(entry.address, order)

    def _passed(self, passed: CompletionPassed) -> None:
        """The next lane takes over what the first could not answer; what it streamed is void."""
        opened = self._open.get(passed.request_id)
        if opened is None or opened.number != passed.number:
            return
        if not opened.legs:  # cancelled meanwhile
            del self._open[passed.request_id]
            return
        _LOG.warning(
            "model_call_passed_on", lane=opened.lane.name, to=opened.legs[0].lane.name, kind=passed.failure.kind
        )
        self.send(opened.reply_to, CompletionRestarted(passed.request_id))
        self._give(opened)

    def _open_lane(self, name: LaneName) -> _LaneEntry:
        memory = self._ledger.book.memory_of(name.name, self.clock.time())
        tools, opened = self._tools[name.provider], self._clients[name.provider]
        make = functools.partial(Lane, name, self._settings.lane, tools, opened, self.address, memory)
        entry = _LaneEntry(self.spawn(ChildSpec(name.name, make, restart=Restart.TEMPORARY)))
        self._lanes[name.name] = entry
        left = self._paused.get(name.provider, 0.0) - self.clock.now()
        if left > 0:
            self.send(entry.address, PauseLane(left))
        return entry

    def _pause(self, provider: Provider, for_s: float) -> None:
        self._paused[provider] = self.clock.now() + for_s
        for name, entry in self._lanes.items():
            if name.startswith(f"{provider}-"):
                self.send(entry.address, PauseLane(for_s))

    def _cancel(self, request_id: str) -> None:
        opened = self._open.get(request_id)
        if opened is not None and opened.lane.name in self._lanes:
            opened.legs = ()
            self.send(self._lanes[opened.lane.name].address, StopCompletion(opened.number))

    def _settled(self, settled: CompletionSettled) -> None:
        """A request id that was used again belongs to the later request."""
        opened = self._open.get(settled.request_id)
        if opened is not None and opened.number == settled.number:
            del self._open[settled.request_id]

    def _let_go(self, name: str, accepted: int) -> None:
        """End an idle lane, unless a request for it is on its way."""
        entry = self._lanes.get(name)
        if entry is not None and entry.given == accepted:
            del self._lanes[name]
            self.stop_child(entry.address)

    def _lane_ended(self, address: Address) -> None:
        """A lane that crashed answers nobody, so its requests are answered here; the next one opens it anew."""
        name = next((name for name, entry in self._lanes.items() if entry.address == address), None)
        if name is None:
            return
        del self._lanes[name]
        _LOG.error("lane_crashed", lane=name)
        for request_id, opened in list(self._open.items()):
            if opened.lane.name == name:
                del self._open[request_id]
                detail = "the lane crashed"
                failure = CompletionFailed(request_id, FailureKind.UNAVAILABLE, opened.lane.provider, detail)
                self.send(opened.reply_to, failure)

    def _described(self) -> ProvidersDescribed:
        now = self.clock.now()
        reports = [entry.report for entry in self._lanes.values() if entry.report is not None]
        lanes = tuple(
            msgspec.structs.replace(report.status, resting_for_s=max(0.0, report.until - now)) for report in reports
        )
        paused = {provider: until - now for provider, until in self._paused.items() if until > now}
        team = self._ledger.book.team_spent(self._settings.team_budget, self.clock.time())
        return ProvidersDescribed(lanes, self._lists.warnings, paused, team, self._calls.by_provider(now))

    # The ledger

    def _report(self, report: LaneReported) -> None:
        entry = self._lanes.get(report.status.lane)
        if entry is None:
            return  # from a lane that is already gone
        entry.report = report
        left = report.account_rests_until - self.clock.now()
        if left > 0 and self._ledger.rests(report.status.lane, self.clock.time() + left, self.clock.time()):
            self._keep_in(KEEP_PAUSE_S)

    def _account(self, call: CallAccounted) -> None:
        self._ledger.add(call, self.clock.time())
        self._keep_in(KEEP_PAUSE_S)

    def _keep_in(self, delay_s: float) -> None:
        """Write after this time, or earlier if that is due; while a write is under way its end decides."""
        if self._keeping or (self._keep is not None and self._keep_at <= self.clock.now() + delay_s):
            return
        if self._keep is not None:
            self._keep.cancel()
        self._keep_at = self.clock.now() + delay_s
        self._keep = self.timer(delay_s, _KeepUsage())

    async def _keep_usage(self) -> _UsageKept:
        await ask_journal(self, self._ledger.commit(self.clock.time()))
        return _UsageKept(self._ledger.committed(self.clock.time()))

    # Keys and models

    def _has_team_key(self, provider: Provider) -> bool:
        return provider in self._settings.team_keys

    def _key_of(self, credential: Credential) -> Secret:
        """For lanes and questions to providers alone; raises KeyUnreadable."""
        if isinstance(credential, SealedKey):
            return self._vault.open(credential)
        if not self._has_team_key(credential.provider):
            raise KeyUnreadable("no team key is configured")
        return self._settings.team_keys[credential.provider]

    def _check_key(self, sealed: SealedKey, asker: Address) -> None:
        unreachable = _Verdict(asker, KeyVerdict.UNREACHABLE)
        self.pipe(self._verdict(sealed, asker), failed=lambda _error: unreachable)

    async def _verdict(self, sealed: SealedKey, asker: Address) -> _Verdict:
        auth = BearerAuth(self._vault.open(sealed))
        return _Verdict(asker, await verdict_on(self._clients[sealed.provider], APIS[sealed.provider], auth))

    def _list_models(self, credential: Credential, asker: Address) -> None:
        models = self._lists.fresh(credential.provider, self.clock.now(), self._settings.models_kept_s)
        if models is not None:
            self.send(asker, ModelsListed(credential.provider, models))
        else:
            self._lists.wait(credential.provider, asker)
            self._ask_for_models(credential)

    def _read_models(self) -> None:
        """Ask every provider that there is a team key for, now and after each `models_kept_s`."""
        for provider in self._settings.team_keys:
            self._ask_for_models(TeamKey(provider))
        self.timer(self._settings.models_kept_s, _ReadModels())

    def _ask_for_models(self, credential: Credential) -> None:
        if self._lists.ask(credential.provider):
            self.pipe(self._models(credential), failed=lambda _error: _Listed(credential.provider, None))

    async def _models(self, credential: Credential) -> _Listed:
        provider = credential.provider
        auth = BearerAuth(self._key_of(credential))
        return _Listed(provider, await models_of(self._clients[provider], APIS[provider], auth))

    def _listed(self, provider: Provider, listed: tuple[Listed, ...] | None) -> None:
        wanted = self._settings.checked_models.get(provider, ())
        seeing = self._settings.seeing_models.get(provider, ())
        for warning in self._lists.take(provider, listed, wanted, seeing, self.clock.now(), self.clock.time()):
            _LOG.warning("model_checked", warning=warning)
        for asker in self._lists.waiting(provider):
            self.send(asker, ModelsListed(provider, self._lists.of(provider)))
