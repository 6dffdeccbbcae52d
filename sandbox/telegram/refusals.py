"""Refusals in the Bot API's own words."""

from collections.abc import Mapping

_PREFIXES = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}


class Refusal(Exception):
    """A call the Bot API refuses: HTTP status, description, and parameters where there are any."""

    def __init__(self, status: int, description: str, parameters: Mapping[str, object] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, object]:
        """The JSON body of the refusal."""
        body: dict[str, object] = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": dict(self.parameters)} if self.parameters else {})


def bad(description: str) -> Refusal:
    """A 400 in the usual form: the first letter is lowered unless the words are a constant such as PEER_INVALID."""
    return Refusal(400, _PREFIXES[400] + _lowered(description))


def forbidden(description: str) -> Refusal:
    """A 403 in the usual form."""
    return Refusal(403, _PREFIXES[403] + description)


def conflict(description: str) -> Refusal:
    """A 409 in the usual form."""
    return Refusal(409, _PREFIXES[409] + description)


def flooded(retry_after_s: int) -> Refusal:
    """A 429 that says how long to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after_s}", {"retry_after": retry_after_s})


def _lowered(description: str) -> str:
    if len(description) > 1 and (description[1].isupper() or description[1] == "_"):
        return description
    return description[:1].lower() + description[1:]
