"""Messages understood and sent by the provider actors: LlmRouter, RecordWriter and Tracer."""

from enum import StrEnum
from typing import Literal

import msgspec

from runtime import Histogram


class Provider(StrEnum):
    """The model providers a credential can belong to."""

    OPENROUTER = "openrouter"
    ANTHROPIC = "anthropic"


class Priority(StrEnum):
    """Interactive work is a rep waiting for an answer; background work yields to it."""

    INTERACTIVE = "interactive"
    BACKGROUND = "background"


class TeamKey(msgspec.Struct, frozen=True, tag=True):
    """The team's shared key of a provider; the key itself is known to the lane alone."""

    provider: Provider


class SealedKey(msgspec.Struct, frozen=True, tag=True):
    """A rep's own key, encrypted and bound to that rep and provider; opened inside the lane alone."""

    provider: Provider
    telegram_id: int
    ciphertext: str


Credential = TeamKey | SealedKey


class SpanContext(msgspec.Struct, frozen=True):
    """Where a new span hangs: its trace and its parent span."""

    trace_id: str
    parent_span_id: str | None
    telegram_id: int | None


ImageType = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]


class Image(msgspec.Struct, frozen=True):
    """A picture for a model; made by `actors.providers.images.read_image`, which finds the type in the bytes."""

    data: bytes
    media_type: ImageType


class ChatMessage(msgspec.Struct, frozen=True):
    """One turn of the conversation sent to a model; its images stand before its text."""

    role: Literal["user", "assistant"]
    content: str
    images: tuple[Image, ...] = ()


class Complete(msgspec.Struct, frozen=True):
    """Ask a model for one answer.

    The sender receives `CompletionDelta` messages while the answer streams, then exactly one `Completed` or
    `CompletionFailed`. `system` holds prompt blocks, the stable prefix first. `output` names a Struct in
    `coaching.outputs.OUTPUTS` that the answer must decode into, or None for prose. `web_search` lets the model
    search the web and cite what it found; it takes prose only and costs money on free models too. `deadline_s`
    seconds, counted from acceptance, cover queueing, retries, fallback and repair together. The death of the sender
    cancels it.
    """

    request_id: str
    credential: Credential
    agent: str
    model: str
    system: tuple[str, ...]
    messages: tuple[ChatMessage, ...]
    deadline_s: float
    telegram_id: int
    output: str | None = None
    max_tokens: int = 8192
    effort: Literal["low", "medium", "high"] = "medium"
    priority: Priority = Priority.INTERACTIVE
    span: SpanContext | None = None
    web_search: bool = False


class CancelCompletion(msgspec.Struct, frozen=True):
    """Stop the named request: its connection closes and nothing more is sent about it."""

    request_id: str


class ForgetUsage(msgspec.Struct, frozen=True):
    """Keep today's counts of this rep, which the team's budget needs, under no rep's name from now on."""

    telegram_id: int


class CompletionQueued(msgspec.Struct, frozen=True):
    """The request waits; sent when the expected wait exceeds five seconds, and again when it has changed noticeably."""

    request_id: str
    position: int
    expected_wait_s: float


class CompletionDelta(msgspec.Struct, frozen=True):
    """More text of the answer, in order."""

    request_id: str
    text: str


class CompletionRestarted(msgspec.Struct, frozen=True):
    """Text streamed so far is void: the attempt failed or is being repaired and another one begins."""

    request_id: str


