"""The playbook: how the house sells, in sections that an answer can cite and code can check."""

import re

import msgspec

from coaching.errors import PlaybookError
from coaching.markdown import headings, slug

MIN_SECTIONS = 3
MAX_LENGTH = 200_000
"""Characters; a longer playbook would fill a small model's context before the prospect is read."""

_NUMBER = re.compile(r"^(?:section|chapter|§)?\s*\d+[.:)]?\s+", re.IGNORECASE)


class Section(msgspec.Struct, frozen=True):
    """One section of the playbook; `id` stays as long as its heading does."""

    id: str
    title: str
    text: str
    line: int


class Playbook(msgspec.Struct, frozen=True):
    """A checked playbook: its title, its sections in order, and the whole text as it goes to a model."""

    title: str
    sections: tuple[Section, ...]
    text: str


def parse_playbook(text: str, filename: str) -> Playbook:
    """The playbook of a Markdown file: one `#` title, a `##` heading for each section, at least three of them.

    Deeper headings belong to their section. Raises PlaybookError with file, line and reason.
    """
    text = text.replace("\r\n", "\n").strip() + "\n"
    if len(text) > MAX_LENGTH:
        raise PlaybookError(filename, 1, f"{len(text)} characters are more than the {MAX_LENGTH} allowed")
    found = headings(text)
    titles = [heading for heading in found if heading.level == 1]
    if len(titles) != 1 or found[0] is not titles[0]:
        line = titles[1].line if len(titles) > 1 else 1
        raise PlaybookError(filename, line, "a playbook begins with its title after one `#`, and has only one")
    starts = [heading for heading in found if heading.level == 2]
    if len(starts) < MIN_SECTIONS:
        raise PlaybookError(filename, titles[0].line, f"needs at least {MIN_SECTIONS} sections headed by `##`")
    lines = text.splitlines()
    ends = [heading.line - 1 for heading in starts[1:]] + [len(lines)]
    sections = tuple(
        Section(slug(start.title), start.title, "\n".join(lines[start.line : end]).strip(), start.line)
        for start, end in zip(starts, ends, strict=True)
    )
    _check(sections, filename)
    return Playbook(titles[0].title, sections, text)


def cited_section(playbook: Playbook, reference: str | None) -> Section | None:
    """The section a reference names, or None if the playbook has no such heading.

    Case, punctuation, quotes and a leading number do not matter; every word of the heading does.
    """
    wanted = {slug(reference or ""), slug(_NUMBER.sub("", (reference or "").strip(" #\"'“”")))} - {""}
    return next((section for section in playbook.sections if wanted & _names(section)), None)


def _names(section: Section) -> set[str]:
    return {section.id, slug(_NUMBER.sub("", section.title))} - {""}


def _check(sections: tuple[Section, ...], filename: str) -> None:
    seen: dict[str, Section] = {}
    for section in sections:
        if not section.id:
            raise PlaybookError(filename, section.line, "a section needs a heading with a word in it")
        if section.id in seen:
            reason = f"the heading `{section.title}` stands on line {seen[section.id].line} already"
            raise PlaybookError(filename, section.line, reason)
        if not section.text:
            raise PlaybookError(filename, section.line, f"section `{section.title}` is empty")
        seen[section.id] = section
