"""OpenRouter's chat completions: request bodies, the stream, and what its errors mean."""

import base64
import hashlib
from typing import Any

import msgspec

from actors.providers.failures import ProviderError, empty, refused, unreachable, word
from actors.providers.messages import ChatMessage, Citation, Provider, Usage
from actors.providers.model_call import ModelCall, ProviderApi
from actors.providers.openrouter_errors import ErrorBody, classify, failure_of
from actors.providers.prompt_layout import schema_in_words, stable_ends
from actors.providers.sse import ServerEvent
from actors.providers.stream_events import (
    AnswerEnded,
    ModelNamed,
    PageCited,
    StreamEvent,
    TextArrived,
    ThoughtArrived,
    UsageArrived,
)
from actors.providers.wire_schema import Dialect

MAX_MODELS = 3
"""OpenRouter refuses a longer `models` list."""
FREE_SUFFIX = ":free"
SEARCH_RESULTS = 5
_CACHED_ON_REQUEST = ("anthropic/", "qwen/")
"""Vendors whose models cache a prefix only where a block is marked."""
_HEADERS = {"X-OpenRouter-Title": "Cornerman"}
_REP_BUCKETS = 8


def is_free(model: str) -> bool:
    """Whether calls to this model count against the account's free allowance."""
    return model.endswith(FREE_SUFFIX) or model == "openrouter/free"


def body(call: ModelCall) -> bytes:
    """The request body: the chain of models in one request, usage always comes by itself."""
    request: dict[str, Any] = {
        "model": call.models[0],
        "messages": [*_system(call), *(_message(message) for message in call.messages)],
        "max_completion_tokens": call.max_tokens,
        "stream": True,
        "user": call.pseudonym,
        "session_id": _session_id(call),
    }
    if len(call.models) > 1:
        request["models"] = list(call.models[:MAX_MODELS])
    if call.web_search:
        request["tools"] = [{"type": "openrouter:web_search", "parameters": {"max_results": SEARCH_RESULTS}}]
    form = _format(call)
    if form is not None:
        request["response_format"] = form
    wishes = _wishes(call, formed=form is not None)
    if wishes:
        request["provider"] = wishes
    return msgspec.json.encode(request)


