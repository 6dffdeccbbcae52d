"""Pictures as models take them: the type is read from the bytes, never from a name or a header."""

from actors.providers.messages import Image, ImageType

MAXIMUM_BYTES = 7_500_000
"""What stays under ten megabytes once it is base64, the most that a provider takes for one picture."""
_WEBP_MARK_AT = 8


class UnusableImage(ValueError):
    """No model takes this picture; the message says why."""


def read_image(data: bytes) -> Image:
    """The picture with its real type; raises UnusableImage."""
    if len(data) > MAXIMUM_BYTES:
        raise UnusableImage(f"the picture has {len(data)} bytes, at most {MAXIMUM_BYTES} fit")
    media_type = _type_of(data)
    if media_type is None:
        raise UnusableImage("the picture is no JPEG, PNG, GIF or WebP")
    return Image(data, media_type)


def _type_of(data: bytes) -> ImageType | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[_WEBP_MARK_AT:].startswith(b"WEBP"):
        return "image/webp"
    return None
