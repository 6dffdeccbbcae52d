"""The practice model's web search: it searches nothing, says so, and cites made-up pages under example.com."""

import re

import msgspec

from sandbox.models.reading import Prospect

_SLUG = re.compile(r"[^a-z0-9]+")


class Page(msgspec.Struct, frozen=True):
    """A page that does not exist."""

    url: str
    title: str
    excerpt: str


def pages_about(prospect: Prospect) -> tuple[Page, ...]:
    """Two pages that such a search might find; every address is under example.com, which belongs to nobody."""
    subject = prospect.company or " ".join(filter(None, (prospect.first_name, prospect.last_name))) or "the prospect"
    slug = _SLUG.sub("-", subject.lower()).strip("-")
    return (
        Page(f"https://example.com/companies/{slug}", f"{subject}: company page", f"Practice page about {subject}."),
        Page(f"https://example.com/news/{slug}", f"News about {subject}", f"Practice news about {subject}."),
    )


def report(prospect: Prospect, pages: tuple[Page, ...]) -> str:
    """The answer to a search: what is read in the text itself, and where a real search would go on."""
    known = ", ".join(filter(None, (prospect.title, prospect.company, prospect.geography))) or "nothing beyond a name"
    return (
        "This is the offline practice model: it searches no web, and the pages below are made up for practice.\n\n"
        f"The text itself gives: {known}. A real search would begin with the {len(pages)} pages below."
    )
