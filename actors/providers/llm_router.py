"""LlmRouter: the one door to the model providers.

It opens a lane for each credential when the first request for it comes, passes requests on, and answers what needs
no lane: whether a key is accepted, which lanes there are, whether the configured models exist. It sees no key.
"""

import functools
import hashlib
from collections.abc import Mapping
from typing import ClassVar

import msgspec
import structlog

from actors.providers.anthropic import ANTHROPIC
from actors.providers.http import TRANSPORT_ERRORS, BearerAuth, Client, client, get
from actors.providers.key_vault import KeyUnreadable, KeyVault
from actors.providers.lane import Lane
from actors.providers.lane_messages import (
    CompletionSettled,
    LaneIdle,
    LaneName,
    LaneReported,
    LaneSettings,
    RunCompletion,
    StopCompletion,
)
from actors.providers.lane_tools import LaneTools, full_jitter
from actors.providers.messages import (
    CancelCompletion,
    CheckKey,
    Complete,
    CompletionFailed,
    Credential,
    DescribeProviders,
    FailureKind,
    KeyChecked,
    KeyVerdict,
    Provider,
    ProvidersDescribed,
    SealedKey,
    TeamKey,
)
from actors.providers.model_call import ProviderApi
from actors.providers.model_check import model_warnings
from actors.providers.openrouter import OPENROUTER, is_free
from actors.providers.secret import Secret
from actors.providers.wire_schema import wire_schema
from runtime import Actor, Address, ChildSpec, Mailbox, Restart, Terminated

_LOG = structlog.get_logger(__name__)
_APIS: dict[Provider, ProviderApi] = {Provider.OPENROUTER: OPENROUTER, Provider.ANTHROPIC: ANTHROPIC}
_MODELS_PATH = "models"


class RouterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the providers are and how to use them.

    `fallback_models` and `checked_models` go by provider; a fallback serves only requests of its own tier, so that a
    free request never becomes a paid one.
    """

    openrouter_base_url: str
    openrouter_key: Secret | None
    anthropic_base_url: str
    fallback_models: dict[Provider, tuple[str, ...]] = {}
    checked_models: dict[Provider, tuple[str, ...]] = {}
    lane: LaneSettings = LaneSettings()
    key_check_s: float = 10.0


class CheckModels(msgspec.Struct, frozen=True):
    """Compare the configured models with the providers' lists; answered by `ModelsChecked`."""


class ModelsChecked(msgspec.Struct, frozen=True):
    """Warnings for the operator, none when all is well; a provider that cannot be asked is one of them."""

    warnings: tuple[str, ...]


class _Verdict(msgspec.Struct, frozen=True):
    asker: Address
    verdict: KeyVerdict


class _Warned(msgspec.Struct, frozen=True):
    asker: Address | None
    warnings: tuple[str, ...]


class _Open(msgspec.Struct, frozen=True):
    """A request under way: its number, its lane's name and who waits for it."""

    number: int
    lane: str
    reply_to: Address
    provider: Provider


class _LaneEntry(msgspec.Struct):
    address: Address
    given: int = 0
    report: LaneReported | None = None


