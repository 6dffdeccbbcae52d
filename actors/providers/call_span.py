"""The span of one model call. Names are those of OpenTelemetry's GenAI conventions as of November 2026.

Content is in it only where the lane's settings want it, and redacted.
"""

import uuid

from actors.providers.call_content import asked_and_answered
from actors.providers.completion_call import CallAnswered, CallMetered
from actors.providers.lane_job import LaneJob
from actors.providers.messages import Attributes, Provider, RecordSpan


def call_span(
    job: LaneJob,
    provider: Provider,
    lane: str,
    ended_at: float,
    answer: CallAnswered | None,
    error: str | None,
    *,
    content: bool,
) -> RecordSpan | None:
    """The span to record, None where the request hangs in no trace. Times are UTC epoch seconds."""
    context = job.request.span
    if context is None:
        return None
    told = _answered(answer) | _used(answer or job.metered)
    asked, answered = asked_and_answered(job.request, answer.text if answer else "") if content else (None, None)
    return RecordSpan(
        span_id=str(uuid.uuid4()),
        trace_id=context.trace_id,
        parent_span_id=context.parent_span_id,
        span_name=f"chat {job.models[0]}",
        started_at=job.started_time,
        ended_at=ended_at,
        success=error is None,
        error=error,
        attributes=_asked(job, provider, lane) | told | ({"error.type": error} if error else {}),
        asked=asked,
        answered=answered,
    )


def _asked(job: LaneJob, provider: Provider, lane: str) -> Attributes:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider.value,
        "gen_ai.request.model": job.models[0],
        "gen_ai.request.max_tokens": job.request.max_tokens,
        "gen_ai.request.stream": True,
        "gen_ai.output.type": "json" if job.request.output else "text",
        "gen_ai.agent.name": job.request.agent,
        "cornerman.lane": lane,
        "cornerman.attempt": job.attempts,
        "cornerman.repair": job.repaired,
        "cornerman.waited_s": round(job.started_at - job.accepted_at, 3),
    }


def _answered(answer: CallAnswered | None) -> Attributes:
    if answer is None:
        return {}
    return {
        "gen_ai.response.id": answer.response_id,
        "gen_ai.response.model": answer.model,
        "gen_ai.response.finish_reasons": (answer.finish_reason,),
        "gen_ai.response.time_to_first_chunk": round(answer.first_token_s, 3),
    }


def _used(told: CallAnswered | CallMetered | None) -> Attributes:
    if told is None:
        return {}
    return {
        "gen_ai.usage.input_tokens": told.usage.input_tokens,
        "gen_ai.usage.output_tokens": told.usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": told.usage.cached_tokens,
        "cornerman.cost_usd": told.usage.cost_usd,
    }
