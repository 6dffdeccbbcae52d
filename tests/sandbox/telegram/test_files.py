"""Files of the emulated Telegram: what a message says about them."""

from sandbox.telegram.archive import Archive
from sandbox.telegram.files import Files
from sandbox.telegram.parameters import Upload
from sandbox.telegram.pictures import blank, size_of


def test_a_photo_comes_in_every_smaller_size() -> None:
    """Ascending, each a file of its own in the picture's proportions; the largest is the picture itself."""
    files = Files(Archive(None))
    picture = blank(1000, 500)
    sizes = files.in_message(files.store("photo", Upload("a.png", picture, "image/png")))["photo"]
    assert [(one["width"], one["height"]) for one in sizes] == [(90, 45), (320, 160), (800, 400), (1000, 500)]
    contents = [files.get(one["file_id"]) for one in sizes]
    assert [size_of(one.content) if one else None for one in contents[:3]] == [(90, 45), (320, 160), (800, 400)]
    assert contents[-1] is not None
    assert contents[-1].content == picture


def test_a_small_photo_comes_alone() -> None:
    """There is nothing smaller to offer."""
    files = Files(Archive(None))
    sizes = files.in_message(files.store("photo", Upload("a.png", blank(60, 80), "image/png")))["photo"]
    assert len(sizes) == 1
