"""`docs/semantics.md` and the tests it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_promise_names_tests_that_exist() -> None:
    """Each test named in the document is a function or module under tests."""
    document = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<=::)test_\w+", document))
    files = list((ROOT / "tests").rglob("test_*.py"))
    existing = set(re.findall(r"def (test_\w+)", "".join(path.read_text(encoding="utf-8") for path in files)))
    assert len(named) > 30
    assert named <= existing
    assert set(re.findall(r"test_\w+\.py", document)) <= {path.name for path in files}


def test_every_promise_has_a_test() -> None:
    """Each row of each table of promises names at least one test in its last column."""
    document = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    rows = [line for line in document.splitlines() if line.startswith("|")]
    promises = [row for row in rows if not re.match(r"\|[-|]+$|\| (Promise|It ends with) ", row)]
    assert len(promises) > 40
    assert [row for row in promises if not re.search(r"test_\w+(\.py)?`", row.rstrip("| ").rpartition(" | ")[2])] == []
