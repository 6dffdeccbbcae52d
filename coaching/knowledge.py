"""Knowledge: what a model is told of the house, whole where its context and price allow, else the parts that fit.

The whole text is the same bytes for everybody, so that providers keep it cached. An excerpt is made for one case; it
always holds what may be claimed and what must not be said.
"""

import math
from collections.abc import Sequence

import msgspec

from coaching.company import Company
from coaching.markdown import headings, slug
from coaching.playbook import Playbook
from coaching.retrieval import ranked

SMALL_TOKENS = 8_000
"""Knowledge up to this size goes whole to any model."""
CONTEXT_SHARE = 0.3
"""The share of a model's context that knowledge may fill."""
MOST_USD = 0.02
"""What telling it all once, uncached, may cost."""
UNKNOWN_CONTEXT = 32_000
ALWAYS = ("Product", "Prices", "Do not say")
"""Sections of the company file that every excerpt holds."""
_CHARACTERS = 4  # a token, roughly, in European languages


class _Part(msgspec.Struct, frozen=True):
    document: str
    title: str
    text: str
    kept: bool


def tokens(text: str) -> int:
    """About how many tokens a text takes."""
    return math.ceil(len(text) / _CHARACTERS)


def knowledge(playbook: Playbook, company: Company) -> str:
    """Both documents as one text, the same bytes for every rep, as the prompts take it."""
    return _block(playbook.text, company.text)


def allowance(context_tokens: int | None, input_usd: float | None) -> int:
    """How many tokens of knowledge a model may be told; `input_usd` is its price of a million, None if unknown."""
    by_context = int((context_tokens or UNKNOWN_CONTEXT) * CONTEXT_SHARE)
    by_price = round(MOST_USD / input_usd * 1_000_000) if input_usd else by_context
    return max(SMALL_TOKENS, min(by_context, by_price))


def excerpt(playbook: Playbook, company: Company, query: str, most_tokens: int) -> str:
    """Both documents with the sections that fit a case best, in their order, within so many tokens.

    The sections in `ALWAYS` are there even if they alone are more.
    """
    always = {slug(title) for title in ALWAYS}
    sections = [heading for heading in headings(company.text) if heading.level == 2]
    parts = [
        *(_Part("company", one.title, one.text, slug(one.title) in always) for one in sections),
        *(_Part("playbook", section.title, section.text, kept=False) for section in playbook.sections),
    ]
    chosen = _chosen(parts, query, most_tokens)
    return _block(
        f"# {playbook.title}\n\n{_told(chosen, 'playbook')}", f"# {company.name}\n\n{_told(chosen, 'company')}"
    )


def _chosen(parts: Sequence[_Part], query: str, most_tokens: int) -> list[_Part]:
    room = most_tokens - sum(tokens(part.text) for part in parts if part.kept)
    chosen = {place for place, part in enumerate(parts) if part.kept}
    for hit in ranked([f"{part.title} {part.title} {part.text}" for part in parts], query):
        size = tokens(parts[hit.place].text)
        if hit.place not in chosen and size <= room:
            chosen.add(hit.place)
            room -= size
    return [part for place, part in enumerate(parts) if place in chosen]


def _told(parts: Sequence[_Part], document: str) -> str:
    return "".join(f"## {part.title}\n\n{part.text}\n\n" for part in parts if part.document == document)


def _block(playbook: str, company: str) -> str:
    return f"<playbook>\n{playbook}</playbook>\n\n<company>\n{company}</company>"
