"""The transcripts of the emulated service: how a recording becomes one, and what is left of it when it is deleted."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.speech.ogg import Recording

SHORTEST_S = 0.16
LONGEST_S = 36_000.0
_QUEUED_PART = 0.2
MOST_UPLOADS = 200
MOST_JOBS = 20_000
"""What is kept of each; the oldest go first, as they do there after days."""
_MEDIA = (b"RIFF", b"ID3", b"\xff\xfb", b"\xff\xf3", b"fLaC", b"\x1aE\xdf\xa3", b"OggS")


@dataclass
class Upload:
    """Bytes handed in by one project; only that project may have them transcribed."""

    key: str
    content: bytes
    recording: Recording | None

    @property
    def is_media(self) -> bool:
        """Whether the bytes look like sound at all."""
        return self.content.startswith(_MEDIA) or self.content[4:8] == b"ftyp"


@dataclass
class Transcript:
    """One job; `error` is its outcome where it fails."""

    id: str
    key: str
    asked: dict[str, Any]
    recording: Recording | None
    error: str | None
    created_at: float
    deleted: bool = False


class Transcripts:
    """Every upload and job, by id; `processing_s` is how long a job takes and holds for those under way too."""

    def __init__(self, clock: Callable[[], float], processing_s: float) -> None:
        self._clock = clock
        self.processing_s = processing_s
        self.uploads: dict[str, Upload] = {}
        self.jobs: dict[str, Transcript] = {}

    def forget(self) -> None:
        """Drop everything."""
        self.uploads.clear()
        self.jobs.clear()

    def create(self, key: str, asked: dict[str, Any], upload: Upload | None, error: str | None) -> Transcript:
        """Begin a job; what will become of it is known from its recording."""
        recording = upload.recording if upload else None
        outcome = error or _refusal(upload, recording, detects=bool(asked.get("language_detection")))
        job = Transcript(str(uuid.uuid4()), key, asked, recording, outcome, self._clock())
        self.jobs[job.id] = job
        _bounded(self.jobs, MOST_JOBS)
        return job

    def keep(self, upload: Upload) -> str:
        """Keep an upload; gives the address by which it is known."""
        name = f"https://cdn.assemblyai.com/upload/{uuid.uuid4()}"
        self.uploads[name] = upload
        _bounded(self.uploads, MOST_UPLOADS)
        return name

    def delete(self, job: Transcript) -> None:
        """Forget what a job heard, and the recording that was handed in for it."""
        job.deleted = True
        job.recording = None
        self.uploads.pop(job.asked["audio_url"], None)

    def status(self, job: Transcript) -> str:
        """The job's status at this moment."""
        age = self._clock() - job.created_at
        if age < self.processing_s * _QUEUED_PART:
            return "queued"
        if age < self.processing_s:
            return "processing"
        return "error" if job.error else "completed"

    def shown(self, job: Transcript) -> dict[str, Any]:
        """The job as the service shows it."""
        status = self.status(job)
        done = status == "completed"
        words = (job.recording.words or "") if done and job.recording else None
        language = job.asked.get("language_code") or (job.recording.language if job.recording else None) or "en"
        shown: dict[str, Any] = {
            "id": job.id,
            "language_code": language if done else None,
            "language_detection": bool(job.asked.get("language_detection")),
            "language_confidence": 0.98 if done and job.asked.get("language_detection") else None,
            "speech_models": job.asked["speech_models"],
            "speech_model_used": job.asked["speech_models"][0] if done else None,
            "status": status,
            "audio_url": job.asked["audio_url"],
            "text": words,
            "words": [{"text": word, "confidence": 0.97, "speaker": None} for word in (words or "").split()],
            "utterances": None,
            "confidence": (0.97 if words else 0.0) if done else None,
            "audio_duration": round(job.recording.duration_s) if done and job.recording else None,
            "punctuate": bool(job.asked.get("punctuate", True)),
            "format_text": bool(job.asked.get("format_text", True)),
            "webhook_url": job.asked.get("webhook_url"),
        }
        if status == "error":
            shown["error"] = job.error
        if job.deleted:
            shown |= {"text": "Deleted by user.", "audio_url": "http://deleted_by_user", "words": None}
        return shown


def _bounded(kept: dict[str, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


def _refusal(upload: Upload | None, recording: Recording | None, *, detects: bool) -> str | None:
    """Why the job will fail, in the service's words; None for one that succeeds."""
    if upload is None:
        return "Download error, unable to download the audio file. Please make sure the file exists and is accessible."
    if recording is None and not upload.is_media:
        return "Transcoding failed. File does not appear to contain audio. File type is application/octet-stream."
    if recording is not None and recording.duration_s < SHORTEST_S:
        return "Audio duration is too short."
    if recording is not None and recording.duration_s > LONGEST_S:
        return "Audio duration is too long."
    if detects and not (recording and recording.words):
        return "language_detection cannot be performed on files with no spoken audio."
    return None
