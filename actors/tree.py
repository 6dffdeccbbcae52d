"""The supervision tree, drawn in one place: what runs, under whom, and in which order it starts.

    journal
    uploads              pictures and recordings from the page
    providers            llm_router, transcriber, record_writer, trace_writer, tracer
    sessions             one session per rep, made on demand
    scheduler            tells sessions whose time has come
    telegram             message_sender, file_fetcher, update_receiver

Top-level actors start in this order and stop in the reverse one: the intake first, the journal last.
"""

import hmac
import uuid
from collections.abc import Callable

import msgspec

from actors.journal import journal_spec
from actors.library import Library
from actors.providers.key_vault import KeyVault
from actors.providers.lane_messages import LaneSettings
from actors.providers.llm_router import LlmRouter, RouterSettings
from actors.providers.messages import TRACE_LANE, Provider
from actors.providers.record_writer import RecordWriter
from actors.providers.secret import Secret
from actors.providers.span_export import SpanExport
from actors.providers.tracer import Tracer
from actors.providers.transcriber import SpeechSettings, Transcriber
from actors.scheduler import Scheduler
from actors.session.access import ADMIN_COMMANDS
from actors.session.book import Book
from actors.session.flows import COMMANDS
from actors.session.services import Services
from actors.session.session import Session
from actors.session.sessions import Sessions
from actors.session.turn import ShelfState, World
from actors.settings import Settings
from actors.shelf import Shelf
from actors.telegram.file_fetcher import FileFetcher
from actors.telegram.message_sender import MessageSender
from actors.telegram.update_receiver import BotMenu, UpdateReceiver, Webhook
from actors.texts import Texts
from actors.uploads import Uploads
from coaching.outputs import OUTPUTS
from coaching.playbook import Playbook, cited_section
from runtime import Actor, Backoff, ChildSpec, Supervision, Supervisor
from storage import Store

FIRST_CONCURRENCY = 16
"""Calls in flight at once that a fresh lane begins with; it learns from there, up to MODEL_CONCURRENCY."""
PRACTICE_SPEECH_KEY = Secret("practice-speech-key")
"""Opens nothing but the emulator that runs where ASSEMBLYAI_API_KEY is missing."""
PROVIDER_BACKOFF = Backoff(minimum=0.5, maximum=30.0, reset_after=60.0)
PROVIDER_SUPERVISION = Supervision(intensity=8, period_s=60.0)
"""Room for that backoff: three restarts in five seconds would be used up before its second second."""


class Tree(msgspec.Struct, frozen=True):
    """The top-level actors in their order of start."""

    specs: tuple[ChildSpec, ...]


def build_tree(settings: Settings, store: Store, shelf: Shelf, practice: frozenset[Provider]) -> Tree:
    """Describe every actor of the system; nothing runs yet."""
    token = settings.telegram_bot_token
    if settings.encryption_key is None or token is None:
        raise ValueError("the assembly fills in the encryption key and the bot token before the tree is built")
    vault = KeyVault(settings.encryption_key.reveal())
    return Tree(
        specs=(
            journal_spec(settings.data_dir / "journal.sqlite"),
            ChildSpec("uploads", lambda: Uploads(settings.data_dir / "uploads"), well_known=True),
            ChildSpec("providers", lambda: Supervisor(_providers(settings, store, shelf, vault))),
            ChildSpec("sessions", lambda: _sessions(settings, store, shelf, vault, practice), well_known=True),
            _provider("scheduler", lambda: Scheduler(store, trace_days=settings.trace_days)),
            ChildSpec("telegram", lambda: Supervisor(_telegram(settings, token))),
        )
    )


def _providers(settings: Settings, store: Store, shelf: Shelf, vault: KeyVault) -> tuple[ChildSpec, ...]:
    router = RouterSettings(
        base_urls={
            Provider.OPENROUTER: settings.openrouter_base_url,
            Provider.ANTHROPIC: settings.anthropic_base_url,
        },
        team_keys=_team_keys(settings),
        fallbacks=settings.fallbacks,
        data_collection=settings.data_collection,
        checked_models={provider: configured_models(settings, provider) for provider in Provider},
        seeing_models=_seeing_models(settings),
        rep_budget=settings.rep_budget,
        team_budget=settings.team_budget,
        lane=LaneSettings(
            concurrency_start=min(FIRST_CONCURRENCY, settings.model_concurrency),
            concurrency_cap=settings.model_concurrency,
            trace_content=settings.trace_content,
        ),
    )
    speech = SpeechSettings(
        base_url=settings.assemblyai_base_url,
        key=settings.assemblyai_api_key or PRACTICE_SPEECH_KEY,
        concurrency=settings.speech_concurrency,
        names=lambda: shelf.library.company.names,
    )
    return (
        _provider("tracer", lambda: Tracer(_exporter(settings))),
        _provider("record_writer", lambda: RecordWriter(store)),
        _provider("trace_writer", lambda: RecordWriter(store, lane=TRACE_LANE)),
        _provider("llm_router", lambda: LlmRouter(router, vault, OUTPUTS)),
        _provider("transcriber", lambda: Transcriber(speech)),
    )


