"""CompletionCall: one HTTP attempt at one answer. Its end, however it comes, closes the connection."""

import contextlib
from typing import ClassVar

import msgspec

from actors.providers.failures import Failure, ProviderError, unreachable, word
from actors.providers.http import TRANSPORT_ERRORS, Answer, BearerAuth, Client, never_sent, post
from actors.providers.limits import Window
from actors.providers.messages import Citation, CompletionDelta, Usage
from actors.providers.model_call import ModelCall, ProviderApi
from actors.providers.sse import ServerEvent, Splitter
from actors.providers.stream_events import (
    AnswerEnded,
    ModelNamed,
    PageCited,
    StreamEvent,
    TextArrived,
    ThoughtArrived,
    UsageArrived,
)
from runtime import Actor, Address, Mailbox, Timer

_ERROR_BODY_BYTES = 64_000
_WHOLE_BODY_BYTES = 4_000_000
_LINGER_S = 1.0
"""How long an answered call reads on, so that the connection can be used again."""


class CallOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask and how long to wait for signs of life; `number` is the lane's name for the job."""

    number: int
    request_id: str
    call: ModelCall
    first_token_s: float
    idle_s: float
    coalesce_s: float


class CallAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer arrived."""

    number: int
    text: str
    model: str
    response_id: str
    usage: Usage
    finish_reason: str
    truncated: bool
    first_token_s: float
    citations: tuple[Citation, ...] = ()


class CallOpened(msgspec.Struct, frozen=True, kw_only=True):
    """The provider began to answer; `windows` are what its headers say is left."""

    number: int
    windows: tuple[Window, ...]


class CallMetered(msgspec.Struct, frozen=True, kw_only=True):
    """What the call has used so far, as the provider said; each one replaces the last, and no end repeats it.

    The first comes as soon as the provider names the model: from then on it may bill, whatever becomes of the call.
    """

    model: str
    usage: Usage


class CallFailed(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt failed; `streamed` where text of it has already been sent on."""

    number: int
    failure: Failure
    streamed: bool


class _Opened(msgspec.Struct, frozen=True):
    pass


class _Read(msgspec.Struct, frozen=True):
    chunk: bytes


class _ReadWhole(msgspec.Struct, frozen=True):
    body: bytes


class _Broken(msgspec.Struct, frozen=True):
    error_type: str
    sent: bool


class _FirstTokenDue(msgspec.Struct, frozen=True):
    pass


class _IdleDue(msgspec.Struct, frozen=True):
    pass


class _FlushDue(msgspec.Struct, frozen=True):
    pass


class _LingerDue(msgspec.Struct, frozen=True):
    pass


