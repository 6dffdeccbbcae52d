from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientError

from sandbox.speech.ogg import voice_note
from sandbox.speech.transcripts import MOST_UPLOADS
from tests.sandbox.speech.conftest import KEY, Service

NOTE = voice_note("Maria wants a lower price.", 4.0, "en")


async def test_a_recording_becomes_a_transcript(service: Service) -> None:
    """Upload, create and poll give the words, the language that was heard and the length in whole seconds."""
    status, job = await service.order(NOTE, language_detection=True)
    _, done = await service.ask("GET", f"/v2/transcript/{job['id']}")

    assert status == 200
    assert (done["status"], done["text"]) == ("completed", "Maria wants a lower price.")
    assert (done["audio_duration"], done["language_code"], done["speech_model_used"]) == (4, "en", "universal-2")


async def test_a_job_is_queued_then_processed_then_done(make_service: Callable[..., Awaitable[Service]]) -> None:
    """A job shows its stages as time passes, and its words at the end alone."""
    now = [0.0]
    service = await make_service(processing_s=10.0, clock=lambda: now[0])
    _, job = await service.order(NOTE)
    seen = [job["status"]]
    for at in (5.0, 10.0):
        now[0] = at
        _, shown = await service.ask("GET", f"/v2/transcript/{job['id']}")
        seen.append(shown["status"])
        assert bool(shown["text"]) == (at == 10.0)

    assert seen == ["queued", "processing", "completed"]


@pytest.mark.parametrize(
    ("content", "asked", "words"),
    [
        (voice_note(None), {"language_detection": True}, "no spoken audio"),
        (voice_note("x", 0.1), {}, "too short"),
        (b"\x00\x01 certainly no sound", {}, "does not appear to contain audio"),
    ],
)
async def test_a_job_that_cannot_succeed_says_why(
    service: Service, content: bytes, asked: dict[str, Any], words: str
) -> None:
    """Silence whose language is to be found, a click, and what is no sound end in an error, within a 200."""
    _, job = await service.order(content, **asked)
    status, done = await service.ask("GET", f"/v2/transcript/{job['id']}")

    assert (status, done["status"], done["text"]) == (200, "error", None)
    assert words in done["error"]


async def test_silence_in_a_known_language_is_an_empty_text(service: Service) -> None:
    """Silence is a normal outcome where no language has to be found."""
    _, job = await service.order(voice_note(None), language_code="en")
    _, done = await service.ask("GET", f"/v2/transcript/{job['id']}")

    assert (done["status"], done["text"]) == ("completed", "")


async def test_deletion_leaves_the_job_without_its_words(service: Service) -> None:
    """What is deleted still answers, says so, and holds nothing of the recording."""
    _, job = await service.order(NOTE)
    path = f"/v2/transcript/{job['id']}"
    status, _ = await service.ask("DELETE", path)
    _, shown = await service.ask("GET", path)

    assert status == 200
    assert (shown["text"], shown["audio_url"]) == ("Deleted by user.", "http://deleted_by_user")
    assert "Maria" not in str(shown)


async def test_deletion_takes_the_recording_with_it(service: Service) -> None:
    """What was handed in for a deleted transcript cannot be transcribed again."""
    _, job = await service.order(NOTE)
    await service.ask("DELETE", f"/v2/transcript/{job['id']}")
    asked = {"audio_url": job["audio_url"], "speech_models": ["universal-2"]}
    _, again = await service.ask("POST", "/v2/transcript", json=asked)
    _, done = await service.ask("GET", f"/v2/transcript/{again['id']}")

    assert done["error"].startswith("Download error")


async def test_what_is_kept_is_bounded(service: Service) -> None:
    """A process that runs for months does not fill its memory with recordings."""
    first = await service.upload(NOTE)
    for _ in range(MOST_UPLOADS):
        await service.upload(b"x")
    asked = {"audio_url": first, "speech_models": ["universal-2"]}
    _, job = await service.ask("POST", "/v2/transcript", json=asked)
    _, done = await service.ask("GET", f"/v2/transcript/{job['id']}")

    assert done["error"].startswith("Download error")


async def test_a_job_under_way_is_not_deleted(make_service: Callable[..., Awaitable[Service]]) -> None:
    """Deletion before the end is refused, so that a client has to come back."""
    service = await make_service(processing_s=3600.0)
    _, job = await service.order(NOTE)
    status, _ = await service.ask("DELETE", f"/v2/transcript/{job['id']}")

    assert status == 400


