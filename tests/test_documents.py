"""The documents: what they name exists."""

import re
from pathlib import Path

import pytest

from cornerman import HOME
from tests.naming import missing, named
from webapp_server import OPERATOR_COMMANDS

ROOT = Path(__file__).parents[1]


def rows(document: str) -> list[str]:
    """The rows of every table, without their heads."""
    lines = (ROOT / "docs" / document).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|") and not re.match(r"\| (---|Threat|Address|Command) ", line)]


def test_every_threat_names_the_test_that_watches_its_guard() -> None:
    """Each row of the security document ends with tests that exist, in the file it says."""
    listed = rows("security.md")
    assert len(listed) > 25
    for row in listed:
        assert any(name for _, name in named(row)), row
        assert missing(row) == []


def test_every_operators_command_is_described() -> None:
    """In the table of what an operator can do."""
    described = set(re.findall(r"^\| `cornerman ([a-z-]+)", "\n".join(rows("operations.md")), re.MULTILINE))
    assert described == set(OPERATOR_COMMANDS)


@pytest.mark.parametrize("document", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(document: str) -> None:
    """Each file that a document links to or shows exists."""
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


def test_make_commands_exist() -> None:
    """Each `make x` in the README and the operators' page is a target."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in ("README.md", "docs/operations.md", "docs/security.md"):
        text = (HOME / document).read_text(encoding="utf-8")
        assert set(re.findall(r"(?:`|^)make ([a-z-]+)(?![a-z*-])", text, re.MULTILINE)) <= targets, document


def test_make_help_lists_every_command() -> None:
    """Each target that is no file says in a line what it does, and is phony."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):(?!=)", text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets
    assert set(re.findall(r"^([a-z-]+):.*## \w", text, re.MULTILINE)) == targets
