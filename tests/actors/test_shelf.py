"""Prompts, pipelines and data are read again when they change; what is broken is named and the former stays."""

import os
import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from actors.library import LibraryError
from actors.shelf import LOOK_EVERY_S, Shelf
from tests.coaching.samples import ROOT


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the shipped files."""
    for folder in ("prompts", "pipelines", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def change(path: Path, before: str, after: str) -> None:
    """Edit a file so that its time of change differs, however coarse the file system's clock is."""
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    os.utime(path, ns=(path.stat().st_mtime_ns, path.stat().st_mtime_ns + 1_000_000_000))


def test_a_change_is_taken_up_within_seconds(home: Path) -> None:
    """Not looked for at every turn, and not missed either."""
    clock = Clock()
    shelf = Shelf(home, clock=clock)
    before = shelf.library
    change(home / "data" / "playbook.md", "## Discovery before demo", "## Discovery comes first")
    assert shelf.library is before
    clock.now = LOOK_EVERY_S
    with capture_logs() as logs:
        _ = shelf.library
    assert [entry["event"] for entry in logs] == ["library_reloaded"]
    assert "Discovery comes first" in {section.title for section in shelf.library.playbook.sections}
    assert "Discovery comes first" in shelf.library.knowledge
    assert shelf.problems == ()


def test_an_unchanged_library_stays_the_same_object(home: Path) -> None:
    """Nothing is read again without need."""
    clock = Clock()
    shelf = Shelf(home, clock=clock)
    before = shelf.library
    clock.now = LOOK_EVERY_S
    assert shelf.library is before


def test_a_broken_file_leaves_the_former_library_and_is_named(home: Path) -> None:
    """File, line and reason; repaired, it is taken up."""
    clock = Clock()
    shelf = Shelf(home, clock=clock)
    before = shelf.library
    change(home / "data" / "scenarios.yaml", "weight: 35", "weight: 36")
    clock.now = LOOK_EVERY_S
    with capture_logs() as logs:
        assert shelf.library is before
        assert shelf.library is before
    assert [entry["event"] for entry in logs] == ["library_broken"]
    assert any("scenarios.yaml" in problem and "sum to 101" in problem for problem in shelf.problems)
    change(home / "data" / "scenarios.yaml", "weight: 36", "weight: 35")
    clock.now = 2 * LOOK_EVERY_S
    with capture_logs():
        assert shelf.library is not before
    assert shelf.problems == ()


def test_a_missing_file_stops_the_start_with_every_problem(home: Path) -> None:
    """Each missing or broken file is named at once."""
    (home / "data" / "company.md").unlink()
    (home / "data" / "playbook.md").write_bytes(b"\xff\xfe")
    with pytest.raises(LibraryError) as refused:
        Shelf(home)
    assert refused.value.problems == ["data/playbook.md is not UTF-8 text.", "data/company.md is missing."]
