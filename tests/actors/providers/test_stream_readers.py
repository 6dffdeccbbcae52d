"""Promises of both stream readers about pages cited; the rest is proven against the emulators."""

import json

from actors.providers.anthropic import AnthropicReader
from actors.providers.messages import Citation
from actors.providers.model_call import StreamReader
from actors.providers.openrouter import OpenRouterReader
from actors.providers.sse import ServerEvent
from actors.providers.stream_events import PageCited, StreamEvent, TextArrived, ThoughtArrived, UsageArrived

PAGE = Citation("https://example.com/a", "A page")
CITED = {"type": "citations_delta", "citation": {"url": PAGE.url, "title": PAGE.title}}
SEARCHED = {"server_tool_use": {"web_search_requests": 3}}


def _read(reader: StreamReader, *events: object) -> list[StreamEvent]:
    return [found for event in events for found in reader.read(ServerEvent("message", json.dumps(event)))]


def test_openrouters_annotations_are_citations() -> None:
    """With or without text beside them; a page without a title is named by its address."""
    note = {"type": "url_citation", "url_citation": {"url": PAGE.url, "title": PAGE.title, "start_index": 0}}
    bare = {"type": "url_citation", "url_citation": {"url": "https://example.com/b"}}
    delta = {"content": "so", "annotations": [note, bare, {"type": "other"}]}
    found = _read(OpenRouterReader(), {"choices": [{"delta": delta}]})
    named = Citation("https://example.com/b", "https://example.com/b")
    assert found == [TextArrived("so"), PageCited(PAGE), PageCited(named)]


def test_anthropics_citations_are_citations_and_searching_is_life() -> None:
    """A search in progress holds off the timers; its price is in the cost."""
    found = _read(
        AnthropicReader(),
        {"type": "message_start", "message": {"id": "m", "model": "claude-sonnet-5-5", "usage": {"input_tokens": 0}}},
        {"type": "content_block_start", "content_block": {"type": "server_tool_use", "name": "web_search"}},
        {"type": "content_block_start", "content_block": {"type": "web_search_tool_result", "content": []}},
        {"type": "content_block_delta", "delta": CITED},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": SEARCHED},
    )
    assert [event for event in found if isinstance(event, PageCited)] == [PageCited(PAGE)]
    assert sum(isinstance(event, ThoughtArrived) for event in found) == 2
    last = found[-1]
    assert isinstance(last, UsageArrived)
    assert last.usage.cost_usd == 0.03
