"""The reviser's part of the practice model: the last draft once more, as the rep wished it."""

import re
from typing import Any

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SHORTER = re.compile(r"(?i)\b(short|brief|half|cut|less|fewer|concise|kürzer|kurz|corto|breve|court|короче)")
_BOLDER = re.compile(r"(?i)\b(bold|direct|plain|firm|confident|assertive|aggressive|mutiger|direkter|directo|смел)")
_ASK = "Shall we decide this week? Name me fifteen minutes that suit you, and I come with a proposal."


def revise(sources: dict[str, Any], language_ask: str) -> dict[str, Any]:
    """The draft in `strategist_output` under the wish: shorter, bolder, or with the wish taken up as a point."""
    answer = sources.get("strategist_output")
    draft = dict(answer.get("draft") or {}) if isinstance(answer, dict) else {}
    changed = reworded(str(draft.get("message") or ""), str(sources.get("wish") or ""), language_ask)
    return draft | {"message": changed, "word_count": len(changed.split())}


def reworded(message: str, wish: str, ask: str) -> str:
    """The message under the wish: shorter, bolder, or with what the rep asked for as a point."""
    if _SHORTER.search(wish):
        return _shorter(message)
    if _BOLDER.search(wish):
        return _bolder(message)
    return _with_point(message, ask) if message else message


def _shorter(message: str) -> str:
    """Every paragraph keeps its first sentence, the question stays."""
    kept = [_SENTENCE.split(paragraph)[0] for paragraph in message.split("\n\n")]
    questions = [part for part in _SENTENCE.split(message.replace("\n\n", " ")) if part.endswith("?")]
    if questions and questions[-1] not in kept:
        kept.insert(-1 if len(kept) > 1 else len(kept), questions[-1])
    return "\n\n".join(kept)


def _bolder(message: str) -> str:
    paragraphs = [part for part in message.split("\n\n") if not part.endswith("?")]
    closing = [paragraphs.pop()] if len(paragraphs) > 2 else []
    return "\n\n".join([*paragraphs, _ASK, *closing])


def _with_point(message: str, ask: str) -> str:
    first, *rest = message.split("\n\n")
    return "\n\n".join([first, ask, *rest])
