"""UpdateReceiver: the way in. Each update is written into the journal, and only then acknowledged.

Telegram counts an update as delivered when the next poll asks for a higher number, so a round is: poll, journal,
hand on to the sessions; the next round's poll is the acknowledgement. With a webhook Telegram brings each update by
itself, and the answer waits for the journal. A crash at any point makes Telegram deliver again, and the journal knows
what it has already seen. One round is under way at a time, beside the mailbox, so the actor always answers.

The sessions parse with aiogram, which takes seconds to load: what arrives before that is written down and acknowledged
like everything else, and its sessions are woken when the loading is done.
"""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

import msgspec
import structlog

from actors.journal import NewInboxEntry
from actors.providers.secret import Secret
from actors.session.messages import HandleUpdate, Resume
from actors.telegram.aiogram_loading import aiogram_is_loaded, load_aiogram
from actors.telegram.backlog import Backlog
from actors.telegram.backoff import pause_after
from actors.telegram.calls import set_menu_button, set_my_commands
from actors.telegram.errors import JournalProblem, TelegramRefused, TelegramUnreachable
from actors.telegram.intake import MOST_UNWRITTEN, Intake, Keeper, is_routed, kind_of, sort_updates
from actors.telegram.messages import (
    DescribeTelegram,
    Perform,
    StopIntake,
    TakeUpdate,
    TelegramDescribed,
    UpdateNotTaken,
    UpdateTaken,
)
from actors.telegram.raw_api import RawApi, items_of
from actors.telegram.webhook_health import WebhookHealth, WebhookInfo
from runtime import Actor, Address, Mailbox

_LOG = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "stopped_message_generation", "my_chat_member")
"""Told to Telegram with every poll: it keeps the last list it was given, whoever gave it."""

POLL_S = 50
"""How long Telegram holds a poll open; its own maximum."""

MOST_UNHANDLED = 12_000
"""With so many updates in the journal unhandled, the rest waits with Telegram, which keeps it for 24 hours."""

_ANSWER_S = 15.0
_BATCH = 100
_SHORT_PAUSE_S = 1.0
_CONFLICT_PAUSE_S = 10.0
_UNAUTHORIZED_PAUSE_S = 60.0
_WATCH_S = 60.0
_COME_BACK_S = 5


class _Begin(msgspec.Struct, frozen=True):
    pass


class _AiogramLoaded(msgspec.Struct, frozen=True):
    pass


class _SetMenu(msgspec.Struct, frozen=True):
    failures: int = 0


class _MenuSet(msgspec.Struct, frozen=True):
    failures: int = 0


class _Crowded(msgspec.Struct, frozen=True):
    pass


class _Received(msgspec.Struct, frozen=True):
    intake: Intake
    fresh: tuple[NewInboxEntry, ...]


class _RoundFailed(msgspec.Struct, frozen=True):
    error: Exception


class _Listening(msgspec.Struct, frozen=True):
    problem: str | None


class _Taken(msgspec.Struct, frozen=True):
    asker: Address
    fresh: tuple[NewInboxEntry, ...] | None


class _NotTaken(msgspec.Struct, frozen=True):
    asker: Address
    error: Exception


class BotMenu(msgspec.Struct, frozen=True):
    """What the bot offers beside the text field: (command, description) pairs, and the Mini App if it has one."""

    commands: tuple[tuple[str, str], ...] = ()
    app_label: str = ""
    app_url: str | None = None


class Webhook(msgspec.Struct, frozen=True):
    """Where Telegram shall bring updates, and the secret by which it is known there."""

    url: str
    secret: Secret


class _MenuRefused(msgspec.Struct, frozen=True):
    error: Exception
    failures: int


