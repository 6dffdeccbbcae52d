"""Promises of reading a model's answer."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from actors.providers.answers import Undecodable, read_answer, repair_turn


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mood: Literal["calm", "urgent"]
    score: Annotated[int, Meta(ge=0, le=100)]
    steps: tuple[str, ...] = ()


GOOD = '{"mood":"calm","score":7,"steps":["call"]}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"<think>maybe {{}} or so</think>\nHere you are:\n{GOOD}\nGood luck!",
        '{"mood": "Calm", "score": 7, "steps": ["call",],}',
        '{mood: "CALM", "score": 7, "steps": ["call"]',
    ],
)
def test_small_slips_are_forgiven(text: str) -> None:
    """Fences, thoughts, remarks, trailing commas, a missing bracket and capital letters cost no second call."""
    assert read_answer(text, Verdict) == GOOD


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("I would rather talk about the weather.", "$"),
        ("", "$"),
        ("[1, 2]", "$"),
        ('{"mood":"calm","score":101}', "$.score"),
        ('{"mood":"angry","score":1}', "$.mood"),
        ('{"mood":"calm"}', "$"),
    ],
)
def test_what_does_not_fit_is_an_error_with_its_place(text: str, path: str) -> None:
    """Prose and wrong values are never a success."""
    with pytest.raises(Undecodable) as caught:
        read_answer(text, Verdict)
    assert caught.value.path == path


def test_a_cut_answer_is_not_closed_to_look_whole() -> None:
    """Only what is whole in spite of the cut counts."""
    assert read_answer(GOOD, Verdict, truncated=True) == GOOD
    with pytest.raises(Undecodable):
        read_answer('{"mood":"calm","score":7,"steps":["call","wri', Verdict, truncated=True)


def test_the_repair_quotes_the_decoder() -> None:
    """The model is told what was wrong, and when it was cut off."""
    error = Undecodable("Expected `int` <= 100 - at `$.score`")
    assert "$.score" in repair_turn(error, truncated=False)
    assert "cut off" in repair_turn(error, truncated=True)
