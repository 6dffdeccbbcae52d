"""Finds the earlier case, among those a request shows, that a pasted prospect resembles most."""

import json
from typing import Any

from sandbox.models.knowledge import stems

_NONE = {"found": False, "similarity": None, "case_id": None}
_LEAST = 3


def nearest_case(system: str, text: str) -> dict[str, Any]:
    """The reference to the case that shares most telling words with the text, or to none."""
    asked = set(stems(text))
    found = [(len(asked & set(stems(_words(case)))), case) for case in _cases(system)]
    shared, best = max(found, key=lambda pair: pair[0], default=(0, {}))
    if shared < _LEAST:
        return _NONE
    similarity = round(min(1.0, shared / max(1, len(set(stems(_words(best)))))), 2)
    return {"found": True, "similarity": similarity, "case_id": best["case_id"]}


def _cases(system: str) -> list[dict[str, Any]]:
    decoder = json.JSONDecoder()
    at = system.find('[{"case_id"')
    while at >= 0:
        try:
            value, _ = decoder.raw_decode(system, at)
        except (ValueError, RecursionError):
            at = system.find('[{"case_id"', at + 1)
        else:
            return [case for case in value if isinstance(case, dict)]
    return []


def _words(case: dict[str, Any]) -> str:
    return " ".join(str(value) for key, value in case.items() if key != "case_id")
