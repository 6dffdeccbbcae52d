"""AssemblyAI's API: hand in a recording, order its transcript, look whether it is done, delete it.

What goes wrong is one SpeechError, which says whether the same call may be made again. Source: AssemblyAI's API
reference of November 2026.
"""

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

import msgspec

from actors.providers.failures import word
from actors.providers.http import TRANSPORT_ERRORS, BareAuth, Client, Reply, client, exchange, never_sent
from actors.providers.retry_after import retry_after
from actors.providers.secret import Secret
from actors.providers.transcription import SpeechProblem

_T = TypeVar("_T")
SPEECH_MODELS = ("assemblyai-stt-3-7", "universal-2")
"""Pinned, because the account's default changes; the second one knows the languages the first does not."""
TERM_WORDS = 6
TERMS_WORDS = 200
"""The longest key term, and how many words all of them may have: the second model takes fewer than the first."""
CALL_S = 20.0
UPLOAD_S = 120.0
DELETE_S = 4.0
_DELETED = "http://deleted_by_user"
_NOT_DONE = frozenset({429, 503})
"""Answers to an order that say that nothing was begun."""
_JOB_PROBLEMS = (
    ("no spoken audio", SpeechProblem.NO_SPEECH),
    ("too short", SpeechProblem.TOO_SHORT),
    ("too long", SpeechProblem.TOO_LONG),
    ("does not appear to contain audio", SpeechProblem.UNREADABLE),
    ("transcoding failed", SpeechProblem.UNREADABLE),
)