class LlmRouter(Actor):
    """Routes `Complete` to lanes and answers `CheckKey`, `CheckModels`, `DescribeProviders` and `CancelCompletion`."""

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=20_000)

    def __init__(self, settings: RouterSettings, vault: KeyVault, outputs: Mapping[str, type[msgspec.Struct]]) -> None:
        super().__init__()
        self._settings = settings
        self._vault = vault
        self._outputs = outputs
        self._tools = {provider: self._tools_for(api) for provider, api in _APIS.items()}
        self._clients: dict[Provider, Client] = {}
        self._lanes: dict[str, _LaneEntry] = {}
        self._open: dict[str, _Open] = {}
        self._numbers = 0

    def _tools_for(self, api: ProviderApi) -> LaneTools:
        return LaneTools(
            api=api,
            outputs=self._outputs,
            schemas={name: wire_schema(output, api.dialect) for name, output in self._outputs.items()},
            key_of=self._key_of,
            pseudonym=self._vault.pseudonym,
            jitter=full_jitter,
        )

    async def started(self) -> None:
        """Make the clients and check the configured models in the background."""
        self._clients = {
            Provider.OPENROUTER: client(self._settings.openrouter_base_url),
            Provider.ANTHROPIC: client(self._settings.anthropic_base_url),
        }
        if self._settings.checked_models:
            self._check_models(None)

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
            case CheckModels():
                self._check_models(sender)
            case DescribeProviders():
                self.reply(self._described())
            case _:
                await self._receive_own(message, sender)

    async def _receive_own(self, message: object, sender: Address) -> None:
        match message:
            case CompletionSettled():
                self._settled(message)
            case LaneReported(status=status) if status.lane in self._lanes:
                self._lanes[status.lane].report = message
            case LaneReported():
                pass  # from a lane that is already gone
            case LaneIdle(name=name, accepted=accepted):
                self._let_go(name, accepted)
            case Terminated(address=address):
                self._lane_ended(address)
            case _Verdict(asker=asker, verdict=verdict):
                self.send(asker, KeyChecked(verdict))
            case _Warned():
                self._warned(message)
            case _:
                await self.unhandled(message, sender)

    # Requests

    def _route(self, request: Complete, sender: Address) -> None:
        problem = self._problem(request)
        if problem is not None:
            provider = request.credential.provider
            failure = CompletionFailed(request.request_id, FailureKind.MISCONFIGURED, provider, problem)
            self.send(sender, failure)
            return
        name = _lane_name(request.credential, request.model)
        entry = self._lanes.get(name.name) or self._open_lane(name)
        self._numbers += 1
        entry.given += 1
        self._open[request.request_id] = _Open(self._numbers, name.name, sender, name.provider)
        self.send(entry.address, RunCompletion(self._numbers, request, self._models(request), sender))

    def _problem(self, request: Complete) -> str | None:
        if isinstance(request.credential, TeamKey) and self._team_key(request.credential.provider) is None:
            return f"no team key is configured for {request.credential.provider}"
        if request.output is not None and request.output not in self._outputs:
            return "the request names an output that does not exist"
        return None

    def _models(self, request: Complete) -> tuple[str, ...]:
        """The model asked for and its fallbacks of the same tier; a rep's own key never pays for another model."""
        if isinstance(request.credential, SealedKey):
            return (request.model,)
        fallbacks = self._settings.fallback_models.get(request.credential.provider, ())
        same_tier = (model for model in fallbacks if is_free(model) == is_free(request.model))
        return tuple(dict.fromkeys((request.model, *same_tier)))

    def _open_lane(self, name: LaneName) -> _LaneEntry:
        make = functools.partial(
            Lane, name, self._settings.lane, self._tools[name.provider], self._clients[name.provider], self.address
        )
        entry = _LaneEntry(self.spawn(ChildSpec(name.name, make, restart=Restart.TEMPORARY)))
        self._lanes[name.name] = entry
        return entry

    def _cancel(self, request_id: str) -> None:
        opened = self._open.get(request_id)
        if opened is not None and opened.lane in self._lanes:
            self.send(self._lanes[opened.lane].address, StopCompletion(opened.number))

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
            if opened.lane == name:
                del self._open[request_id]
                detail = "the lane crashed"
                failure = CompletionFailed(request_id, FailureKind.UNAVAILABLE, opened.provider, detail)
                self.send(opened.reply_to, failure)

    def _described(self) -> ProvidersDescribed:
        now = self.clock.now()
        reports = [entry.report for entry in self._lanes.values() if entry.report is not None]
        return ProvidersDescribed(
            tuple(
                msgspec.structs.replace(report.status, resting_for_s=max(0.0, report.until - now)) for report in reports
            )
        )

    # Keys and models

    def _team_key(self, provider: Provider) -> Secret | None:
        return self._settings.openrouter_key if provider is Provider.OPENROUTER else None

    def _key_of(self, credential: Credential) -> Secret:
        """For lanes alone; raises KeyUnreadable."""
        if isinstance(credential, SealedKey):
            return self._vault.open(credential)
        key = self._team_key(credential.provider)
        if key is None:
            raise KeyUnreadable("no team key is configured")
        return key

    def _check_key(self, sealed: SealedKey, asker: Address) -> None:
        unreachable = _Verdict(asker, KeyVerdict.UNREACHABLE)
        self.pipe(self._ask_about_key(sealed, asker), failed=lambda _error: unreachable)

    async def _ask_about_key(self, sealed: SealedKey, asker: Address) -> _Verdict:
        api = _APIS[sealed.provider]
        try:
            auth = BearerAuth(self._vault.open(sealed))
            status, _ = await get(
                self._clients[sealed.provider], api.key_path, api.headers, auth, self._settings.key_check_s
            )
        except KeyUnreadable:
            return _Verdict(asker, KeyVerdict.UNREACHABLE)
        except TRANSPORT_ERRORS as error:
            _LOG.warning("key_check_failed", provider=sealed.provider.value, error=type(error).__name__)
            return _Verdict(asker, KeyVerdict.UNREACHABLE)
        return _Verdict(asker, _verdict(status))

    def _check_models(self, asker: Address | None) -> None:
        warning = "The configured models could not be checked."
        self.pipe(self._compare_models(asker), failed=lambda _error: _Warned(asker, (warning,)))

    async def _compare_models(self, asker: Address | None) -> _Warned:
        warnings: list[str] = []
        for provider, wanted in self._settings.checked_models.items():
            warnings += await self._compare(provider, wanted)
        return _Warned(asker, tuple(warnings))

    async def _compare(self, provider: Provider, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Anthropic lists its models only to a key, and there is no team key for it: nothing to say then."""
        key = self._team_key(provider)
        if key is None:
            return ()
        unchecked = f"{provider} could not be asked for its models, so the configured models are unchecked."
        try:
            status, listing = await get(
                self._clients[provider],
                _MODELS_PATH,
                _APIS[provider].headers,
                BearerAuth(key),
                self._settings.key_check_s,
            )
        except TRANSPORT_ERRORS:
            return (unchecked,)
        return model_warnings(provider, wanted, listing, self.clock.time()) if status == 200 else (unchecked,)

    def _warned(self, checked: _Warned) -> None:
        for warning in checked.warnings:
            _LOG.warning("model_checked", warning=warning)
        if checked.asker is not None:
            self.send(checked.asker, ModelsChecked(checked.warnings))


def _lane_name(credential: Credential, model: str) -> LaneName:
    """A name that an operator can read and that says nothing of the rep."""
    free = credential.provider is Provider.OPENROUTER and is_free(model)
    tier = "free" if free else "paid"
    if isinstance(credential, TeamKey):
        return LaneName(f"{credential.provider}-team-{tier}", credential, free)
    return LaneName(f"{credential.provider}-rep-{_fingerprint(credential)}-{tier}", credential, free)


def _fingerprint(sealed: SealedKey) -> str:
    return hashlib.sha256(sealed.ciphertext.encode()).hexdigest()[:12]


def _verdict(status: int) -> KeyVerdict:
    """A key that is known but may do nothing now (no credit, too many requests) is accepted all the same."""
    if status in (401, 403):
        return KeyVerdict.REJECTED
    return KeyVerdict.ACCEPTED if status < 400 or status in (402, 429) else KeyVerdict.UNREACHABLE
