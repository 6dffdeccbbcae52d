"""Promises of the event splitter."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.providers.sse import ServerEvent, Splitter

WHOLE = (
    '\ufeffdata: {"a":"grün, 🥊"}\r\n\r\n'
    ": OPENROUTER PROCESSING\n\n"
    "event: message_delta\ndata: one\ndata: two\n\n"
    "data:no space\r\r"
    "id: 7\nretry: 3\n\n"
    "data: [DONE]\n\n"
)
EVENTS = [
    ServerEvent("message", '{"a":"grün, 🥊"}'),
    ServerEvent("message_delta", "one\ntwo"),
    ServerEvent("message", "no space"),
    ServerEvent("message", "[DONE]"),
]


def split(*chunks: bytes) -> list[ServerEvent]:
    splitter = Splitter()
    return [event for chunk in chunks for event in splitter.feed(chunk)]


def test_line_ends_bom_comments_names_and_several_data_lines() -> None:
    """All of the standard that providers use."""
    assert split(WHOLE.encode()) == EVENTS


def test_byte_by_byte_gives_the_same_events() -> None:
    """Characters and line ends may be cut anywhere."""
    assert split(*(bytes([byte]) for byte in WHOLE.encode())) == EVENTS


@given(st.lists(st.integers(min_value=0, max_value=len(WHOLE.encode())), max_size=6))
def test_any_cut_gives_the_same_events(cuts: list[int]) -> None:
    """Where the network cuts makes no difference."""
    raw, edges = WHOLE.encode(), sorted({0, len(WHOLE.encode()), *cuts})
    assert split(*(raw[start:end] for start, end in pairwise(edges))) == EVENTS


@pytest.mark.parametrize("tail", [b"data: half", b"data: whole line\n", b"event: x\n"])
def test_an_event_cut_off_by_the_end_is_not_given(tail: bytes) -> None:
    """Without its blank line an event never happened."""
    assert split(b"data: 1\n\n", tail) == [ServerEvent("message", "1")]