@pytest.mark.parametrize("key", [None, "short", "an-invalid-key-0001", f"Bearer {KEY}"])
async def test_a_wrong_key_is_401(service: Service, key: str | None) -> None:
    """The header holds the bare key; a scheme before it is a wrong key."""
    status, body = await service.ask("POST", "/v2/upload", key=key, data=NOTE)

    assert (status, body) == (401, {"error": "Authentication error, API token missing/invalid"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"speech_models": None}, "schema"),
        ({"speech_models": []}, "speech_models"),
        ({"speech_models": ["universal-3-pro"]}, "speech_models"),
        ({"speech_model": "best"}, "deprecated"),
        ({"langauge_detection": True}, "schema"),
        ({"language_detection": "yes"}, "schema"),
        ({"language_detection": True, "language_code": "en"}, "together"),
        ({"audio_url": ""}, "audio_url"),
        ({"keyterms_prompt": ["one two three four five six seven"]}, "1 to 6 words"),
        ({"keyterms_prompt": [" "]}, "1 to 6 words"),
        ({"keyterms_prompt": [7]}, "1 to 6 words"),
        ({"keyterms_prompt": ["two words"] * 101}, "more than 200 words"),
        ({"keyterms_prompt": ["word"] * 1001, "speech_models": ["assemblyai-stt-3-7"]}, "more than 1000 words"),
        ({"keyterms_prompt": ["word"], "prompt": "A sales call."}, "together"),
    ],
)
async def test_an_order_that_is_wrong_is_400(service: Service, change: dict[str, Any], words: str) -> None:
    """Retired models, unknown fields, wrong types and contradictions are refused with a sentence."""
    status, body = await service.order(NOTE, **change)

    assert status == 400
    assert words in body["error"]


async def test_what_belongs_to_another_project_is_out_of_reach(service: Service) -> None:
    """Another key's upload is 403, and another key's transcript does not exist."""
    address = await service.upload(NOTE, key="another-project-0002")
    asked = {"audio_url": address, "speech_models": ["universal-2"]}
    refused, _ = await service.ask("POST", "/v2/transcript", json=asked)
    _, job = await service.order(NOTE)
    missing, body = await service.ask("GET", f"/v2/transcript/{job['id']}", key="another-project-0002")

    assert refused == 403
    assert (missing, body["error"]) == (404, "Transcript lookup error, transcript id not found")


async def test_an_address_nobody_uploaded_fails_the_job(service: Service) -> None:
    """The service finds out only while it works that there is nothing to fetch."""
    asked = {"audio_url": "https://example.com/a.ogg", "speech_models": ["universal-2"]}
    _, job = await service.ask("POST", "/v2/transcript", json=asked)
    _, done = await service.ask("GET", f"/v2/transcript/{job['id']}")

    assert done["error"].startswith("Download error")


async def test_an_upload_too_large_is_413(make_service: Callable[..., Awaitable[Service]]) -> None:
    """A body over the limit is refused."""
    service = await make_service(upload_limit=1_000)
    status, _ = await service.ask("POST", "/v2/upload", data=bytes(2_000))

    assert status == 413


async def test_faults_strike_the_route_they_name(service: Service) -> None:
    """A limit carries its Retry-After, a refused key is 401, and other routes go on."""
    await service.sim("faults", [{"kind": "rate_limit", "route": "upload", "retry_after": 7}])
    await service.sim("faults", {"kind": "server_error", "route": "create"})
    limited, _ = await service.ask("POST", "/v2/upload", data=NOTE)
    broken, body = await service.order(NOTE)
    fine, _ = await service.order(NOTE)

    assert (limited, broken, fine) == (429, 500, 200)
    assert body == {"error": "Internal Server Error"}
    outcomes = [one["outcome"] for one in (await service.look("requests"))["requests"]]
    assert outcomes == ["fault:rate_limit", "answered", "fault:server_error", "answered", "answered"]


async def test_a_cut_answer_was_done_nevertheless(service: Service) -> None:
    """A connection cut after the work leaves the job behind; one dropped before leaves nothing."""
    await service.sim(
        "faults", [{"kind": "disconnect", "route": "create"}, {"kind": "cut", "route": "create", "after_n": 0}]
    )
    for expected in (0, 1):
        with pytest.raises(ClientError):
            await service.order(NOTE)
        assert len((await service.look("transcripts"))["transcripts"]) == expected


async def test_a_wrong_order_to_the_control_api_is_refused(service: Service) -> None:
    """A kind that this service does not know, or a field nobody reads, is 400."""
    assert (await service.sim("faults", {"kind": "refusal", "route": "poll"}))[0] == 400
    assert (await service.sim("processing", {"minutes": 1}))[0] == 400
