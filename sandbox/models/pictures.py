"""What the practice model can tell of a picture: its kind, its size, and words that its file carries.

It does not see. A PNG's text chunks, a JPEG's comment or EXIF description and a GIF's comment are read, so that a
picture made for practice can say what it shows.
"""

import base64
import binascii
import re
import struct
import zlib

import msgspec

_DATA_URL = re.compile(r"data:(image/[a-z+.-]+);base64,(.*)", re.DOTALL)
_PNG = b"\x89PNG\r\n\x1a\n"
_WORDS = (b"Description", b"Comment", b"Title")
_EXIF_DESCRIPTION = 0x010E
_JPEG_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_EXIF = b"Exif\0\0"


class BadPicture(ValueError):
    """The bytes are no picture that a provider takes."""


class Picture(msgspec.Struct, frozen=True):
    """A picture in a request; `words` is what its file says of itself, "" where it says nothing."""

    media_type: str
    width: int
    height: int
    words: str = ""

    @property
    def seen(self) -> str:
        """The picture in a phrase."""
        return f"a {self.media_type.removeprefix('image/').upper()} picture of {self.width} by {self.height} pixels"


def from_base64(text: str) -> Picture:
    """Read a picture sent as base64; raises BadPicture."""
    try:
        return read_picture(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise BadPicture("invalid base64 data") from None


def from_data_url(url: str) -> tuple[str, Picture]:
    """The declared type and the picture of a data URL; raises BadPicture."""
    found = _DATA_URL.fullmatch(url)
    if found is None:
        raise BadPicture("the address is no base64 data URL of an image")
    return found.group(1), from_base64(found.group(2))


def read_picture(data: bytes) -> Picture:
    """Read a picture's head; raises BadPicture."""
    try:
        if data.startswith(_PNG):
            width, height = struct.unpack(">II", data[16:24])
            return Picture("image/png", width, height, _png_words(data))
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack("<HH", data[6:10])
            return Picture("image/gif", width, height, _gif_words(data))
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return Picture("image/webp", *_webp_size(data))
    except (struct.error, IndexError, zlib.error):
        raise BadPicture("the picture is cut off") from None
    raise BadPicture("unsupported image format")


def _png_words(data: bytes) -> str:
    at, found = len(_PNG), []
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        keyword, _, rest = content.partition(b"\0")
        if kind == b"tEXt" and keyword in _WORDS:
            found.append(rest.decode("latin-1"))
        elif kind == b"iTXt" and keyword in _WORDS:
            found.append(_international(rest))
        at += 12 + length
    return "\n".join(found)


def _international(rest: bytes) -> str:
    compressed, text = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[2]
    return (zlib.decompress(text) if compressed else text).decode("utf-8", "replace")


def _jpeg(data: bytes) -> Picture:
    at, size, words = 2, (0, 0), []
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        content = data[at + 4 : at + 2 + length]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[1:5])
            size = (width, height)
        elif marker == 0xFE:
            words.append(content.decode("utf-8", "replace"))
        elif marker == 0xE1 and content.startswith(_EXIF):
            words.append(_exif_description(content[len(_EXIF) :]))
        elif marker == 0xDA:
            break
        at += 2 + length
    if size == (0, 0):
        raise BadPicture("the picture is cut off")
    return Picture("image/jpeg", *size, "\n".join(filter(None, words)))


def _exif_description(tiff: bytes) -> str:
    order = "<" if tiff.startswith(b"II") else ">"
    (first,) = struct.unpack(f"{order}I", tiff[4:8])
    (entries,) = struct.unpack(f"{order}H", tiff[first : first + 2])
    for number in range(entries):
        at = first + 2 + number * 12
        tag, _, count = struct.unpack(f"{order}HHI", tiff[at : at + 8])
        if tag == _EXIF_DESCRIPTION:
            (offset,) = struct.unpack(f"{order}I", tiff[at + 8 : at + 12])
            start = at + 8 if count <= 4 else offset
            return tiff[start : start + count].rstrip(b"\0").decode("utf-8", "replace")
    return ""


def _gif_words(data: bytes) -> str:
    at, words = data.find(b"!\xfe"), b""
    if at < 0:
        return ""
    at += 2
    while data[at]:
        words += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return words.decode("utf-8", "replace")


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF
