"""Finds what a rep handed in inside the user turns, and drops the lines in it that try to give a model orders."""

import json
import re
from typing import Any

_ORDER = re.compile(
    r"(?i)\b("
    r"(ignore|disregard|forget|override|bypass)\b.{0,40}\b(previous|prior|above|earlier|all|any|every|your|the|these)\b"
    r".{0,30}\b(instructions?|rules?|prompts?|directions?|guidelines?|orders?)"
    r"|system\s*prompt|developer\s+(mode|message)|jailbreak|prompt\s+injection"
    r"|you\s+are\s+now\b|from\s+now\s+on\b.{0,30}\byou|act\s+as\s+(an?|the)\b|pretend\s+(to|you)"
    r"|(reveal|print|repeat|output|show|leak)\b.{0,40}\b(prompt|instructions?|playbook|rules|api\s*key|secret|password)"
    r"|(respond|reply|answer)\b.{0,20}\b(only\s+with|exclusively|with\s+the\s+word|in\s+json|with\s+[\"'])"
    r"|as\s+an?\s+(ai|language\s+model|assistant)\b|(dear|hey|attention)\s+(ai|assistant|model|llm)\b"
    r"|(set|make|give)\b.{0,30}\b(score|word_count|buying_signal|prospect_type|case_id)\b"
    r"|\[/?inst\]|<\|?/?(system|im_start|im_end|assistant|user)\b|###\s*(system|instruction)"
    r")"
)
_ROLE_LINE = re.compile(r"(?i)^\s*(system|assistant|developer|ai)\s*[:>]")
_REPAIR = re.compile(r"(?i)\b(json|schema|valid|decode|field)\b")
_PART = re.compile(r"(?<=[.!?])\s+")


def find_text(said: list[str]) -> str:
    """The pasted text: the strings of the last user turn that holds quoted data, else the last turn itself."""
    for text in reversed(said):
        quoted = [item["text"] for item in _objects(text) if isinstance(item.get("text"), str)]
        if quoted:
            return "\n".join(quoted)
    plain = [text for text in said if not (_REPAIR.search(text) and len(text) < 1_000)] or said
    return plain[-1] if plain else ""


def find_data(said: list[str]) -> list[dict[str, Any]]:
    """Every JSON object with `data` in the last user turn that holds one."""
    for text in reversed(said):
        data = [item["data"] for item in _objects(text) if isinstance(item.get("data"), dict)]
        if data:
            return data
    return []


def find_sources(said: list[str]) -> dict[str, Any]:
    """What the last user turn with quoted data holds, by its source; texts without orders to a model."""
    for text in reversed(said):
        named = [item for item in _objects(text) if isinstance(item.get("source"), str)]
        if named:
            return {str(item["source"]): _content(item) for item in named}
    return {}


def _content(item: dict[str, Any]) -> Any:
    return without_orders(item["text"]) if isinstance(item.get("text"), str) else item.get("data")


def without_orders(text: str) -> str:
    """The text without sentences addressed to a model."""
    kept = []
    for line in text.splitlines():
        if _ROLE_LINE.match(line):
            continue
        parts = [part for part in _PART.split(line) if not _ORDER.search(part)]
        if line.strip() and not any(part.strip() for part in parts):
            continue
        kept.append(" ".join(parts))
    return "\n".join(kept).strip()


def _objects(text: str) -> list[dict[str, Any]]:
    decoder = json.JSONDecoder()
    found = []
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
        at = text.find("{", end)
    return [value for value in found if isinstance(value, dict)]
