import ast

import pytest

from tests.coaching.samples import ROOT

IMPURE = {"aiohttp", "asyncio", "httpx", "io", "logging", "os", "pathlib", "random", "socket", "structlog"}
IMPURE |= {"subprocess", "sqlite3", "tempfile", "threading", "time"}


@pytest.mark.parametrize("module", sorted((ROOT / "coaching").glob("*.py")), ids=lambda path: path.stem)
def test_module_does_no_io_and_has_no_clock(module: object) -> None:
    """Nothing in the coaching room reads a file, a clock or chance: the same input gives the same output."""
    tree = ast.parse((ROOT / str(module)).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not IMPURE & {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in IMPURE
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input"}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"now", "today", "utcnow"}