class Usage(msgspec.Struct, frozen=True):
    """Tokens and cost of one answer; `cost_usd` is None where the price is unknown."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None


class Citation(msgspec.Struct, frozen=True):
    """A page that an answer refers to; what it says is untrusted text of the web."""

    url: str
    title: str


class Completed(msgspec.Struct, frozen=True):
    """The whole answer; where `output` was named, `text` is JSON that decodes into it.

    `provider` and `model` are those that answered, which after a fallback are not those that were asked for.
    `citations` hold each page once, in the order of their first mention. `truncated` where prose ends at a limit of
    length; a structured answer is whole.
    """

    request_id: str
    text: str
    provider: Provider
    model: str
    usage: Usage
    first_token_s: float
    total_s: float
    citations: tuple[Citation, ...] = ()
    truncated: bool = False


class FailureKind(StrEnum):
    """Why a completion failed, in the words a caller can act on."""

    KEY_REJECTED = "key_rejected"
    NO_CREDIT = "no_credit"
    QUOTA_SPENT = "quota_spent"
    SPEND_LIMIT = "spend_limit"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    TOO_LONG = "too_long"
    UNDECODABLE = "undecodable"
    UNAVAILABLE = "unavailable"
    DEADLINE = "deadline"
    MISCONFIGURED = "misconfigured"
    KEY_UNREADABLE = "key_unreadable"
    BUDGET_SPENT = "budget_spent"
    IMAGES_UNSEEN = "images_unseen"
    IMAGES_UNREADABLE = "images_unreadable"


class CompletionFailed(msgspec.Struct, frozen=True):
    """The request ended without an answer; `detail` is for operators and holds no body text and no secret.

    After `retry_after_s` seconds asking again may help, or what is spent is renewed; None where nobody said.
    """

    request_id: str
    kind: FailureKind
    provider: Provider
    detail: str
    retry_after_s: float | None = None


class CheckKey(msgspec.Struct, frozen=True):
    """Ask whether the provider accepts this key, at no cost; answered by `KeyChecked`."""

    credential: SealedKey


class KeyVerdict(StrEnum):
    """What a provider said of a key."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"


class KeyChecked(msgspec.Struct, frozen=True):
    """The provider's verdict on the key last asked about."""

    verdict: KeyVerdict


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A model as its provider lists it; prices are US dollars for a million tokens, None where none is stated.

    `answers` says how the model is held to a schema: by the provider, as plain JSON, or by words alone. `ends` is
    the day of its retirement, if one is set.
    """

    provider: Provider
    id: str
    name: str
    context_tokens: int | None = None
    sees_images: bool = False
    answers: Literal["schema", "json", "words"] = "schema"
    free: bool = False
    input_usd: float | None = None
    output_usd: float | None = None
    ends: str | None = None


class ListModels(msgspec.Struct, frozen=True):
    """Ask which models a credential's provider offers; answered by `ModelsListed`."""

    credential: Credential


class ModelsListed(msgspec.Struct, frozen=True):
    """The models of a provider by id, retired ones left out; None where the provider could not be asked."""

    provider: Provider
    models: tuple[ModelInfo, ...] | None


class ModelChoice(msgspec.Struct, frozen=True):
    """A model of a provider."""

    provider: Provider
    model: str


class ProviderStatus(msgspec.Struct, frozen=True):
    """One lane as an operator sees it; carries no key and no rep's identity.

    `state` is the circuit's: closed lets calls through, half_open one that probes, open none until its rest is over.
    A refused lane has a key or an account that is not accepted.
    `answered_by` is the model of the last answer and `first_token_s` how long its first token took. The two counts
    of the day are there for a free allowance only. `limit` is the measure of calls in flight that the lane has found;
    None where nobody said.
    """

    lane: str
    provider: Provider
    state: Literal["closed", "open", "half_open", "paused", "refused"]
    reason: str
    resting_for_s: float
    in_flight: int
    queued: int
    completed: int
    failed: int
    answered_by: str = ""
    first_token_s: float = 0.0
    used_today: int | None = None
    allowed_today: int | None = None
    limit: int | None = None


