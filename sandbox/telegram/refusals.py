"""Refusals in the Bot API's own words."""


class Refusal(Exception):
    """A call the Bot API refuses: HTTP status, description, and parameters where there are any."""

    def __init__(self, status: int, description: str, parameters: dict[str, object] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, object]:
        """The JSON body of the refusal."""
        body: dict[str, object] = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(description: str) -> Refusal:
    """A 400 in the usual form."""
    return Refusal(400, f"Bad Request: {description}")
