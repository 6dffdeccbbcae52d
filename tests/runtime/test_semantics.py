"""`docs/semantics.md` and the tests it names."""

import re
from pathlib import Path

from tests.naming import missing, named

DOCUMENT = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
PROMISES = [
    line
    for line in DOCUMENT.splitlines()
    if line.startswith("|") and not re.match(r"\|[-|]+$|\| (Promise|It ends with) ", line)
]


def test_every_promise_names_tests_that_exist() -> None:
    """Each test named in the document is a function of the file that its cell says."""
    assert missing(DOCUMENT) == []


def test_every_promise_has_a_test() -> None:
    """Each row of each table of promises names at least one test in its last column."""
    assert len(PROMISES) > 100
    assert [row for row in PROMISES if not named(row.rstrip("| ").rpartition(" | ")[2])] == []