def _exporter(settings: Settings) -> Callable[[], SpanExport] | None:
    endpoint, headers = settings.otlp_endpoint, settings.otlp_headers
    return None if endpoint is None else lambda: SpanExport(endpoint, headers)


def _team_keys(settings: Settings) -> dict[Provider, Secret]:
    keys = {Provider.OPENROUTER: settings.openrouter_api_key, Provider.ANTHROPIC: settings.anthropic_api_key}
    return {provider: key for provider, key in keys.items() if key is not None}


def configured_models(settings: Settings, provider: Provider) -> tuple[str, ...]:
    """The models that the settings name at this provider, those that look at pictures among them."""
    default = {
        Provider.OPENROUTER: settings.default_openrouter_model,
        Provider.ANTHROPIC: settings.default_anthropic_model,
    }
    named = (choice.model for chain in settings.fallbacks.values() for choice in chain if choice.provider is provider)
    return tuple(dict.fromkeys((default[provider], *_seeing_models(settings)[provider], *named)))


def _seeing_models(settings: Settings) -> dict[Provider, tuple[str, ...]]:
    """The models that look at pictures; at Anthropic that is the one that does everything else."""
    return {
        Provider.OPENROUTER: (settings.vision_model,),
        Provider.ANTHROPIC: (settings.default_anthropic_model,),
    }


def _provider(name: str, factory: Callable[[], Actor]) -> ChildSpec:
    return ChildSpec(name, factory, backoff=PROVIDER_BACKOFF, well_known=True)


def _sessions(
    settings: Settings, store: Store, shelf: Shelf, vault: KeyVault, practice: frozenset[Provider]
) -> Sessions:
    texts = Texts()

    def make_world(now: float, book: Book) -> World:
        library = shelf.library
        return World(
            settings=settings,
            texts=texts,
            now=now,
            new_id=lambda: str(uuid.uuid4()),
            seal=vault.seal,
            cited=lambda reference: _cited(library.playbook, reference),
            practice=practice,
            book=book,
            scenarios=library.scenarios,
            shelf=_state(shelf, library),
        )

    services = Services(make_world=make_world, shelf=shelf, store=store)
    return Sessions(lambda key: Session(key, services))


def _state(shelf: Shelf, library: Library) -> ShelfState:
    scenarios = len(library.scenarios.train_pool) + sum(len(track.levels) for track in library.scenarios.learn_tracks)
    return ShelfState(len(library.playbook.sections), scenarios, shelf.problems)


def _cited(playbook: Playbook, reference: str | None) -> str | None:
    section = cited_section(playbook, reference)
    return section.title if section else None


def webhook_of(settings: Settings) -> Webhook | None:
    """Where Telegram brings updates, if the settings say so; its secret is made from the bot's token."""
    if settings.telegram_webhook_url is None or settings.telegram_bot_token is None:
        return None
    made = hmac.new(settings.telegram_bot_token.reveal().encode(), b"cornerman webhook", "sha256")
    return Webhook(settings.telegram_webhook_url, Secret(made.hexdigest()))


def _telegram(settings: Settings, token: Secret) -> tuple[ChildSpec, ...]:
    base, webhook = settings.telegram_api_base, webhook_of(settings)
    texts = Texts()
    commands = tuple((name, texts(f"command-{name}")) for name in COMMANDS if name not in ADMIN_COMMANDS)
    menu = BotMenu(commands, texts("button-app"), f"{settings.mini_app_url}/" if settings.mini_app_url else None)
    return (
        _provider("message_sender", lambda: MessageSender(base, token.reveal())),
        _provider("file_fetcher", lambda: FileFetcher(base, token.reveal())),
        _provider("update_receiver", lambda: UpdateReceiver(base, token.reveal(), menu, webhook=webhook)),
    )
