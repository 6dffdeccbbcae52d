"""The parameters of one call, from whichever of the four forms they came in.

The address, urlencoded and multipart bodies carry text; JSON bodies carry values, which the Bot API reads as if they
had been written as text. So a number may arrive as "7", a flag as "true" and an object as its JSON.
"""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.telegram.refusals import bad

_TRUE = ("true", "1", "yes")


@dataclass(frozen=True)
class Upload:
    """A file sent along with a call."""

    name: str
    content: bytes
    mime_type: str


class Parameters:
    """Reads parameters as the types a method wants; a missing one reads as empty."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload] | None = None) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}
        self._uploads = uploads or {}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """The parameter as text."""
        value = self.values.get(name, "")
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def number(self, name: str, default: int = 0) -> int:
        """The parameter as a whole number; the default where it is missing or no number."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """The parameter as yes or no."""
        return self.text(name).strip().lower() in _TRUE

    def structure(self, name: str) -> Any:
        """The parameter's JSON value; None where it is missing. Raises a 400 where it is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def file(self, name: str) -> Upload | str:
        """The uploaded file, or the text in its place: a file id, an address, or nothing."""
        if name in self._uploads:
            return self._uploads[name]
        given = self.text(name)
        return self._uploads.get(given.removeprefix("attach://"), given) if given.startswith("attach://") else given


async def parameters_of(request: web.Request) -> Parameters:
    """The parameters of a request: the body's, and the address's where the body does not name them."""
    given: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if not request.can_read_body:
        return Parameters(given)
    if request.content_type == "application/json":
        return Parameters(given | _object(await request.text()))
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
            else:
                given[name] = value
    return Parameters(given, uploads)


def _object(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body) if body.strip() else {}
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad("expected a JSON object")
    return value
