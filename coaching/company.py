"""The company file: what may be said about the product, and what may not."""

import re
from itertools import takewhile

import msgspec

from coaching.errors import CompanyError
from coaching.markdown import headings, slug

REQUIRED = ("Product", "Prices", "Customers", "Proof points", "Competitors", "Do not say")
"""Sections every company file has, in any order; more are welcome."""


_ITEM = re.compile(r"^[-*+][ \t]+([^:\n]+):", re.MULTILINE)


class Company(msgspec.Struct, frozen=True):
    """A checked company file: the company's name, its sections' text by id, and the whole text."""

    name: str
    sections: dict[str, str]
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names one has to know to understand what is said about this house: its own, its products', competitors'.

        A product is whatever the text calls by the company's name and further words in capitals; a competitor is what
        stands before the colon of an item in that section.
        """
        competitors = [item.strip(" *_`") for item in _ITEM.findall(self.sections["competitors"])]
        return tuple(name for name in dict.fromkeys([self.name, *self._products(), *competitors]) if name)

    def _products(self) -> list[str]:
        found = re.findall(rf"\b{re.escape(self.name)}((?: [^\W\d_][\w-]*)+)", self.text)
        further = [takewhile(lambda word: word[0].isupper(), words.split()) for words in found]
        return [" ".join((self.name, *words)) for words in further]


def parse_company(text: str, filename: str) -> Company:
    """The company of a Markdown file: its name after one `#`, then `##` sections, those in `REQUIRED` among them.

    Raises CompanyError with file, line and reason.
    """
    text = text.replace("\r\n", "\n").strip() + "\n"
    found = headings(text)
    if not found or found[0].level != 1 or not found[0].title:
        raise CompanyError(filename, 1, "a company file begins with the company's name after one `#`")
    sections: dict[str, str] = {}
    for heading in found[1:]:
        if heading.level == 1:
            raise CompanyError(filename, heading.line, "a company file has only one `#` heading")
        if heading.level == 2:
            if slug(heading.title) in sections:
                raise CompanyError(filename, heading.line, f"section `{heading.title}` stands here twice")
            if not heading.text:
                raise CompanyError(filename, heading.line, f"section `{heading.title}` is empty")
            sections[slug(heading.title)] = heading.text
    missing = [title for title in REQUIRED if slug(title) not in sections]
    if missing:
        raise CompanyError(filename, found[0].line, f"lacks the sections: {', '.join(missing)}")
    return Company(found[0].title, sections, text)