class UpdateReceiver(Actor):
    """Polls `{base}/bot{token}/getUpdates` and sends each new update to "sessions" as HandleUpdate, once.

    The `menu` is set at the start. With a `webhook` it does not poll: Telegram is told the address, and the web server
    sends what arrives there as TakeUpdate.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(
        self,
        base: str,
        token: str,
        menu: BotMenu = BotMenu(),  # noqa: B008  # frozen
        *,
        webhook: Webhook | None = None,
        poll_s: int = POLL_S,
        most_unhandled: int = MOST_UNHANDLED,
        most_unwritten: int = MOST_UNWRITTEN,
    ) -> None:
        super().__init__()
        self._api = RawApi(base, token)
        self._source = f"telegram/{token.partition(':')[0]}"
        self._menu = menu
        self._webhook = webhook
        self._health = WebhookHealth()
        self._agreed = False
        self._poll_s = poll_s
        self._keeper = Keeper(self._ask_journal, most_unhandled, most_unwritten)
        self._backlog = Backlog()
        self._offset: int | None = None
        self._unkept: Intake | None = None
        self._recovered = False
        self._stopped_intake = False
        self._loaded = aiogram_is_loaded()
        self._unwoken: dict[str, None] = {}
        self._failures = 0
        self._problem: str | None = None
        self._last_contact: float | None = None
        self._kinds: Counter[str] = Counter()

    async def started(self) -> None:
        """Begin the first round, which resumes what the journal left unfinished; load and set the menu beside it."""
        self._begin()
        if not self._loaded:
            self.pipe(self._load(), failed=_RoundFailed)
        if self._menu.commands:
            self._set_menu(0)

    async def stopped(self) -> None:
        """Close the connections; an update under way stays with Telegram."""
        await self._api.close()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case _Begin():
                self._begin()
            case _Received():
                self._hand_on(message)
            case TakeUpdate() | _Taken() | _NotTaken() | _Listening():
                self._listen(message, sender)
            case _Crowded():
                self.timer(_SHORT_PAUSE_S, _Begin())
            case _RoundFailed(error=error):
                self._wait_after(error)
            case _AiogramLoaded():
                self._loaded = True
                self._wake(self._unwoken)
                self._unwoken.clear()
            case StopIntake():
                self._stopped_intake = True
                await self._api.close()  # the poll under way brings nothing more
            case _SetMenu(failures=failures):
                self._set_menu(failures)
            case _MenuRefused():
                self._try_menu_again(message)
            case _MenuSet():
                _LOG.info("bot_menu_set", commands=len(self._menu.commands), mini_app=self._menu.app_url is not None)
            case DescribeTelegram():
                self.reply(self._description())
            case _:
                await self.unhandled(message, sender)

    def _begin(self) -> None:
        if not self._stopped_intake:
            self.pipe(self._round(), failed=_RoundFailed)

    async def _round(self) -> _Received | _Crowded | _Listening:
        if not self._recovered:
            await self._recover()
        if not self._agreed:
            await self._agree()
        if self._webhook is not None:
            return await self._watch(self._webhook)
        if self._unkept is None:
            if not await self._keeper.has_room():
                return _Crowded()
            self._unkept = await self._poll()
        fresh = await self._keeper.keep(self._unkept.entries)
        return _Received(self._unkept, fresh)

    async def _load(self) -> _AiogramLoaded:
        await self.to_thread(load_aiogram)
        return _AiogramLoaded()

    async def _recover(self) -> None:
        keys = await self._keeper.unfinished()
        self._recovered = True
        self._wake(keys)
        _LOG.info("sessions_resumed", sessions=len(keys))

    def _wake(self, keys: Iterable[str]) -> None:
        """Let these sessions take from the journal what is theirs, as soon as they can read it."""
        if not self._loaded:
            self._unwoken.update(dict.fromkeys(keys))
            return
        for key in keys:
            self.send(self.find("sessions"), Resume(actor_key=key))

    async def _agree(self) -> None:
        """Tell Telegram which way updates go; a webhook that an earlier setting left would refuse every poll."""
        if self._webhook is None:
            await self._api.call("deleteWebhook", {}, timeout_s=_ANSWER_S)
        else:
            secret = self._webhook.secret.reveal()
            wanted: dict[str, object] = {"url": self._webhook.url, "secret_token": secret}
            allowed = {"allowed_updates": list(ALLOWED_UPDATES)}
            await self._api.call("setWebhook", wanted | allowed, timeout_s=_ANSWER_S)
            self._health.came_through()
        self._agreed = True

    async def _watch(self, webhook: Webhook) -> _Listening:
        """Look whether the webhook still stands, and what Telegram says of its last tries."""
        told = await self._api.call("getWebhookInfo", {}, timeout_s=_ANSWER_S)
        self._last_contact = self.clock.now()
        info = msgspec.json.decode(told, type=WebhookInfo, strict=False)
        if info.url != webhook.url:
            self._agreed = False
            return _Listening("Somebody else changed this bot's webhook; setting it again.")
        return _Listening(self._health.trouble(info))

    def _listen(self, news: TakeUpdate | _Taken | _NotTaken | _Listening, sender: Address) -> None:
        match news:
            case TakeUpdate(raw=raw):
                self.pipe(self._take(raw, sender), failed=lambda error: _NotTaken(sender, error))
            case _Taken(asker=asker, fresh=None):
                self.send(asker, UpdateNotTaken(_COME_BACK_S))
            case _Taken(asker=asker, fresh=fresh):
                self._give(fresh or ())
                self._works_again()
                self._health.came_through()
                self.send(asker, UpdateTaken())
            case _NotTaken(asker=asker, error=error):
                if not isinstance(error, JournalProblem):
                    raise error
                _LOG.warning("update_not_taken", reason=error.reason)
                self.send(asker, UpdateNotTaken(_COME_BACK_S))
            case _Listening(problem=problem):
                if problem is not None and problem != self._problem:
                    _LOG.error("updates_stopped", explanation=problem)
                self._problem, self._failures = problem, 0
                self.timer(_WATCH_S if self._agreed else _SHORT_PAUSE_S, _Begin())

    async def _take(self, raw: bytes, asker: Address) -> _Taken:
        """Write one update down; when the sessions lag or the process stops, it waits with Telegram."""
        if self._stopped_intake or not await self._keeper.has_room():
            return _Taken(asker, None)
        intake = sort_updates(self._source, [raw])
        if intake.unnumbered:
            _LOG.error("updates_unnumbered", count=intake.unnumbered, kept=0)
        return _Taken(asker, await self._keeper.keep(intake.entries))

    async def _poll(self) -> Intake:
        parameters: dict[str, object] = {
            "timeout": self._poll_s if self._connected else 0,  # the first answer tells at once that all is well
            "limit": _BATCH,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            parameters["offset"] = self._offset
        result = await self._api.call("getUpdates", parameters, timeout_s=self._poll_s + _ANSWER_S)
        items = items_of(result)
        self._last_contact = self.clock.now()
        return sort_updates(self._source, items)

    @property
    def _connected(self) -> bool:
        return self._last_contact is not None and self._problem is None

    def _hand_on(self, received: _Received) -> None:
        intake = received.intake
        self._give(received.fresh)
        self._works_again()
        self._unkept = None
        if intake.next_offset is not None:
            self._offset = intake.next_offset
        if intake.unnumbered:
            _LOG.error("updates_unnumbered", count=intake.unnumbered, kept=len(intake.entries))
        self._next(0.0 if intake.next_offset is not None or not intake.unnumbered else _SHORT_PAUSE_S)

    def _give(self, fresh: tuple[NewInboxEntry, ...]) -> None:
        sessions = self.find("sessions")
        routed = [entry for entry in fresh if is_routed(entry)]
        if not self._loaded:
            self._wake(entry.actor_key for entry in routed)
        else:
            for entry in routed:
                self.send(sessions, HandleUpdate(entry.actor_key, entry.source, entry.number, entry.raw))
        for call in self._backlog.notices(routed, behind=self._keeper.lags):
            self.send(self.find("message_sender"), Perform(call))
        self._kinds.update(kind_of(entry.raw, ALLOWED_UPDATES) for entry in fresh)

    def _works_again(self) -> None:
        if self._problem is not None:
            _LOG.info("updates_resumed", after=self._problem)
        self._failures, self._problem = 0, None

    def _next(self, pause: float) -> None:
        if pause:
            self.timer(pause, _Begin())
        else:
            self._begin()

    def _wait_after(self, error: Exception) -> None:
        """Say once what is wrong, and come back later; what is not one of our troubles is a bug and ends the actor."""
        if not isinstance(error, JournalProblem | TelegramRefused | TelegramUnreachable):
            raise error
        if self._stopped_intake:
            return
        self._failures += 1
        if isinstance(error, TelegramRefused) and error.code == 409 and "webhook" in error.description.lower():
            self._agreed = False
        sentence = _sentence(error)
        if sentence != self._problem:
            _LOG.error("updates_stopped", explanation=sentence)
        self._problem = sentence
        self._next(_pause(error, self._failures))

    def _set_menu(self, failures: int) -> None:
        menu = self._menu

        async def set_menu() -> _MenuSet:
            for call in (set_my_commands(menu.commands), set_menu_button(menu.app_label, menu.app_url)):
                await self._api.call(call.method, call.parameters, timeout_s=_ANSWER_S)
            return _MenuSet()

        self.pipe(set_menu(), failed=lambda error: _MenuRefused(error, failures + 1))

    def _try_menu_again(self, refused: _MenuRefused) -> None:
        error = refused.error
        if not isinstance(error, TelegramRefused | TelegramUnreachable):
            raise error
        if isinstance(error, TelegramRefused) and error.code == 400:
            _LOG.error("bot_menu_refused", description=error.description)
            return
        self.timer(_pause(error, refused.failures), _SetMenu(refused.failures))

    async def _ask_journal(self, request: object, deadline_s: float) -> object:
        return await self.ask(self.find("journal"), request, deadline_s=deadline_s)

    def _description(self) -> TelegramDescribed:
        age = None if self._last_contact is None else self.clock.now() - self._last_contact
        return TelegramDescribed(
            connected=self._connected,
            last_contact_age_s=age,
            last_problem=self._problem,
            received=self._kinds.total(),
            kinds=dict(self._kinds),
        )


def _sentence(error: JournalProblem | TelegramRefused | TelegramUnreachable) -> str:
    match error:
        case JournalProblem():
            return f"The journal cannot be written ({error.reason}); new messages wait with Telegram until it can."
        case TelegramUnreachable():
            return f"Telegram cannot be reached ({error.kind}); trying again."
        case TelegramRefused(code=401 | 404):
            return "TELEGRAM_BOT_TOKEN is not accepted by Telegram; take the current one from @BotFather."
        case TelegramRefused(code=409) if "webhook" in error.description.lower():
            return "This bot has a webhook set by somebody else, so it cannot be polled; removing it."
        case TelegramRefused(code=409):
            return "Another process reads updates with the same TELEGRAM_BOT_TOKEN; stop one of the two."
        case _:
            return f"Telegram refuses to give updates ({error.code} {error.description}); trying again."


def _pause(error: JournalProblem | TelegramRefused | TelegramUnreachable, failures: int) -> float:
    if isinstance(error, TelegramRefused):
        if error.retry_after is not None:
            return error.retry_after
        if error.code in (401, 404):
            return _UNAUTHORIZED_PAUSE_S
        if error.code == 409:
            return _CONFLICT_PAUSE_S
    return pause_after(failures)
