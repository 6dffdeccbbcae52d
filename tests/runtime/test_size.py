"""The runtime stays small enough to be read as a whole."""

import ast
import tokenize
from collections.abc import Iterator
from pathlib import Path

RUNTIME = Path(__file__).parents[2] / "runtime"
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(source: str) -> int:
    """Lines that hold code: blank ones, comments and docstrings do not count."""
    tokens = tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__)
    held = {line for one in tokens if one.type not in NO_CODE for line in range(one.start[0], one.end[0] + 1)}
    return len(held - set(_docstring_lines(ast.parse(source))))


def _docstring_lines(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
                yield from range(first, last + 1)


def test_lines_of_code_are_counted() -> None:
    """A statement over two lines counts twice; what surrounds it does not count."""
    assert (
        code_lines(
            '"""One\n\ntwo."""\n\n# three\nfour = (\n    "five"  # six\n)\n\n\ndef seven() -> None:\n    """Eight."""\n'
        )
        == 4
    )


def test_the_runtime_can_be_read_as_a_whole() -> None:
    """Under 3,000 lines of code in all, and under 450 lines of any kind in each module."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in RUNTIME.glob("*.py")}
    assert len(sources) > 20
    assert sum(map(code_lines, sources.values())) < 3000
    assert {name for name, source in sources.items() if len(source.splitlines()) > 450} == set()
