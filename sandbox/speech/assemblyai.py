"""AssemblyAI as its callers meet it: upload, create, poll and delete, in its words and as strict as it is."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.models.faults import STATUS, Fault, Faults, Kind
from sandbox.speech.ogg import read
from sandbox.speech.transcripts import Transcript, Transcripts, Upload

SPEECH_MODELS = frozenset({"assemblyai-stt-3-7", "assemblyai-stt-3-5", "universal-2"})
_LOG_LENGTH = 20_000
_PROVIDER = "assemblyai"
_WORDS = {
    401: "Authentication error, API token missing/invalid",
    403: "Forbidden",
    429: "Too many requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service unavailable",
    504: "Gateway Timeout",
}
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "audio_url": str,
    "speech_models": list,
    "language_detection": bool,
    "language_code": str,
    "language_codes": list,
    "language_confidence_threshold": (int, float),
    "keyterms_prompt": list,
    "prompt": str,
    "punctuate": bool,
    "format_text": bool,
    "disfluencies": bool,
    "webhook_url": str,
    "webhook_auth_header_name": str,
    "webhook_auth_header_value": str,
    "redact_pii": bool,
    "speech_threshold": (int, float),
}
_TERM_WORDS = 6
_TERMS_WORDS = {"universal-2": 200}
_MOST_TERMS_WORDS = 1_000
_BAD_SCHEMA = "Invalid endpoint schema, please refer to documentation for examples."


@dataclass
class Entry:
    """One request as `GET /sim/requests` tells it."""

    method: str
    path: str
    route: str
    at: float
    status: int = 0
    outcome: str = "open"


class _Refused(Exception):
    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers


_Act = Callable[[web.Request, str, Fault | None], Awaitable[dict[str, Any]]]


class AssemblyAI:
    """The service's routes, under `/v2`."""

    def __init__(self, transcripts: Transcripts, keys: tuple[str, ...] | None, clock: Callable[[], float]) -> None:
        self.transcripts = transcripts
        self.faults = Faults(clock)
        self.log: deque[Entry] = deque(maxlen=_LOG_LENGTH)
        self._keys = keys
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/upload", self._handler("upload", self._upload)),
            web.post("/v2/transcript", self._handler("create", self._create)),
            web.get("/v2/transcript/{id}", self._handler("poll", self._poll)),
            web.delete("/v2/transcript/{id}", self._handler("delete", self._delete)),
        ]

    def _handler(self, route: str, act: _Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            entry = Entry(request.method, request.path, route, self._clock())
            self.log.append(entry)
            try:
                answer = await self._answered(request, route, act, entry)
            except asyncio.CancelledError:
                entry.outcome = "client_gone"
                raise
            entry.status = answer.status
            return answer

        return handle

    async def _answered(self, request: web.Request, route: str, act: _Act, entry: Entry) -> web.Response:
        try:
            fault = self.faults.strike(_PROVIDER, route, request.path)
            if fault is not None:
                entry.outcome = f"fault:{fault.kind}"
                await self._strike(fault, request)
            key = self._key(request)
            shown = await act(request, key, fault)
            if fault is None:
                entry.outcome = "answered"
            elif fault.kind is Kind.CUT:
                _break_off(request)
            elif fault.kind is Kind.INVALID_JSON:
                return web.Response(text="<html><body>One moment, please.</body></html>", content_type="text/html")
            return web.json_response(shown)
        except _Refused as refused:
            if entry.outcome == "open":
                entry.outcome = f"refused:{refused.status}"
            return web.json_response({"error": refused.sentence}, status=refused.status, headers=refused.headers)

    async def _strike(self, fault: Fault, request: web.Request) -> None:
        if fault.kind is Kind.HANG:
            await asyncio.Event().wait()
        if fault.kind is Kind.DISCONNECT:
            _break_off(request)
        status = STATUS.get(fault.kind)
        if status is not None:
            await request.read()
            headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
            raise _Refused(status, _WORDS[status], headers)

    def _key(self, request: web.Request) -> str:
        """The key of the request: the header holds it bare, without a scheme."""
        key = request.headers.get("authorization", "")
        known = key in self._keys if self._keys is not None else len(key) >= 8 and "invalid" not in key
        if not known or " " in key:
            raise _Refused(401, _WORDS[401])
        return key

    async def _upload(self, request: web.Request, key: str, _fault: Fault | None) -> dict[str, Any]:
        if request.content_type == "application/json":
            raise _Refused(422, "Upload failed, please send the file as binary data.")
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise _Refused(413, "Upload failed, the file is too large.") from None
        if not content:
            raise _Refused(422, "Upload failed, the file is empty.")
        return {"upload_url": self.transcripts.keep(Upload(key, content, read(content)))}

    async def _create(self, request: web.Request, key: str, fault: Fault | None) -> dict[str, Any]:
        asked = _asked(await request.read())
        upload = self.transcripts.uploads.get(asked["audio_url"])
        if upload is not None and upload.key != key:
            raise _Refused(403, "Cannot access uploaded file: it belongs to another project.")
        fails = fault is not None and fault.kind is Kind.ERROR_IN_200
        job = self.transcripts.create(key, asked, upload, "Server error, please resubmit the file." if fails else None)
        return self.transcripts.shown(job)

    async def _poll(self, request: web.Request, key: str, _fault: Fault | None) -> dict[str, Any]:
        return self.transcripts.shown(self._job(request, key))

    async def _delete(self, request: web.Request, key: str, _fault: Fault | None) -> dict[str, Any]:
        """The real service does not say what it does with a job under way, so here it refuses, which is harder."""
        job = self._job(request, key)
        if self.transcripts.status(job) not in ("completed", "error"):
            raise _Refused(400, "Cannot delete a transcript that is still being processed.")
        self.transcripts.delete(job)
        return self.transcripts.shown(job)

    def _job(self, request: web.Request, key: str) -> Transcript:
        job = self.transcripts.jobs.get(request.match_info["id"])
        if job is None or job.key != key:
            raise _Refused(404, "Transcript lookup error, transcript id not found")
        return job


def _asked(body: bytes) -> dict[str, Any]:
    """The order of a job, checked as the service checks it."""
    try:
        asked = json.loads(body)
    except ValueError:
        raise _Refused(400, "Invalid JSON in request body.") from None
    if not isinstance(asked, dict):
        raise _Refused(400, _BAD_SCHEMA)
    if "speech_model" in asked:
        raise _Refused(400, '"speech_model" is deprecated. Use "speech_models" instead.')
    if any(name not in _FIELDS or not isinstance(value, _FIELDS[name]) for name, value in asked.items()):
        raise _Refused(400, _BAD_SCHEMA)
    if not asked.get("audio_url"):
        raise _Refused(400, '"audio_url" is required.')
    models = asked.get("speech_models")
    if not models or any(model not in SPEECH_MODELS for model in models):
        known = ", ".join(f'"{model}"' for model in sorted(SPEECH_MODELS))
        raise _Refused(400, f'"speech_models" must be a non-empty list containing one or more of: {known}')
    if asked.get("language_detection") and asked.get("language_code"):
        raise _Refused(400, '"language_detection" cannot be used together with "language_code".')
    _check_terms(asked)
    return asked


def _check_terms(asked: dict[str, Any]) -> None:
    """The words to listen for: of all models in the list the one that takes fewest decides."""
    terms = asked.get("keyterms_prompt")
    if terms is None:
        return
    if "prompt" in asked:
        raise _Refused(400, '"prompt" cannot be used together with "keyterms_prompt".')
    if not all(isinstance(term, str) and 0 < len(term.split()) <= _TERM_WORDS for term in terms):
        raise _Refused(400, f'"keyterms_prompt" must be a list of phrases of 1 to {_TERM_WORDS} words.')
    most = min(_TERMS_WORDS.get(model, _MOST_TERMS_WORDS) for model in asked["speech_models"])
    if sum(len(term.split()) for term in terms) > most:
        raise _Refused(400, f'"keyterms_prompt" must not hold more than {most} words.')


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("ordered")
