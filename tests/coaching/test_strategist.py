import msgspec
import pytest

from coaching.strategist import CasebookMatch, StrategistOutput, prospect_name, tidied
from tests.coaching.samples import output


def test_round_trip() -> None:
    """An answer survives JSON unchanged."""
    encoded = msgspec.json.encode(output())
    assert msgspec.json.decode(encoded, type=StrategistOutput) == output()


def test_keys_are_those_of_the_specification() -> None:
    """The answer has exactly the specified top-level keys, in the order of reading."""
    keys = ["prospect_info", "analysis", "strategy", "engagement_tactics", "draft", "casebook_match"]
    assert list(msgspec.to_builtins(output())) == keys


@pytest.mark.parametrize("path", [(), ("draft",), ("strategy", "steps", 0)])
def test_unknown_key_is_refused(path: tuple[str | int, ...]) -> None:
    """A key nobody asked for makes the answer undecodable, at any depth."""
    answer = msgspec.to_builtins(output())
    place = answer
    for part in path:
        place = list(place[part]) if isinstance(place[part], tuple) else place[part]
    if path[-1:] == (0,):
        answer["strategy"]["steps"] = [{"principle": "a", "detail": "b", "extra": 1}]
    else:
        place["extra"] = 1
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(msgspec.json.encode(answer), type=StrategistOutput)


def test_absent_part_is_refused_and_absent_null_is_forgiven() -> None:
    """Only fields that may be null may be absent."""
    answer = msgspec.to_builtins(output())
    del answer["prospect_info"]["geography"]
    assert msgspec.convert(answer, StrategistOutput).prospect_info.geography is None
    del answer["analysis"]["key_concern"]
    with pytest.raises(msgspec.ValidationError, match="key_concern"):
        msgspec.convert(answer, StrategistOutput)


def test_empty_draft_is_refused() -> None:
    """An answer without a message is no answer."""
    answer = msgspec.to_builtins(output())
    answer["draft"]["message"] = ""
    with pytest.raises(msgspec.ValidationError, match="message"):
        msgspec.convert(answer, StrategistOutput)


def test_tidied_counts_words_and_turns_words_for_unknown_into_null() -> None:
    """What code can know, code decides: word count, unknown identity, a match without a case."""
    raw = msgspec.structs.replace(
        output(first="N/A", last="(unknown)", company=" Not specified "), casebook_match=CasebookMatch(True, 0.9, None)
    )
    clean = tidied(raw)
    assert clean.draft.word_count == 7
    assert (clean.prospect_info.first_name, clean.prospect_info.last_name, clean.prospect_info.company) == (None,) * 3
    assert clean.casebook_match == CasebookMatch(found=False)
    assert prospect_name(clean) is None


def test_tidied_keeps_a_match_with_its_case() -> None:
    """A match that names a case stays."""
    match = CasebookMatch(True, 0.8, "case-1")
    assert tidied(msgspec.structs.replace(output(), casebook_match=match)).casebook_match == match


def test_tidied_keeps_the_lines_of_a_comment() -> None:
    """A real comment stays as written, a word for none becomes null."""
    for written, kept in (("One.\n\nTwo.", "One.\n\nTwo."), ("None", None)):
        tactics = msgspec.structs.replace(output().engagement_tactics, comment_suggestion=written)
        answer = msgspec.structs.replace(output(), engagement_tactics=tactics)
        assert tidied(answer).engagement_tactics.comment_suggestion == kept
