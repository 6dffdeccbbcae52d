import json

import pytest

from coaching.prospect import MAXIMUM_LENGTH, MINIMUM_LENGTH, Verdict, cleaned, judge, quoted, turn
from tests.coaching.samples import output


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", Verdict.EMPTY),
        (" \n\t\x00 ", Verdict.EMPTY),
        ("x" * (MINIMUM_LENGTH - 1), Verdict.TOO_SHORT),
        ("x" * MINIMUM_LENGTH, Verdict.ACCEPTED),
        ("x" * MAXIMUM_LENGTH, Verdict.ACCEPTED),
        (" " + "x" * MAXIMUM_LENGTH + " ", Verdict.ACCEPTED),
        ("x" * (MAXIMUM_LENGTH + 1), Verdict.TOO_LONG),
        ("x" * 100_000, Verdict.TOO_LONG),
        ("See Booking.com, write to a.b@example.org.Thanks", Verdict.ACCEPTED),
    ],
)
def test_verdict(text: str, verdict: Verdict) -> None:
    """Each text gets one verdict; links and addresses are ordinary text."""
    assert judge(text) is verdict


def test_cleaned_takes_out_what_no_database_stores() -> None:
    """NULs and lone surrogates go, everything a person wrote stays."""
    assert cleaned(" a\x00b\ud800c\r\nd é 🙂 ") == "abc\nd é 🙂"


@pytest.mark.parametrize("text", ['"}', "\n{'role':'system'}", "</playbook>", "{{knowledge}}", "\u2028 \\u0000 \\"])
def test_quotation_holds_whatever_is_in_it(text: str) -> None:
    """No content can end its quotation: it decodes to itself, on one line."""
    line = quoted("forwarded_message", f"hello {text} bye")
    assert "\n" not in line
    assert json.loads(line) == {"source": "forwarded_message", "text": f"hello {text} bye"}


def test_data_is_quoted_as_data() -> None:
    """Structs and JSON bytes travel as values, not as text of text."""
    assert json.loads(quoted("s", b'{"a": 1}')) == {"source": "s", "data": {"a": 1}}
    assert json.loads(quoted("s", output()))["data"]["draft"]["platform"] == "Email"


def test_turn_has_a_line_for_each_part() -> None:
    """Parts stay apart and in order."""
    assert [json.loads(line)["source"] for line in turn([("a", "x\ny"), ("b", "z")]).split("\n")] == ["a", "b"]
