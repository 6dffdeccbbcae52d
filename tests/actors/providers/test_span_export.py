"""SpanExport against a collector that reads what really comes over the wire."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from actors.providers.messages import RecordSpan, RecordTrace
from actors.providers.secret import Secret
from actors.providers.span_export import SpanExport

TRACE_ID, AGENT_ID, CALL_ID = (str(uuid.UUID(int=number << 64 | number)) for number in (5, 6, 7))
TRACE = RecordTrace(TRACE_ID, "support", 7, "user-1", 1_800_000_000.0, 1_800_000_002.0, success=True)


class Collector:
    """Takes batches, or refuses them for good."""

    def __init__(self) -> None:
        self.batches: list[ExportTraceServiceRequest] = []
        self.headers: list[str | None] = []
        self.status = 200
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """POST /v1/traces as the specification has it."""
        batch = ExportTraceServiceRequest()
        batch.ParseFromString(await request.read())
        self.batches.append(batch)
        self.headers.append(request.headers.get("authorization"))
        return web.Response(status=self.status, content_type="application/x-protobuf")

    def spans(self) -> dict[str, Span]:
        """Everything taken, by name."""
        scopes = [scope for batch in self.batches for part in batch.resource_spans for scope in part.scope_spans]
        return {span.name: span for scope in scopes for span in scope.spans}


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    collector = Collector()
    application = web.Application()
    application.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield collector
    await runner.cleanup()


def span(span_id: str, parent: str | None, name: str) -> RecordSpan:
    """A span of a second and a quarter; a model call's if its name says so."""
    at = 1_800_000_000.0
    return RecordSpan(
        span_id,
        TRACE_ID,
        parent,
        name,
        at,
        at + 1.25,
        success=True,
        attributes={
            "gen_ai.provider.name": "openrouter",
            "gen_ai.usage.input_tokens": 9,
            "gen_ai.response.id": None,
            "gen_ai.response.finish_reasons": ("stop",),
        }
        if name.startswith("chat")
        else {},
    )


async def test_a_trace_arrives_as_one_tree(collector: Collector) -> None:
    """Parents, times, kinds and the GenAI attributes are those we recorded; a rep's number is not among them."""
    call = span(CALL_ID, AGENT_ID, "chat m")
    failed = RecordSpan(CALL_ID, TRACE_ID, AGENT_ID, "failed", 1.0, 2.0, success=False, error="timeout")
    export = SpanExport(collector.url, Secret("authorization=Bearer planted,x-team=sales"))
    assert await asyncio.to_thread(export.export, [TRACE, span(AGENT_ID, None, "agent strategist"), call, failed])
    export.close()
    spans = collector.spans()
    root, agent, chat = spans["support"], spans["agent strategist"], spans["chat m"]
    assert {one.trace_id for one in spans.values()} == {uuid.UUID(TRACE_ID).bytes}
    assert root.parent_span_id == b""
    assert agent.parent_span_id == root.span_id
    assert chat.parent_span_id == agent.span_id
    assert (chat.kind, agent.kind) == (Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_INTERNAL)
    assert (chat.end_time_unix_nano - chat.start_time_unix_nano) / 1e9 == pytest.approx(1.25)
    sent = {one.key: one.value for one in chat.attributes}
    assert sent.keys() == {"gen_ai.provider.name", "gen_ai.usage.input_tokens", "gen_ai.response.finish_reasons"}
    assert [one.string_value for one in sent["gen_ai.response.finish_reasons"].array_value.values] == ["stop"]
    assert (spans["failed"].status.code, spans["failed"].status.message) == (Status.STATUS_CODE_ERROR, "timeout")
    assert "telegram" not in str(collector.batches)
    assert collector.headers == ["Bearer planted"]


async def test_content_does_not_leave(collector: Collector) -> None:
    """What was asked and answered stays in the records, whatever the settings keep there."""
    kept = RecordSpan(
        CALL_ID, TRACE_ID, None, "chat m", 1.0, 2.0, success=True, asked={"a": "planted"}, answered={"b": "planted"}
    )
    export = SpanExport(collector.url)
    assert await asyncio.to_thread(export.export, [kept])
    export.close()
    assert collector.spans()
    assert "planted" not in str(collector.batches)


async def test_a_refusal_is_said(collector: Collector) -> None:
    """A collector that does not take the batch is no success."""
    collector.status = 400
    export = SpanExport(collector.url)
    assert not await asyncio.to_thread(export.export, [TRACE])
    export.close()