class SpeechError(Exception):
    """A call to the speech service failed.

    `again` says that the same call may be repeated at once; `resubmit` that the order may, because a failed job is
    not paid for; `gone` that the service has no such transcript any more. `retry_after_s` is what it asked for.
    """

    def __init__(
        self,
        problem: SpeechProblem,
        detail: str,
        *,
        again: bool = False,
        resubmit: bool = False,
        gone: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail
        self.again = again
        self.resubmit = resubmit
        self.gone = gone
        self.retry_after_s = retry_after_s


class Words(msgspec.Struct, frozen=True):
    """A finished transcript; the duration is in seconds."""

    text: str
    language: str | None
    duration_s: float
    model: str


class _Uploaded(msgspec.Struct):
    upload_url: str


class _Ordered(msgspec.Struct):
    id: str


class _Shown(msgspec.Struct):
    status: Literal["queued", "processing", "completed", "error"]
    text: str | None = None
    error: str | None = None
    language_code: str | None = None
    audio_url: str | None = None
    audio_duration: float | None = None
    speech_model_used: str | None = None


class AssemblyAI:
    """One account at one address; `close` ends its connections.

    `names` gives the names to listen for; what exceeds the service's bounds is left out.
    """

    def __init__(self, base_url: str, key: Secret, names: Callable[[], tuple[str, ...]]) -> None:
        self._client: Client = client(base_url)
        self._auth = BareAuth(key)
        self._names = names

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def upload(self, content: bytes, now: float) -> str:
        """Hand in a recording; gives the address by which the service knows it. `now` is in epoch seconds."""
        headers = {"content-type": "application/octet-stream"}
        reply = await self._call("POST", "v2/upload", now, UPLOAD_S, content, headers)
        return _decoded(reply, _Uploaded).upload_url

    async def order(self, upload_url: str, now: float) -> str:
        """Order the transcript and return its id.

        Whatever leaves open whether the order was taken is UNCERTAIN and not to be repeated: it may be paid for.
        """
        asked: dict[str, object] = {
            "audio_url": upload_url,
            "speech_models": SPEECH_MODELS,
            "language_detection": True,
            "punctuate": True,
            "format_text": True,
        }
        if terms := _terms(self._names()):
            asked["keyterms_prompt"] = terms
        body, headers = msgspec.json.encode(asked), {"content-type": "application/json"}
        try:
            reply = await exchange(
                self._client, "POST", "v2/transcript", self._auth, CALL_S, body=body, headers=headers
            )
        except TRANSPORT_ERRORS as error:
            raise _broken(error) if never_sent(error) else _uncertain(_name(error)) from None
        if reply.status >= 500 and reply.status not in _NOT_DONE:
            raise _uncertain(f"HTTP {reply.status}")
        _check(reply, now)
        try:
            return msgspec.json.decode(reply.body, type=_Ordered).id
        except msgspec.DecodeError:
            raise _uncertain("undecodable_answer") from None

    async def look(self, transcript_id: str, now: float) -> Words | None:
        """The words, None while the service works on them."""
        reply = await self._call("GET", f"v2/transcript/{transcript_id}", now, CALL_S)
        shown = _decoded(reply, _Shown)
        if shown.audio_url == _DELETED:
            raise SpeechError(SpeechProblem.UNAVAILABLE, "deleted", gone=True)
        match shown.status:
            case "completed" if (shown.text or "").strip():
                language, model = shown.language_code, shown.speech_model_used or ""
                return Words((shown.text or "").strip(), language, shown.audio_duration or 0.0, model)
            case "completed":
                raise SpeechError(SpeechProblem.NO_SPEECH, "empty_text")
            case "error":
                raise _job_error(shown.error or "")
        return None

    async def delete(self, transcript_id: str, now: float) -> None:
        """Have the service forget a transcript; one that it does not have is forgotten already."""
        try:
            await self._call("DELETE", f"v2/transcript/{transcript_id}", now, DELETE_S)
        except SpeechError as error:
            if not error.gone:
                raise

    async def _call(
        self,
        method: str,
        path: str,
        now: float,
        timeout_s: float,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """A call that may be repeated: it costs nothing."""
        try:
            reply = await exchange(self._client, method, path, self._auth, timeout_s, body=body, headers=headers)
        except TRANSPORT_ERRORS as error:
            raise _broken(error) from None
        _check(reply, now)
        return reply


def _terms(names: Iterable[str]) -> list[str]:
    terms, left = [], TERMS_WORDS
    for name in names:
        words = len(name.split())
        if 0 < words <= min(TERM_WORDS, left):
            terms.append(name)
            left -= words
    return terms


def _check(reply: Reply, now: float) -> None:
    """Raise what the status says; of the body nothing is kept, because it may quote what was sent."""
    status, asked = reply.status, retry_after(reply.headers, now)
    detail = f"HTTP {status}"
    if status < 300:
        return
    match status:
        case 401 | 402 | 403:
            raise SpeechError(SpeechProblem.MISCONFIGURED, detail)
        case 404:
            raise SpeechError(SpeechProblem.UNAVAILABLE, detail, gone=True)
        case 413:
            raise SpeechError(SpeechProblem.TOO_LARGE, detail)
        case 422:
            raise SpeechError(SpeechProblem.UNREADABLE, detail)
        case 429:
            raise SpeechError(SpeechProblem.RATE_LIMITED, detail, again=True, retry_after_s=asked)
    if status >= 500:
        raise SpeechError(SpeechProblem.UNAVAILABLE, detail, again=True, retry_after_s=asked)
    raise SpeechError(SpeechProblem.MISCONFIGURED, detail)


def _decoded(reply: Reply, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.DecodeError:
        raise SpeechError(SpeechProblem.UNAVAILABLE, "undecodable_answer", again=True) from None


def _name(error: Exception) -> str:
    """Only the kind of error is kept: its text may hold addresses."""
    return word(type(error.__cause__ or error).__name__)


def _broken(error: Exception) -> SpeechError:
    return SpeechError(SpeechProblem.UNAVAILABLE, _name(error), again=True)


def _uncertain(detail: str) -> SpeechError:
    return SpeechError(SpeechProblem.UNCERTAIN, detail)


def _job_error(text: str) -> SpeechError:
    """What a failed job says of its recording; whatever says nothing of it is the service's own fault."""
    said = text.lower()
    problem = next((problem for part, problem in _JOB_PROBLEMS if part in said), None)
    if problem is not None:
        return SpeechError(problem, "job_failed")
    return SpeechError(SpeechProblem.UNAVAILABLE, "job_failed", resubmit=True)
