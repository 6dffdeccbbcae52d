import json
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.partial import readable
from tests.coaching.samples import output

WHOLE = msgspec.json.encode(output()).decode()
PARTS = ("prospect_info", "analysis", "strategy", "engagement_tactics", "draft", "casebook_match")


def test_whole_answer_is_complete_and_reads_in_order() -> None:
    """Every section done; the words of the answer, without what is only bookkeeping."""
    complete, preview = readable(WHOLE)
    assert complete == PARTS
    words = preview.split("\n\n")
    assert words[0] == "champion"
    assert words[-1] == "Hello Ms Oberlin, how many jobs waited?"
    assert not {"Marit", "Email", "moderate", "Objection: the price"} & set(words)


def test_every_prefix_grows_into_the_next() -> None:
    """While an answer streams in, sections only get added and the preview only gets longer."""
    before: tuple[tuple[str, ...], str] = ((), "")
    for end in range(len(WHOLE) + 1):
        now = readable(WHOLE[:end])
        assert now[0][: len(before[0])] == before[0]
        assert len(now[1]) >= len(before[1])
        before = now


def test_section_is_complete_only_after_its_last_brace() -> None:
    """A section whose end has not come is not called done."""
    text = '{"analysis": {"key_concern": "x"'
    assert readable(text) == ((), "x")
    assert readable(text + "}") == ((), "x")
    assert readable(text + "},") == (("analysis",), "x")
    assert readable(text + "}}") == (("analysis",), "x")


@pytest.mark.parametrize(
    ("text", "preview"),
    [
        ('{"a": "half a sent', "half a sent"),
        ('{"a": "say \\"hi', 'say "hi'),
        ('{"a": "line\\', "line"),
        ('{"a": "caf\\u00', "caf"),
        ('{"a": "caf\\u00e9', "café"),
        ('{"a": "smile \\ud83d', "smile"),
        ('{"a": "smile \\ud83d\\ude42', "smile 🙂"),
        ('{"a": "brace } and , inside', "brace } and , inside"),
        ('{"a": ["one", "tw', "one\n\ntw"),
        ('{"half_a_ke', ""),
        ('{"word_count": "12", "a": "b', "b"),
        ('Sure! Here it is:\n```json\n{"a": "b"}\n``` {"c": "d"}', "b"),
        ("no json at all", ""),
        ("", ""),
        ("[1, 2", ""),
        ('{"a": null, "b": 3, "c": true', ""),
    ],
)
def test_preview(text: str, preview: str) -> None:
    """Half-written text reads as far as it can be read."""
    assert readable(text)[1] == preview


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    """Nothing a model may stream raises."""
    readable(text)
    readable('{"a": "' + text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_object_is_complete(value: object) -> None:
    """Whatever the value of a section, it is found complete at its end."""
    assert readable(json.dumps({"first": value, "second": 1}))[0] == ("first", "second")


@pytest.mark.parametrize(
    "text", ['{"a":"' + "x\\n" * 200_000, "{" * 400_000, '{"a":["' + 'b","' * 100_000, '{"a":' * 80_000]
)
def test_long_text_takes_linear_time(text: str) -> None:
    """A runaway answer is read in well under a second per 100 kB, whatever its shape."""
    started = time.perf_counter()
    readable(text)
    assert time.perf_counter() - started < 5
