"""Files from a page: read up to their own limit, and taken for what their bytes are, whatever the page calls them."""

import asyncio
from collections.abc import Callable

import msgspec
from aiohttp import web

from actors.providers import images
from actors.providers.transcription import LARGEST_BYTES

PATIENCE_S = 60.0
_CHUNK = 64 * 1024
_EBML, _OGG = b"\x1a\x45\xdf\xa3", b"OggS"
_BOX_AT = 4


class Unusable(Exception):
    """The file is not taken: an HTTP status and one sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Kind(msgspec.Struct, frozen=True):
    """What may be handed in at one address; `read` gives the real media type, None for anything else."""

    media_types: tuple[str, ...]
    largest: int
    read: Callable[[bytes], str | None]
    told: str


def sound_type(data: bytes) -> str | None:
    """What a browser recorded: WebM, Ogg or MPEG-4, by the container's first bytes."""
    if data.startswith(_EBML):
        return "audio/webm"
    if data.startswith(_OGG):
        return "audio/ogg"
    return "audio/mp4" if data[_BOX_AT:].startswith(b"ftyp") else None


def picture_type(data: bytes) -> str | None:
    """The type of a picture that models take."""
    try:
        return images.read_image(data).media_type
    except images.UnusableImage:
        return None


KINDS = {
    "picture": Kind(
        ("image/jpeg", "image/png", "image/gif", "image/webp"),
        images.MAXIMUM_BYTES,
        picture_type,
        "Send a picture: JPEG, PNG, GIF or WebP.",
    ),
    "sound": Kind(
        ("audio/webm", "audio/mp4", "audio/ogg"),
        LARGEST_BYTES,
        sound_type,
        "Send a recording: WebM, MPEG-4 or Ogg.",
    ),
}


async def received(request: web.Request, kind: Kind) -> tuple[bytes, str]:
    """The file and its real media type; raises Unusable."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            data = await _read(request, kind.largest)
    except TimeoutError:
        raise Unusable(408, "The file took too long to arrive. Try again where the connection is better.") from None
    media_type = kind.read(data)
    if media_type is None:
        raise Unusable(415, kind.told)
    return data, media_type


async def _read(request: web.Request, largest: int) -> bytes:
    data = bytearray()
    if (request.content_length or 0) <= largest:
        async for chunk in request.content.iter_chunked(_CHUNK):
            data += chunk
            if len(data) > largest:
                break
        else:
            return bytes(data)
    raise Unusable(413, f"That file is larger than {largest / 1_000_000:.1f} MB.")
