"""The tests that a document names: `file.py::name`, and `::name` for another one of the file named last in its cell."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
_NAMED = re.compile(r"((?:\w+/)*test_\w+\.py)(?:::(test_\w+))?|::(test_\w+)")


def named(cell: str) -> list[tuple[str, str]]:
    """Each test as its file and its name; the name of a file alone is ""; so is a file where none was named before."""
    file, found = "", []
    for one in _NAMED.finditer(cell):
        file = one[1] or file
        found.append((file, one[2] or one[3] or ""))
    return found


def missing(text: str) -> list[str]:
    """What is named in the cells of these lines and does not stand in the file that is said."""
    cells = [cell for line in text.splitlines() for cell in line.split(" | ")]
    return [f"{file}::{name}" for cell in cells for file, name in named(cell) if not _exists(file, name)]


def _exists(file: str, name: str) -> bool:
    paths = _paths(file)
    return bool(paths) and (not name or any(name in _tests(path) for path in paths))


@cache
def _paths(file: str) -> tuple[Path, ...]:
    """The files meant: one by its path, or each of that name."""
    if "/" in file:
        return tuple(path for path in (TESTS.parent / file,) if path.is_file())
    return tuple(TESTS.rglob(file)) if file else ()


@cache
def _tests(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