class ProviderCalls(msgspec.Struct, frozen=True):
    """All calls of a provider since the start; percentiles and `last_ok_at` (epoch seconds) of the answered ones.

    `success_ratio_5m` is None where none ended in five minutes; `last_error` is a kind of failure, never a text.
    `cost_estimate_total` is in US dollars and leaves out answers whose price is not known.
    """

    provider: Provider
    calls: int
    success_ratio_5m: float | None
    p50_s: float
    p99_s: float
    tokens_in_total: int
    tokens_out_total: int
    cost_estimate_total: float
    last_ok_at: float | None
    last_error: str | None


class DescribeDurations(msgspec.Struct, frozen=True):
    """Ask an actor how long its work took since the start; answered by `DurationsDescribed`."""


class DurationsDescribed(msgspec.Struct, frozen=True):
    """Histograms by labels that are few whatever the number of reps: none, or provider, model and outcome."""

    by_labels: dict[tuple[str, ...], Histogram]


class TeamSpent(msgspec.Struct, frozen=True):
    """What calls on the team's keys have used in this UTC day, and what they may; None sets no bound."""

    usd: float = 0.0
    tokens: int = 0
    most_usd: float | None = None
    most_tokens: int | None = None


class DescribeProviders(msgspec.Struct, frozen=True):
    """Ask the router for its lanes; answered by `ProvidersDescribed`."""


class ProvidersDescribed(msgspec.Struct, frozen=True):
    """Every lane of the router, what an operator should know of the configured models, and pauses in seconds left."""

    lanes: tuple[ProviderStatus, ...]
    warnings: tuple[str, ...] = ()
    paused: dict[Provider, float] = {}
    team: TeamSpent = TeamSpent()
    by_provider: tuple[ProviderCalls, ...] = ()


class PauseProvider(msgspec.Struct, frozen=True):
    """Send nothing more to this provider for so many seconds, zero ends a pause; answered by `ProviderPaused`.

    Calls under way end as they do. Requests that cannot wait go down their chain or are told how long the pause is.
    """

    provider: Provider
    for_s: float


class ProviderPaused(msgspec.Struct, frozen=True):
    """The pause is in force, or over; it ends with the process in any case."""

    provider: Provider
    for_s: float


class RecordTrace(msgspec.Struct, frozen=True):
    """A pipeline ended: write its trace. Times are UTC epoch seconds.

    `user_id` is None for somebody without a set-up, of whom there is no row it could refer to.
    """

    trace_id: str
    pipeline_name: str
    telegram_id: int
    user_id: str | None
    started_at: float
    ended_at: float
    success: bool
    error: str | None = None


Attributes = dict[str, str | int | float | bool | tuple[str, ...] | None]
"""What a span says of its work, by the names of OpenTelemetry's conventions; None says nothing."""


class RecordSpan(msgspec.Struct, frozen=True):
    """An agent or model call ended: write its span. `attributes` hold names, sizes and counts, never content.

    `asked` and `answered` hold the content, redacted, where the settings want it kept.
    """

    span_id: str
    trace_id: str
    parent_span_id: str | None
    span_name: str
    started_at: float
    ended_at: float
    success: bool
    error: str | None = None
    attributes: Attributes = {}
    asked: dict[str, str] | None = None
    answered: dict[str, str] | None = None


class RowWrite(msgspec.Struct, frozen=True):
    """One write to a table as it lies in the journal's `record` lane; replaying it changes nothing more.

    `insert` ignores rows whose key exists; `upsert` merges whole rows on `key`; `update` sets `values` where every
    column in `where` equals; `delete` removes those. `rows` carry every column they mean to set, ids included.
    """

    table: str
    action: Literal["insert", "upsert", "update", "delete"]
    rows: tuple[dict[str, object], ...] = ()
    key: tuple[str, ...] = ("id",)
    values: dict[str, object] = {}
    where: dict[str, object] = {}


RECORD_LANE = "record"
"""The journal's outbox lane drained by RecordWriter; its payloads are JSON of `RowWrite`."""

TRACE_LANE = "trace"
"""The lane of traces and their spans, drained behind the other; of what waits too long the oldest are dropped."""
