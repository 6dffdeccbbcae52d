"""Markdown cut at its headings, with the line of each."""

import re

import msgspec

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*")
_FENCE = re.compile(r"\s*(```|~~~)")


class Heading(msgspec.Struct, frozen=True):
    """A heading, the line it stands on, and the text below it down to the next heading."""

    level: int
    title: str
    line: int
    text: str


def headings(markdown: str) -> tuple[Heading, ...]:
    """Every heading of a Markdown text in order; text before the first one is left out, code fences are text."""
    found: list[tuple[int, str, int, list[str]]] = []
    fenced = False
    for number, line in enumerate(markdown.splitlines(), start=1):
        fenced ^= bool(_FENCE.match(line))
        match = None if fenced else _HEADING.fullmatch(line)
        if match:
            found.append((len(match[1]), match[2], number, []))
        elif found:
            found[-1][3].append(line)
    return tuple(Heading(level, title, line, "\n".join(text).strip()) for level, title, line, text in found)


def slug(title: str) -> str:
    """The id of a heading: its letters and digits in lower case, joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", title.casefold()))
