"""Spans to an OpenTelemetry collector over OTLP, where the settings name one. No content and no rep leaves with them.

The SDK is imported here and only when it is needed: it takes a quarter of a second that most installations never use.
Source: opentelemetry.io/docs/specs/otlp (HTTP with protobuf).
"""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from actors.providers.messages import Attributes, RecordSpan, RecordTrace
from actors.providers.secret import Secret

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext

TIMEOUT_S = 5.0
_SPAN_ID_BITS = 64
_NANOSECONDS = 1_000_000_000


class SpanExport:
    """Sends to `{endpoint}/v1/traces`; `headers` are `name=value` pairs with commas between, as the SDK reads them."""

    def __init__(self, endpoint: str, headers: Secret | None = None) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        given = headers.reveal() if headers else ""
        pairs = dict(pair.split("=", 1) for pair in given.split(",") if "=" in pair)
        self._exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", headers=pairs, timeout=TIMEOUT_S)

    def export(self, items: Sequence[RecordTrace | RecordSpan]) -> bool:
        """Send them, which blocks for five seconds at most, and say whether the collector has taken them."""
        from opentelemetry.sdk.trace.export import SpanExportResult

        return self._exporter.export([_readable(item) for item in items]) is SpanExportResult.SUCCESS

    def close(self) -> None:
        """Let go of the connections."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK's own omission


def _readable(item: RecordTrace | RecordSpan) -> "ReadableSpan":
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanKind, Status, StatusCode

    if isinstance(item, RecordTrace):
        name, own, parent, attributes = item.pipeline_name, item.trace_id, None, {}
    else:
        name, own, attributes = item.span_name, item.span_id, _present(item.attributes)
        parent = _context(item.trace_id, item.parent_span_id or item.trace_id)
    return ReadableSpan(
        name=name,
        context=_context(item.trace_id, own),
        parent=parent,
        resource=Resource({SERVICE_NAME: "cornerman"}),
        attributes=attributes,
        kind=SpanKind.CLIENT if "gen_ai.provider.name" in attributes else SpanKind.INTERNAL,
        status=Status(StatusCode.OK) if item.success else Status(StatusCode.ERROR, item.error),
        start_time=round(item.started_at * _NANOSECONDS),
        end_time=round(item.ended_at * _NANOSECONDS),
    )


def _present(attributes: Attributes) -> dict[str, str | int | float | bool | tuple[str, ...]]:
    return {name: value for name, value in attributes.items() if value is not None}


def _context(trace_id: str, span_id: str) -> "SpanContext":
    """The root span's number is the trace's own, so that a span whose parent has not ended yet can name it."""
    from opentelemetry.trace import SpanContext, TraceFlags

    number = uuid.UUID(span_id).int & ((1 << _SPAN_ID_BITS) - 1)
    return SpanContext(uuid.UUID(trace_id).int, number, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
