"""The documents of weaknesses name tests that exist, so that none is renamed or dropped without a word."""

from pathlib import Path

import pytest

from tests.naming import missing, named

DECISIONS = Path(__file__).parents[1] / "docs" / "decisions"
DOCUMENTS = ("0060-weaknesses-of-sales-bots.md", "0084-weaknesses-of-mini-apps.md")
TEXTS = [(DECISIONS / name).read_text(encoding="utf-8") for name in DOCUMENTS]
ROWS = [line for text in TEXTS for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("text", TEXTS, ids=DOCUMENTS)
def test_a_named_test_exists(text: str) -> None:
    """In the file that the document says."""
    assert missing(text) == []


def test_every_row_has_a_test_or_a_sentence() -> None:
    """No promise stands there alone."""
    kept = [row.strip("| ").split(" | ")[-1] for row in ROWS]
    assert len(kept) > 125
    assert all(one.strip() for one in kept)
    assert sum(bool(named(one)) for one in kept) > 100


def test_a_test_is_looked_for_in_its_own_file() -> None:
    """One that stands in another file only, in a file that is not there or under no file at all is missing."""
    here, there = "test_promises.py", "runtime/test_semantics.py"
    ours = "test_a_named_test_exists"
    assert missing(f"| x | `{here}::{ours}`, `::test_every_row_has_a_test_or_a_sentence`, `tests/{there}` |") == []
    assert missing(f"`tests/{there}::{ours}`") == [f"tests/{there}::{ours}"]
    assert missing(f"`{here}`, `test_semantics.py::test_every_promise_has_a_test`, `::{ours}`") == [
        f"test_semantics.py::{ours}"
    ]
    assert missing("`test_nothing_of_the_kind.py`") == ["test_nothing_of_the_kind.py::"]
    assert missing(f"| `{here}` | `::{ours}` |") == [f"::{ours}"]
