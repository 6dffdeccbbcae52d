"""A prospect in pictures: sent as a photo, as a file or as an album, read once and worked on as any other."""

import struct
import zlib
from pathlib import Path

from aiohttp import FormData

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep


def png(words: str) -> bytes:
    """A small picture whose file says what it shows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\xff" * 6 + b"\0" + b"\xff" * 6)
    said = b"Description\0" + words.encode("latin-1")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", said) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


async def send(coach: Coach, kind: str, data: bytes, caption: str = "", rep_id: int = 7, **more: str) -> None:
    """Send a file as the chat page does."""
    form = FormData()
    form.add_field("file", data, filename="prospect.png", content_type="image/png")
    for name, value in ({"caption": caption} | more).items():
        if value:
            form.add_field(name, value)
    async with coach.http.post(f"{coach.telegram.url}/sim/users/{rep_id}/{kind}", data=form) as answer:
        assert answer.status == 200, await answer.text()


async def test_a_prospect_in_pictures_is_read_and_answered(tmp_path: Path) -> None:
    """A photo, a picture as a file: each becomes a lead by what stands in it; what is no picture is said so."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await send(coach, "photo", png(PROSPECT), caption="What do I write her?")
        await anna.hears_drafts(1)
        assert any("Maria Keller" in text for text in await anna.heard())
        await anna.writes("/support")
        await anna.hears("Paste the prospect")
        await send(coach, "document", png(PROSPECT.replace("Maria Keller", "Tom Berger")))
        await anna.hears_drafts(2)
        assert any("Tom Berger" in text for text in await anna.heard())
        await coach.settled()
        rows = coach.recorded("select input_type, prospect_name from lead_registry order by created_at")
        assert rows == [("photo", "Maria Keller"), ("photo", "Tom Berger")]
        await anna.writes("/support")
        await send(coach, "photo", b"no picture at all")
        await anna.hears("I cannot open that picture")
