"""Retrieval: which texts fit a query best, by BM25 over word stems; no language is assumed."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

_K1, _B = 1.5, 0.75
_STEM = 6  # letters after which forms of a word part ways in most European languages
_SHORTEST = 3
_WORDS = re.compile(r"[^\W_]+")
_COMMON_TEXT = """
the and for with that this they them their there you your our are was were has have had not but from what when
who how all any can will would about into over than then its his her him she out get got one two more most some
und der die das den dem des ein eine mit für von auf ist sind nicht wir sie que los las una por para con del est
les des une pour dans avec sur это как что для или она они
"""
_COMMON = frozenset(_COMMON_TEXT.split())


class Hit(msgspec.Struct, frozen=True):
    """A text by its place, how well it fits, and how many different words it shares with the query."""

    place: int
    score: float
    shared: int


def stems(text: str) -> list[str]:
    """The telling words of a text, cut so that forms of one word meet."""
    words = (word for word in _WORDS.findall(text.casefold()) if len(word) >= _SHORTEST and word not in _COMMON)
    return [word[:_STEM] for word in words]


def ranked(texts: Sequence[str], query: str) -> tuple[Hit, ...]:
    """Every text that shares a word with the query, best first; equal ones in their order."""
    documents = [Counter(stems(text)) for text in texts]
    wanted = set(stems(query))
    spread = Counter(word for document in documents for word in document)
    average = sum(document.total() for document in documents) / max(1, len(documents)) or 1.0

    def weight(word: str) -> float:
        return math.log(1 + (len(documents) - spread[word] + 0.5) / (spread[word] + 0.5))

    def score(document: Counter[str]) -> float:
        length = 1 - _B + _B * document.total() / average
        found = ((weight(word), document[word]) for word in wanted & document.keys())
        return sum(idf * count * (_K1 + 1) / (count + _K1 * length) for idf, count in found)

    hits = [Hit(place, score(document), len(wanted & document.keys())) for place, document in enumerate(documents)]
    return tuple(sorted((hit for hit in hits if hit.shared), key=lambda hit: -hit.score))
