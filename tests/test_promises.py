"""The documents of weaknesses name tests that exist, so that none is renamed or dropped without a word."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("0060-weaknesses-of-sales-bots.md", "0084-weaknesses-of-mini-apps.md")
TEXT = "\n".join((ROOT / "docs" / "decisions" / name).read_text() for name in DOCUMENTS)
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path: str, name: str) -> None:
    """In the file that the document says."""
    assert name in _tests(path)


def test_every_row_has_a_test_or_a_sentence() -> None:
    """No promise stands there alone."""
    kept = [row.strip("| ").split(" | ")[-1] for row in ROWS]
    assert len(kept) > 125
    assert all(one.strip() for one in kept)
