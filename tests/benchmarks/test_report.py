"""What a benchmark writes into the page."""

from pathlib import Path

import pytest

from benchmarks.report import command, wrapped, write_section

LONG = "words " * 40
TABLE = f"| a | b |\n|---|---|\n| {LONG} | 1 |"


def test_prose_and_lists_are_wrapped() -> None:
    """To 120 characters; tables, headings and pictures stay as they are."""
    text = f"## Head\n\n{LONG}\nand more.\n\n- **1**: {LONG}\n- two\n  halves\n\n{TABLE}\n\n![A picture](of {LONG})"
    made = wrapped(text)
    assert made.split() == text.split()
    assert max(len(line) for line in made.splitlines() if line[:1] not in ("|", "!")) <= 120
    assert TABLE in made
    assert "\n  words" in made
    assert "\n- two halves\n" in made
    assert wrapped(made) == made


def test_a_section_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """What stands around it stays; the first one is added at the end."""
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n<!-- begin other -->\nx\n<!-- end other -->\n")
    before = page.read_text()
    write_section("ours", "old", page)
    write_section("ours", "new", page)
    assert page.read_text() == f"{before}\n<!-- begin ours -->\nnew\n<!-- end ours -->\n"


def test_a_run_says_how_to_repeat_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the arguments that it was given."""
    monkeypatch.setattr("sys.argv", ["x"])
    assert command("bench-system") == "make bench-system"
    monkeypatch.setattr("sys.argv", ["x", "--turns", "300"])
    assert command("bench-system") == 'make bench-system ARGS="--turns 300"'