def _system(call: ModelCall) -> list[dict[str, Any]]:
    """The system message; models that cache only on request get a breakpoint behind the part all reps share."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": block} for block in call.system]
    if call.shape != "schema" and call.schema is not None:
        blocks.append({"type": "text", "text": schema_in_words(call.schema)})
    if call.models[0].startswith(_CACHED_ON_REQUEST):
        for index in stable_ends(len(call.system)):
            blocks[index]["cache_control"] = {"type": "ephemeral"}
    return [{"role": "system", "content": blocks}] if blocks else []


def _message(message: ChatMessage) -> dict[str, Any]:
    if not message.images:
        return {"role": message.role, "content": message.content}
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{_base64(image.data)}"}}
        for image in message.images
    ]
    if message.content:
        parts.append({"type": "text", "text": message.content})
    return {"role": message.role, "content": parts}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _format(call: ModelCall) -> dict[str, Any] | None:
    """The strict schema where the model takes one, else plain JSON mode, else nothing: then words alone ask for it."""
    if call.schema is None or call.shape == "words":
        return None
    if call.shape == "json":
        return {"type": "json_object"}
    named = {"name": call.output_name or "answer", "strict": True, "schema": call.schema}
    return {"type": "json_schema", "json_schema": named}


def _wishes(call: ModelCall, *, formed: bool) -> dict[str, Any]:
    """What an endpoint must do to be chosen. Free ones that keep nothing hardly exist, so nothing is asked of them."""
    wishes: dict[str, Any] = {"require_parameters": True} if formed else {}
    if not call.data_collection and not is_free(call.models[0]):
        wishes["data_collection"] = "deny"
    return wishes


def _session_id(call: ModelCall) -> str:
    """Keeps calls with the same playbook at one warm provider, without pinning all reps to a single one."""
    prefix = hashlib.sha256("".join(call.system[:1]).encode()).hexdigest()[:16]
    bucket = int(hashlib.sha256(call.pseudonym.encode()).hexdigest(), 16) % _REP_BUCKETS
    return f"{prefix}-{bucket}"


class _Page(msgspec.Struct):
    url: str = ""
    title: str | None = None


class _Annotation(msgspec.Struct):
    type: str = ""
    url_citation: _Page | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Any] | None = None
    refusal: str | None = None
    annotations: list[_Annotation] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None
    error: ErrorBody | None = None


class _CachedTokens(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    prompt_tokens_details: _CachedTokens | None = None


class _Chunk(msgspec.Struct):
    id: str = ""
    model: str = ""
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: ErrorBody | None = None


_decode_chunk = msgspec.json.Decoder(_Chunk).decode


class OpenRouterReader:
    """Reads one stream, or a whole answer where a provider ignored `stream`."""

    def __init__(self) -> None:
        self._named = False
        self._text = False
        self._refused = False
        self._finish: str | None = None
        self._done = False

    def read(self, event: ServerEvent) -> list[StreamEvent]:
        """What this event says; an error inside a 200 raises."""
        if self._done:
            return []
        if event.data.strip() == "[DONE]":
            return self._ended()
        try:
            chunk = _decode_chunk(event.data)
        except msgspec.MsgspecError:
            raise ProviderError(unreachable("malformed_stream")) from None
        if chunk.error is not None:
            raise ProviderError(failure_of(200, chunk.error))
        found = self._identity(chunk)
        for choice in chunk.choices or ():
            found += self._choice(choice)
        if chunk.usage is not None:
            found.append(UsageArrived(_usage(chunk.usage)))
        return found

    def end(self) -> list[StreamEvent]:
        """The connection ended; without `[DONE]` a finish reason must have been seen."""
        if self._done:
            return []
        if self._finish is None and not self._refused:
            raise ProviderError(unreachable("stream_cut"))
        return self._ended()

    def _identity(self, chunk: _Chunk) -> list[StreamEvent]:
        if self._named or not chunk.model:
            return []
        self._named = True
        return [ModelNamed(chunk.model, chunk.id)]

    def _choice(self, choice: _Choice) -> list[StreamEvent]:
        if choice.error is not None:
            raise ProviderError(failure_of(200, choice.error))
        if choice.finish_reason == "error":
            raise ProviderError(unreachable("finish_error"))
        delta = choice.delta or choice.message or _Delta()
        found: list[StreamEvent] = []
        if delta.reasoning or delta.reasoning_details or delta.refusal:
            found.append(ThoughtArrived())
        if delta.content:
            self._text = self._text or not delta.content.isspace()
            found.append(TextArrived(delta.content))
        found += [PageCited(_cited(note.url_citation)) for note in delta.annotations or () if note.url_citation]
        self._finish = choice.finish_reason or self._finish
        self._refused = self._refused or self._finish == "content_filter" or bool(delta.refusal)
        return found

    def _ended(self) -> list[StreamEvent]:
        """A refusal is told here, behind what it has used; without a reason of the end the provider broke off."""
        self._done = True
        if self._refused:
            raise ProviderError(refused("content_filter"))
        if self._finish is None:
            raise ProviderError(unreachable("no_finish_reason"))
        truncated = self._finish == "length"
        if not self._text:
            raise ProviderError(empty(truncated=truncated))
        return [AnswerEnded(word(self._finish), truncated=truncated)]


def _cited(page: _Page) -> Citation:
    return Citation(page.url, page.title or page.url)


def _usage(usage: _Usage) -> Usage:
    details = usage.prompt_tokens_details
    return Usage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cached_tokens=(details.cached_tokens or 0) if details else 0,
        cost_usd=usage.cost,
    )


OPENROUTER = ProviderApi(
    provider=Provider.OPENROUTER,
    dialect=Dialect.OPENROUTER,
    completion_path="chat/completions",
    key_path="key",
    headers=_HEADERS,
    body=body,
    reader=OpenRouterReader,
    classify=classify,
    windows=lambda _headers, _now: (),
)
