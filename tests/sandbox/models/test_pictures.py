"""What the practice model can tell of pictures, and what both emulators refuse."""

import base64
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.models import Running
from sandbox.models.coach import Question, Turn, answer
from sandbox.models.pictures import BadPicture, read_picture
from tests.sandbox.models.conftest import CLAUDE_KEY, ROUTER_KEY

SEEING, BLIND = "anthropic/claude-haiku-5.5", "openai/gpt-oss-120b"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int = 2, height: int = 3, *texts: tuple[bytes, bytes]) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(_chunk(*text) for text in texts) + _chunk(b"IEND", b"")


def jpeg(width: int, height: int, *segments: tuple[int, bytes]) -> bytes:
    parts = [*segments, (0xC0, struct.pack(">BHHB", 8, height, width, 3))]
    body = b"".join(bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data for marker, data in parts)
    return b"\xff\xd8" + body + b"\xff\xd9"


def exif(text: bytes) -> bytes:
    entry = struct.pack("<HHII", 0x010E, 2, len(text), 26)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + struct.pack("<I", 0) + text


@pytest.mark.parametrize(
    ("data", "seen", "words"),
    [
        (png(), "a PNG picture of 2 by 3 pixels", ""),
        (png(2, 3, (b"tEXt", b"Description\0Anna Keller")), "a PNG picture of 2 by 3 pixels", "Anna Keller"),
        (png(2, 3, (b"iTXt", b"Comment\0\0\0\0\0Jos\xc3\xa9")), "a PNG picture of 2 by 3 pixels", "José"),
        (png(2, 3, (b"iTXt", b"Title\0\1\0\0\0" + zlib.compress(b"Z"))), "a PNG picture of 2 by 3 pixels", "Z"),
        (jpeg(640, 480, (0xFE, b"a comment")), "a JPEG picture of 640 by 480 pixels", "a comment"),
        (jpeg(64, 48, (0xE1, exif(b"from EXIF\0"))), "a JPEG picture of 64 by 48 pixels", "from EXIF"),
        (b"GIF89a\x05\x00\x06\x00\x00\x00\x00!\xfe\x02hi\x00;", "a GIF picture of 5 by 6 pixels", "hi"),
        (b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x07\0\0\x08\0\0", "a WEBP picture of 8 by 9 pixels", ""),
    ],
)
def test_kind_size_and_words_are_read(data: bytes, seen: str, words: str) -> None:
    """Of every kind that providers take."""
    picture = read_picture(data)
    assert (picture.seen, picture.words) == (seen, words)


@pytest.mark.parametrize("data", [b"", b"%PDF", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x02", b"GIF89a"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Unknown kinds and files that are cut off."""
    with pytest.raises(BadPicture):
        read_picture(data)


def test_the_model_says_that_it_cannot_see() -> None:
    """Kind and size are told, words of the file are read like the rest, and nothing is made up."""
    plain = answer(Question("", (Turn("user", "Who?", (read_picture(png()),)),), None))
    assert plain.startswith("I got a PNG picture of 2 by 3 pixels. The offline practice model cannot see pictures.")
    told = read_picture(png(2, 3, (b"tEXt", b"Description\0Anna Keller, CFO at Brandt GmbH, says: too expensive.")))
    schema = {
        "type": "object",
        "properties": {"visible_text": {"type": "string"}, "last_name": {"type": "string"}},
        "required": ["visible_text", "last_name"],
    }
    said = answer(Question("", (Turn("user", "", (told,)),), schema))
    assert "too expensive" in said
    assert '"last_name": "Keller"' in said


def _router(content: list[dict[str, Any]], model: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    body = {"model": model, "messages": [{"role": "user", "content": content}]}
    return "/api/v1/chat/completions", {"Authorization": f"Bearer {ROUTER_KEY}"}, body


def _claude(content: list[dict[str, Any]]) -> tuple[str, dict[str, str], dict[str, Any]]:
    headers = {"x-api-key": CLAUDE_KEY, "anthropic-version": "2026-10-21"}
    body = {"model": "claude-haiku-5-5", "max_tokens": 900, "messages": [{"role": "user", "content": content}]}
    return "/v1/messages", headers, body


def _url(data: bytes, declared: str = "image/png") -> list[dict[str, Any]]:
    address = f"data:{declared};base64,{base64.b64encode(data).decode()}"
    return [{"type": "image_url", "image_url": {"url": address}}, {"type": "text", "text": "Who?"}]


def _block(data: bytes, declared: str = "image/png") -> list[dict[str, Any]]:
    source = {"type": "base64", "media_type": declared, "data": base64.b64encode(data).decode()}
    return [{"type": "image", "source": source}, {"type": "text", "text": "Who?"}]


@pytest.mark.parametrize(
    ("make", "status", "found"),
    [
        (lambda: _router(_url(png()), SEEING), 200, "2 by 3 pixels"),
        (lambda: _router(_url(png()), BLIND), 404, "No endpoints found that support image input"),
        (lambda: _router(_url(png(), "image/jpeg"), SEEING), 400, "unsupported_image_format"),
        (lambda: _router(_url(b"nothing"), SEEING), 400, "invalid_image"),
        (lambda: _claude(_block(png())), 200, "2 by 3 pixels"),
        (lambda: _claude(_block(png(), "image/webp")), 400, "does not match the provided media type"),
        (lambda: _claude(_block(b"nothing")), 400, "Could not process image"),
        (lambda: _claude(_block(png(9000, 3))), 400, "8000 pixels"),
    ],
)
async def test_both_emulators_are_as_strict_as_the_real_ones(
    server: Running,
    session: ClientSession,
    make: Callable[[], tuple[str, dict[str, str], dict[str, Any]]],
    status: int,
    found: str,
) -> None:
    """A blind model, a wrong type, broken data and a huge edge are refused in the provider's own words."""
    path, headers, body = make()
    async with session.post(f"{server.url}{path}", headers=headers, json=body) as reply:
        assert (reply.status, found in await reply.text()) == (status, True)


@pytest.mark.parametrize("streamed", [False, True])
async def test_searches_cite_pages_that_belong_to_nobody(
    server: Running, session: ClientSession, streamed: bool
) -> None:
    """Both providers' forms, whole and streamed; the answer says that nothing was searched."""
    content = [{"type": "text", "text": "Anna Keller, CFO at Brandt GmbH"}]
    path, headers, body = _router(content, BLIND)
    body |= {"tools": [{"type": "openrouter:web_search", "parameters": {"max_results": 3}}], "stream": streamed}
    async with session.post(f"{server.url}{path}", headers=headers, json=body) as reply:
        text = await reply.text()
    assert reply.status == 200, text
    assert "url_citation" in text
    assert "https://example.com/companies/" in text
    path, headers, body = _claude(content)
    tool = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}
    body |= {"tools": [tool], "stream": streamed}
    async with session.post(f"{server.url}{path}", headers=headers, json=body) as reply:
        text = await reply.text()
    assert reply.status == 200, text
    assert "web_search_result_location" in text
    assert '"web_search_requests": 1' in text
    form = {
        "format": {"type": "json_schema", "schema": {"type": "object", "properties": {}, "additionalProperties": False}}
    }
    async with session.post(f"{server.url}{path}", headers=headers, json=body | {"output_config": form}) as reply:
        assert reply.status == 400
