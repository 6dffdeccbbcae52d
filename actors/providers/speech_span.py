"""The trace of one recording, in the names of OpenTelemetry's GenAI conventions where they have one; no content."""

import uuid

from actors.providers.assemblyai import SPEECH_MODELS, Words
from actors.providers.messages import Attributes, RecordSpan, RecordTrace
from actors.providers.transcription import Transcribe

PIPELINE = "voice"


def speech_records(
    request: Transcribe, began_at: float, ended_at: float, words: Words | None, error: str | None
) -> tuple[RecordTrace, RecordSpan]:
    """The trace and its one span; times are UTC epoch seconds."""
    trace_id = str(uuid.uuid4())
    trace = RecordTrace(
        trace_id=trace_id,
        pipeline_name=PIPELINE,
        telegram_id=request.telegram_id,
        user_id=request.user_id,
        started_at=began_at,
        ended_at=ended_at,
        success=error is None,
        error=error,
    )
    span = RecordSpan(
        span_id=str(uuid.uuid4()),
        trace_id=trace_id,
        parent_span_id=None,
        span_name=f"transcribe {SPEECH_MODELS[0]}",
        started_at=began_at,
        ended_at=ended_at,
        success=error is None,
        error=error,
        attributes=_attributes(request, words, error),
    )
    return trace, span


def _attributes(request: Transcribe, words: Words | None, error: str | None) -> Attributes:
    attributes: Attributes = {
        "gen_ai.operation.name": "transcribe",
        "gen_ai.provider.name": "assemblyai",
        "gen_ai.request.model": SPEECH_MODELS[0],
        "cornerman.recording.seconds": request.duration_s,
        "cornerman.recording.bytes": request.size,
        "cornerman.recording.resumed": request.transcript_id is not None,
    }
    if words is not None:
        attributes |= {"gen_ai.response.model": words.model, "cornerman.language": words.language}
    if error is not None:
        attributes["error.type"] = error
    return attributes
