"""The page's texts: every id that a screen asks for is in the catalogue, and none is there for nobody."""

import re
from collections.abc import Iterator

from tests.system.coach import HOME

SOURCE = HOME / "webapp_server" / "miniapp" / "src"
_ASKED = re.compile(r"""\bt\((?:"([\w-]+)"|`([^`]+)`|[^"`]*?\? "([\w-]+)" : "([\w-]+)")""")
_NAMED = re.compile(r"""["`]([a-z]+(?:[-_][a-z0-9]+)*)["`]""")


def _catalogue() -> set[str]:
    text = (SOURCE / "texts" / "en.ftl").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][\w-]*) =", text, re.MULTILINE))


def _sources() -> Iterator[str]:
    for path in sorted([*SOURCE.rglob("*.tsx"), *SOURCE.rglob("*.ts")]):
        if path.name != "schema.ts":
            yield path.read_text(encoding="utf-8")


def test_every_text_that_is_asked_for_is_there() -> None:
    """A plain id is in the catalogue; an id with a variable part has texts of its beginning."""
    known = _catalogue()
    for source in _sources():
        for plain, pattern, one, other in _ASKED.findall(source):
            assert {name for name in (plain, one, other) if name} <= known
            beginning = pattern.partition("${")[0]
            assert not pattern or not beginning or any(name.startswith(beginning) for name in known), pattern


def test_no_text_is_left_over() -> None:
    """What no screen asks for is deleted from the catalogue."""
    sources = list(_sources())
    named = {name for source in sources for name in _NAMED.findall(source)}
    beginnings = {pattern.partition("${")[0] for source in sources for pattern in re.findall(r"\bt\(`([^`]+)`", source)}
    beginnings.discard("")
    left = {name for name in _catalogue() - named if not name.startswith(tuple(beginnings))}
    assert left == set()
