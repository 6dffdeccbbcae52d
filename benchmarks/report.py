"""Puts a benchmark's numbers into docs/benchmarks.md and its plot beside it."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "benchmarks.md"
_TITLE = "# Benchmarks\n\nEach section is written by the command it names.\n"
_WIDTH, _HEIGHT, _MARGIN = 720, 220, 44
_LINE = 120
_AS_IT_IS = ("|", "#", "!", "<", "```")
_ITEM = "- "


def machine() -> str:
    """Where the numbers were taken, in a phrase."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def command(target: str) -> str:
    """What repeats this run: the Makefile's target with the arguments that were given."""
    given = " ".join(sys.argv[1:])
    return f'make {target} ARGS="{given}"' if given else f"make {target}"


def wrapped(text: str) -> str:
    """The text with its prose and lists in lines of 120 characters at most, however long their numbers are."""
    return "\n\n".join(_wrapped(block) for block in text.strip().split("\n\n"))


def _wrapped(block: str) -> str:
    """One paragraph or list; tables, headings and pictures stay as they are."""
    if block.startswith(_AS_IT_IS):
        head, _, rest = block.partition("\n")
        return f"{head}\n{_wrapped(rest)}" if head.startswith("#") and rest else block
    parts = re.split(rf"\n(?={_ITEM})", block)
    return "\n".join(_filled(" ".join(part.split())) for part in parts)


def _filled(line: str) -> str:
    indent = " " * len(_ITEM) if line.startswith(_ITEM) else ""
    kept = line.replace(" %", "\u00a0%")  # a number and its sign stay together
    lines = fill(kept, _LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return lines.replace("\u00a0%", " %")


def write_section(name: str, text: str, path: Path = PAGE) -> None:
    """Replace the section of this name in the page, or add it at the end; its lines are wrapped."""
    page = path.read_text(encoding="utf-8") if path.exists() else _TITLE
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    section = f"{begin}\n{wrapped(text)}\n{end}"
    if begin in page:
        before, _, rest = page.partition(begin)
        page = before + section + rest.partition(end)[2]
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    path.write_text(page, encoding="utf-8")


def write_bars(name: str, title: str, labels: Sequence[str], values: Sequence[float], line: float, said: str) -> str:
    """Draw bars with one line across them as SVG; gives its address from the page."""
    top = max([*values, line]) * 1.1
    step = (_WIDTH - 2 * _MARGIN) / len(values)

    def y(value: float) -> float:
        return _HEIGHT - _MARGIN - value / top * (_HEIGHT - 2 * _MARGIN)

    bars = "".join(
        f'<rect x="{_MARGIN + at * step + 1:.1f}" y="{y(value):.1f}" width="{step - 2:.1f}"'
        f' height="{_HEIGHT - _MARGIN - y(value):.1f}" fill="#3b6ea5"/>'
        for at, value in enumerate(values)
    )
    every = max(1, len(labels) // 12)
    marks = "".join(
        f'<text x="{_MARGIN + (at + 0.5) * step:.1f}" y="{_HEIGHT - _MARGIN + 16}" text-anchor="middle">{label}</text>'
        for at, label in enumerate(labels)
        if at % every == 0
    )
    across = (
        f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{y(line):.1f}" y2="{y(line):.1f}" stroke="#b3452c"'
        f' stroke-dasharray="6 4"/><text x="{_WIDTH - _MARGIN}" y="{y(line) - 5:.1f}" text-anchor="end"'
        f' fill="#b3452c">{said}</text>'
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        f' font-size="11"><rect width="100%" height="100%" fill="white"/><text x="{_MARGIN}" y="20"'
        f' font-size="13">{title}</text>{bars}{across}{marks}</svg>\n'
    )
    path = DOCS / "pictures" / f"{name}.svg"
    path.parent.mkdir(exist_ok=True)
    path.write_text(svg, encoding="utf-8")
    return f"pictures/{name}.svg"