class CompletionCall(Actor):
    """Sends the request, passes text on to `reply_to` as it comes, and tells the lane how it ended.

    Comments and pings are no sign of life: only text and thoughts of the model hold off the two timers.
    """

    mailbox: ClassVar[Mailbox] = Mailbox(capacity=100)

    def __init__(
        self, order: CallOrder, api: ProviderApi, client: Client, auth: BearerAuth, lane: Address, reply_to: Address
    ) -> None:
        super().__init__()
        self._order = order
        self._api = api
        self._client = client
        self._auth = auth
        self._lane = lane
        self._reply_to = reply_to
        self._answer: Answer | None = None
        self._splitter = Splitter()
        self._reader = api.reader()
        self._began_at = 0.0
        self._chunk_at = 0.0
        self._alive_at: float | None = None
        self._first_token_s = 0.0
        self._text: list[str] = []
        self._unsent: list[str] = []
        self._flush: Timer | None = None
        self._streamed = False
        self._model = ""
        self._response_id = ""
        self._usage = Usage()
        self._citations: dict[str, Citation] = {}
        self._ended = False

    async def started(self) -> None:
        """Open the connection."""
        self._began_at = self.clock.now()
        self.timer(self._order.first_token_s, _FirstTokenDue())
        self.pipe(self._open(), failed=_broken)

    async def stopped(self) -> None:
        """Close the connection; with an unfinished answer this cancels it at the provider too."""
        if self._answer is not None:
            with contextlib.suppress(*TRANSPORT_ERRORS):
                await self._answer.close()

    async def receive(self, message: object, sender: Address) -> None:
        match message:
            case _Opened():
                self._opened()
            case _Read(chunk=chunk):
                self._read(chunk)
            case _ReadWhole(body=body):
                self._read_whole(body)
            case _Broken(error_type=error_type, sent=sent):
                # Behind a door that does not open stand all its models.
                self._fail(msgspec.structs.replace(unreachable(error_type), sent=sent, fallback=sent))
            case _FirstTokenDue():
                self._first_token_due()
            case _IdleDue():
                self._idle_due()
            case _FlushDue():
                self._flush = None
                self._pass_on()
            case _LingerDue():
                self.stop()
            case _:
                await self.unhandled(message, sender)

    async def _open(self) -> _Opened:
        """Kept as a field before the message is sent, so that a stop in between still closes it."""
        api = self._api
        # The body is made here and kept nowhere: thousands may wait for a slow model.
        self._answer = await post(
            self._client, api.completion_path, api.body(self._order.call), api.headers, self._auth
        )
        return _Opened()

    async def _next(self) -> _Read:
        return _Read(await self._opened_answer().read())

    async def _whole(self, limit: int) -> _ReadWhole:
        return _ReadWhole(await self._opened_answer().read_up_to(limit))

    def _opened_answer(self) -> Answer:
        if self._answer is None:
            raise RuntimeError("nothing to read before the answer is open")
        return self._answer

    def _opened(self) -> None:
        answer = self._opened_answer()
        windows = self._api.windows(answer.headers, self.clock.time())
        if windows:
            self.send(self._lane, CallOpened(number=self._order.number, windows=windows))
        if answer.status != 200:
            self.pipe(self._whole(_ERROR_BODY_BYTES), failed=_broken)
        elif "event-stream" not in answer.headers.get("content-type", ""):
            self.pipe(self._whole(_WHOLE_BODY_BYTES), failed=_broken)
        else:
            self.pipe(self._next(), failed=_broken)

    def _read_whole(self, body: bytes) -> None:
        answer = self._opened_answer()
        if answer.status != 200:
            self._fail(self._api.classify(answer.status, answer.headers, body, self.clock.time()))
            return
        self._chunk_at = self.clock.now()
        try:
            self._take(self._reader.read(ServerEvent("message", body.decode("utf-8", "replace"))))
            self._take(self._reader.end())
        except ProviderError as error:
            self._fail(error.failure)

    def _read(self, chunk: bytes) -> None:
        self._chunk_at = self.clock.now()
        if not self._ended:
            try:
                for event in self._splitter.feed(chunk):
                    self._take(self._reader.read(event))
                if not chunk:
                    self._take(self._reader.end())
            except ProviderError as error:
                self._fail(error.failure)
                return
        if chunk:
            self.pipe(self._next(), failed=_broken)
        else:
            self.stop()

    def _take(self, events: list[StreamEvent]) -> None:
        for event in events:
            match event:
                case TextArrived(text=text):
                    if self._alive_at != self._chunk_at:
                        self._alive()
                    self._grow(text)
                case ThoughtArrived():
                    self._alive()
                case UsageArrived(usage=usage):
                    self._usage = usage
                    self._metered()
                case ModelNamed(model=model, response_id=response_id):
                    self._model, self._response_id = model, response_id
                    self._metered()
                case PageCited(citation=citation):
                    self._citations.setdefault(citation.url, citation)
                case AnswerEnded(reason=reason, truncated=truncated):
                    self._finish(reason, truncated=truncated)

    def _metered(self) -> None:
        """Told at once: whoever stops this call can no longer ask it."""
        self.send(self._lane, CallMetered(model=self._model, usage=self._usage))

    def _alive(self) -> None:
        now = self._chunk_at
        if self._alive_at is None:
            self._first_token_s = now - self._began_at
            self.timer(self._order.idle_s, _IdleDue())
        self._alive_at = now

    def _grow(self, text: str) -> None:
        self._text.append(text)
        self._unsent.append(text)
        if self._flush is None:
            self._flush = self.timer(self._order.coalesce_s, _FlushDue())

    def _pass_on(self) -> None:
        if self._unsent:
            self._streamed = True
            self.send(self._reply_to, CompletionDelta(self._order.request_id, "".join(self._unsent)))
            self._unsent.clear()

    def _first_token_due(self) -> None:
        if self._alive_at is None:
            self._fail(unreachable("first_token_timeout"))

    def _idle_due(self) -> None:
        left = (self._alive_at or 0.0) + self._order.idle_s - self.clock.now()
        if left > 0:
            self.timer(left, _IdleDue())
        else:
            self._fail(unreachable("idle_timeout"))

    def _finish(self, reason: str, *, truncated: bool) -> None:
        self._pass_on()
        self._ended = True
        self.send(
            self._lane,
            CallAnswered(
                number=self._order.number,
                text="".join(self._text),
                model=self._model,
                response_id=self._response_id,
                usage=self._usage,
                finish_reason=reason,
                truncated=truncated,
                first_token_s=self._first_token_s,
                citations=tuple(self._citations.values()),
            ),
        )
        self.timer(_LINGER_S, _LingerDue())

    def _fail(self, failure: Failure) -> None:
        if not self._ended:
            self._ended = True
            self.send(self._lane, CallFailed(number=self._order.number, failure=failure, streamed=self._streamed))
        self.stop()


def _broken(error: Exception) -> _Broken:
    """Only the kind of error is kept: its text may hold addresses."""
    if never_sent(error):
        return _Broken("connection_refused", sent=False)
    return _Broken(word(type(error.__cause__ or error).__name__), sent=True)
