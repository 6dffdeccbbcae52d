"""Anthropic's Messages API: request bodies, the stream, and what its errors mean."""

import base64
from typing import Any

import msgspec

from actors.providers.anthropic_errors import ErrorBody, classify, failure_of
from actors.providers.anthropic_limits import windows
from actors.providers.failures import ProviderError, empty, refused, unreachable, word
from actors.providers.messages import ChatMessage, Citation, Provider, Usage
from actors.providers.model_call import ModelCall, ProviderApi
from actors.providers.prices import SEARCH_USD, anthropic_cost
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

_HEADERS = {"anthropic-version": "2026-10-21"}
SEARCHES = 5
"""Searches that one answer may make; each is paid for."""
_TRUNCATED = frozenset({"max_tokens", "model_context_window_exceeded", "pause_turn"})
_THOUGHTS = ("thinking", "signature", "redacted", "server_tool_use", "web_search_tool_result", "input_json")
"""Parts of an answer that are signs of life and no text of it: thinking, searching."""


def body(call: ModelCall) -> bytes:
    """The request body. No sampling parameters, no forced tools and no prefill: the newer models refuse all three."""
    config: dict[str, Any] = {"effort": call.effort}
    if call.schema is not None and call.shape == "schema":
        config["format"] = {"type": "json_schema", "schema": call.schema}
    request: dict[str, Any] = {
        "model": call.models[0],
        "max_tokens": call.max_tokens,
        "stream": True,
        "messages": [_message(message) for message in call.messages],
        "output_config": config,
        "metadata": {"user_id": call.pseudonym},
    }
    system = _system(call)
    if system:
        request["system"] = system
    if call.web_search:
        request["tools"] = [{"type": "web_search_20250305", "name": "web_search", "max_uses": SEARCHES}]
    return msgspec.json.encode(request)


def _message(message: ChatMessage) -> dict[str, Any]:
    if not message.images:
        return {"role": message.role, "content": message.content}
    blocks: list[dict[str, Any]] = [
        {
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": image.media_type,
                "data": base64.b64encode(image.data).decode("ascii"),
            },
        }
        for image in message.images
    ]
    if message.content:
        blocks.append({"type": "text", "text": message.content})
    return {"role": message.role, "content": blocks}


def _system(call: ModelCall) -> list[dict[str, Any]]:
    """The system blocks with the cache's breakpoints."""
    system: list[dict[str, Any]] = [{"type": "text", "text": block} for block in call.system]
    if call.shape != "schema" and call.schema is not None:
        system.append({"type": "text", "text": schema_in_words(call.schema)})
    for index in stable_ends(len(call.system)):
        system[index]["cache_control"] = {"type": "ephemeral"}
    return system


class _ServerTools(msgspec.Struct):
    web_search_requests: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    server_tool_use: _ServerTools | None = None


class _Message(msgspec.Struct):
    id: str = ""
    model: str = ""
    usage: _Usage | None = None


class _Page(msgspec.Struct):
    url: str | None = None
    title: str | None = None


class _Delta(msgspec.Struct):
    type: str = ""
    text: str | None = None
    stop_reason: str | None = None
    citation: _Page | None = None


class _Block(msgspec.Struct):
    type: str = ""
    text: str | None = None


class _Event(msgspec.Struct):
    type: str = ""
    message: _Message | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: ErrorBody | None = None
    request_id: str | None = None


_decode_event = msgspec.json.Decoder(_Event).decode


class AnthropicReader:
    """Reads one stream; events and blocks it does not know are passed over."""

    def __init__(self) -> None:
        self._model = ""
        self._text = False
        self._stop: str | None = None
        self._ended = False
        self._input = 0
        self._written = 0
        self._cached = 0
        self._output = 0
        self._searches = 0

    def read(self, event: ServerEvent) -> list[StreamEvent]:
        """What this event says; an error after the 200 raises."""
        try:
            said = _decode_event(event.data)
        except msgspec.MsgspecError:
            raise ProviderError(unreachable("malformed_stream")) from None
        match said.type:
            case "message_start":
                return self._started(said)
            case "content_block_start" if said.content_block is not None:
                return self._grown(said.content_block)
            case "content_block_delta" if said.delta is not None:
                return self._grown(said.delta)
            case "message_delta":
                return self._stopping(said)
            case "message_stop":
                return self._stopped()
            case "error":
                raise ProviderError(failure_of(200, said.error or ErrorBody(), request_id=said.request_id))
        return []

    def end(self) -> list[StreamEvent]:
        """The connection ended; without `message_stop` the answer was cut off."""
        if not self._ended:
            self._unless_refused()
            raise ProviderError(unreachable("stream_cut"))
        return []

    def _started(self, said: _Event) -> list[StreamEvent]:
        message = said.message or _Message()
        self._model = message.model
        return [ModelNamed(message.model, message.id), *self._counted(message.usage)]

    def _grown(self, part: _Block | _Delta) -> list[StreamEvent]:
        if part.type.startswith(_THOUGHTS):
            return [ThoughtArrived()]
        if isinstance(part, _Delta) and part.citation is not None and part.citation.url:
            return [PageCited(Citation(part.citation.url, part.citation.title or part.citation.url))]
        if part.type in ("text", "text_delta") and part.text:
            self._text = self._text or not part.text.isspace()
            return [TextArrived(part.text)]
        return []

    def _stopping(self, said: _Event) -> list[StreamEvent]:
        if said.delta is not None and said.delta.stop_reason:
            self._stop = said.delta.stop_reason
        return self._counted(said.usage)

    def _unless_refused(self) -> None:
        """Told at the end alone, behind what the refusal has used."""
        if self._stop == "refusal":
            raise ProviderError(refused("refusal"))

    def _stopped(self) -> list[StreamEvent]:
        self._ended = True
        self._unless_refused()
        truncated = self._stop in _TRUNCATED
        if not self._text:
            raise ProviderError(empty(truncated=truncated))
        return [AnswerEnded(word(self._stop or "end_turn"), truncated=truncated)]

    def _counted(self, usage: _Usage | None) -> list[StreamEvent]:
        """Counts are cumulative; one that is left out keeps its value."""
        if usage is None:
            return []
        self._input = _newer(usage.input_tokens, self._input)
        self._written = _newer(usage.cache_creation_input_tokens, self._written)
        self._cached = _newer(usage.cache_read_input_tokens, self._cached)
        self._output = _newer(usage.output_tokens, self._output)
        if usage.server_tool_use is not None:
            self._searches = _newer(usage.server_tool_use.web_search_requests, self._searches)
        return [
            UsageArrived(
                Usage(
                    input_tokens=self._input + self._written + self._cached,
                    output_tokens=self._output,
                    cached_tokens=self._cached,
                    cost_usd=self._cost(),
                )
            )
        ]

    def _cost(self) -> float | None:
        tokens = anthropic_cost(self._model, self._input, self._written, self._cached, self._output)
        return None if tokens is None else tokens + self._searches * SEARCH_USD


def _newer(count: int | None, known: int) -> int:
    return known if count is None else count


ANTHROPIC = ProviderApi(
    provider=Provider.ANTHROPIC,
    dialect=Dialect.ANTHROPIC,
    completion_path="messages",
    key_path="models",
    headers=_HEADERS,
    body=body,
    reader=AnthropicReader,
    classify=classify,
    windows=windows,
)
