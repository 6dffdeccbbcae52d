"""Ogg/Opus as far as this house needs it: a voice note that says what it is told to, and what one says.

The words stand in the comment header (`OpusTags`) as `TRANSCRIPT=...`, their language as `LANGUAGE=...`; any player
plays such a file as silence. Source: RFC 3533 (pages), RFC 7845 (Opus in Ogg).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_RATE = 48_000
_PAGE = struct.Struct("<4sBBqIIIB")
_PRE_SKIP = 312
_SILENCE = b"\xf8\xff\xfe"  # one packet of 20 ms: mono, fullband, nothing in it
_PACKET_SAMPLES = 960
_MOST_LACES = 255
_FIRST, _LAST = 0x02, 0x04


class Recording(NamedTuple):
    """What a stream tells of itself; the duration is in seconds, the words None where there are none."""

    duration_s: float
    words: str | None
    language: str | None


class _Page(NamedTuple):
    granule: int
    laces: bytes
    body: bytes


def read(content: bytes) -> Recording | None:
    """Read an Ogg/Opus file; None for anything else."""
    pages = list(_pages(content))
    packets = list(_packets(pages[:64]))
    if len(packets) < 2 or not packets[0].startswith(b"OpusHead") or not packets[1].startswith(b"OpusTags"):
        return None
    skip = struct.unpack_from("<H", packets[0], 10)[0] if len(packets[0]) >= 12 else 0
    last = max((page.granule for page in pages), default=0)
    comments = _comments(packets[1])
    return Recording(max(0, last - skip) / _RATE, comments.get("TRANSCRIPT"), comments.get("LANGUAGE"))


def voice_note(words: str | None, duration_s: float = 2.0, language: str | None = None) -> bytes:
    """Make a silent Ogg/Opus file of this length that says these words."""
    comments = [f"TRANSCRIPT={words}"] if words is not None else []
    comments += [f"LANGUAGE={language}"] if language is not None else []
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, _PRE_SKIP, _RATE, 0, 0)
    pages = [_page(0, 0, _FIRST, [head]), _page(1, 0, 0, [_tags(comments)])]
    left = round(duration_s * _RATE)
    granule = _PRE_SKIP
    while left > 0:
        packets = min(_MOST_LACES, -(-left // _PACKET_SAMPLES))
        granule += min(left, packets * _PACKET_SAMPLES)
        left -= packets * _PACKET_SAMPLES
        pages.append(_page(len(pages), granule, _LAST if left <= 0 else 0, [_SILENCE] * packets))
    return b"".join(pages)


def _tags(comments: list[str]) -> bytes:
    vendor = b"cornerman sandbox"
    parts = [b"OpusTags", struct.pack("<I", len(vendor)), vendor, struct.pack("<I", len(comments))]
    for comment in comments:
        encoded = comment.encode()
        parts += [struct.pack("<I", len(encoded)), encoded]
    return b"".join(parts)


def _page(number: int, granule: int, flags: int, packets: list[bytes]) -> bytes:
    laces = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    if len(laces) > _MOST_LACES:
        raise ValueError("the comment is too long for one page: about 65,000 bytes fit")
    head = _PAGE.pack(b"OggS", 0, flags, granule, 1, number, 0, len(laces))
    page = head + laces + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    crc = 0
    for byte in page:
        crc = ((crc << 8) & 0xFFFFFFFF) ^ _CRC[(crc >> 24) ^ byte]
    return crc


def _crc_of(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = ((crc << 1) ^ 0x04C11DB7) & 0xFFFFFFFF if crc & 0x80000000 else crc << 1
    return crc


_CRC = tuple(_crc_of(byte) for byte in range(256))


def _pages(content: bytes) -> Iterator[_Page]:
    at = 0
    while at + _PAGE.size <= len(content):
        magic, version, _, granule, _, _, _, count = _PAGE.unpack_from(content, at)
        if magic != b"OggS" or version != 0:
            return
        laces = content[at + _PAGE.size : at + _PAGE.size + count]
        begin = at + _PAGE.size + count
        at = begin + sum(laces)
        if at > len(content):
            return
        yield _Page(granule, laces, content[begin:at])


def _packets(pages: list[_Page]) -> Iterator[bytes]:
    packet = b""
    for page in pages:
        at = 0
        for lace in page.laces:
            packet += page.body[at : at + lace]
            at += lace
            if lace < 255:
                yield packet
                packet = b""


def _comments(tags: bytes) -> dict[str, str]:
    """The comments by name in capitals; those that are cut off or not UTF-8 are passed over."""
    found: dict[str, str] = {}
    try:
        at = 12 + struct.unpack_from("<I", tags, 8)[0]
        count = struct.unpack_from("<I", tags, at)[0]
        at += 4
        for _ in range(min(count, 1_000)):
            length = struct.unpack_from("<I", tags, at)[0]
            name, _, value = tags[at + 4 : at + 4 + length].decode("utf-8", "replace").partition("=")
            found[name.upper()] = value
            at += 4 + length
    except struct.error:
        pass  # a header that ends early says what it says up to there
    return found
