"""Quotes: whether words that a model attributes to somebody stand in what that person wrote."""

import re

_GAP = re.compile(r"\[?(?:\.\.\.|…)\]?")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Japanese, Chinese


def comparable(text: str) -> str:
    """The words of a text alone, in one case and joined by single blanks: what two spellings of a quote share."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def stands_in(quote: str, text: str) -> bool:
    """Whether the quote's words stand in the text, whole words and in this order; an ellipsis may leave some out.

    Case, blanks, punctuation and the kind of quotation marks do not matter. A quote without a word stands nowhere.
    """
    parts = [part for passage in _GAP.split(quote) if (part := comparable(passage))]
    rest = f" {comparable(text)} "
    for part in parts:
        # Scripts without blanks between words are compared letter by letter.
        _, found, rest = rest.partition(part if _UNSPACED.search(part) else f" {part} ")
        if not found:
            return False
        rest = f" {rest}"
    return bool(parts)
