import struct

import pytest

from sandbox.speech.ogg import Recording, read, voice_note


@pytest.mark.parametrize("duration_s", [0.02, 0.5, 5.1, 61.0])
def test_a_note_says_its_words_and_its_length(duration_s: float) -> None:
    """What is put into a note comes out of it, the length exactly, however many pages it takes."""
    recording = read(voice_note("Grüß Gott, too expensive.", duration_s, "de"))

    assert recording is not None
    assert recording.words == "Grüß Gott, too expensive."
    assert recording.language == "de"
    assert recording.duration_s == pytest.approx(duration_s, abs=1e-4)


def test_a_note_without_words_is_silence() -> None:
    """A stream without the comment has a length and no words."""
    assert read(voice_note(None, 3.0)) == Recording(3.0, None, None)


def test_long_words_span_many_laces() -> None:
    """A comment longer than one lace of a page is read whole."""
    words = "budget " * 3_000
    recording = read(voice_note(words))

    assert recording is not None
    assert recording.words == words


@pytest.mark.parametrize("content", [b"", b"OggS", b"ID3\x04 not ogg at all", voice_note("x")[:40]])
def test_anything_else_is_no_recording(content: bytes) -> None:
    """Bytes that are no whole Ogg/Opus header give nothing and no error."""
    assert read(content) is None


def test_pages_carry_their_checksum() -> None:
    """Every page's checksum is that of RFC 3533, so that real players take the file."""
    page = voice_note("x", 0.02)
    first = page[: 28 + page[27]]
    blank = first[:22] + bytes(4) + first[26:]
    crc = 0
    for byte in blank:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7) & 0xFFFFFFFF if crc & 0x80000000 else crc << 1

    assert struct.unpack("<I", first[22:26])[0] == crc
