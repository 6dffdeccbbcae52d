"""Promises of Secret."""

import json
import pickle

import msgspec
import pytest

from actors.providers.secret import Secret

KEY = "sk-or-v1-canary-0001"


def test_every_way_of_printing_gives_stars() -> None:
    """No conversion to text shows the value."""
    secret = Secret(KEY)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>30}", "%s" % secret, repr([secret]), ascii(secret)]  # noqa: UP031
    assert all(KEY not in text and "***" in text for text in shown)


@pytest.mark.parametrize("encode", [msgspec.json.encode, msgspec.msgpack.encode, json.dumps, pickle.dumps])
def test_serializers_refuse_it(encode: object) -> None:
    """A secret that slips into a message stops the message and is not named in the error."""
    assert callable(encode)
    with pytest.raises(TypeError) as caught:
        encode({"key": Secret(KEY)})
    assert KEY not in str(caught.value)


def test_it_reveals_and_compares() -> None:
    """The value is there for whoever uses it."""
    assert Secret(KEY).reveal() == KEY
    assert Secret(KEY) == Secret(KEY) != Secret("other")
    assert len({Secret(KEY), Secret(KEY)}) == 1
