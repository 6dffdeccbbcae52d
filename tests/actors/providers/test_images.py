"""Promises of read_image."""

import pytest

from actors.providers.images import MAXIMUM_BYTES, UnusableImage, read_image


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    ],
)
def test_the_type_is_read_from_the_bytes(head: bytes, media_type: str) -> None:
    """Whatever its name says."""
    assert read_image(head + b"rest").media_type == media_type


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"RIFF\x00\x00\x00\x00WAVE", b"\xff\xd8\xff" + bytes(MAXIMUM_BYTES)]
)
def test_what_no_model_takes_is_refused(data: bytes) -> None:
    """Unknown types and pictures that are too large, before anything is sent."""
    with pytest.raises(UnusableImage):
        read_image(data)
