"""What a page may ask of a session: views, which only read, and actions, which are turns like any other.

Both are pure, as every handler of a flow is; a path such as `leads/{lead_id}` names one, and its words in braces
arrive as parameters. Rows are the rep's own by construction, so what is not among them is simply not there.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from actors.session.state import SessionState
from actors.session.turn import Turn, World


class NotThere(Exception):
    """Nothing of this rep's has that id."""


class NotNow(Exception):
    """The action cannot be done; the text says what to do instead and is shown to the rep."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class ModelsMissing(Exception):
    """A view or an action needs the models of the rep's provider: its session asks for them and makes it again."""


class NoBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action that needs nothing beside its path."""


Parameters = Mapping[str, str]
ViewHandler = Callable[[SessionState, Parameters, World], msgspec.Struct]
"""Reads; raises NotThere, and NotNow for a view that this rep has not yet."""
ActionHandler = Callable[[SessionState, Parameters, Any, World], Turn]
"""Acts on a body of the action's own type; raises NotThere and NotNow."""


class KeptFile(msgspec.Struct, frozen=True):
    """Where an upload is kept; a page that looks at it gets the file itself."""

    reference: str


class View(msgspec.Struct, frozen=True):
    """One thing to look at: `answer` is the type of what comes back, `query` the names of optional parameters."""

    handler: ViewHandler
    answer: type[msgspec.Struct]
    query: tuple[str, ...] = ()


class Uploaded(msgspec.Struct, frozen=True):
    """A file that a page handed in and that is kept under this reference, and the words beside it."""

    reference: str
    media_type: str
    size: int
    text: str = ""


class Action(msgspec.Struct, frozen=True):
    """One thing to do: `body` is the type of what is sent, `then` the path of the view that comes back.

    With `upload` the file itself is sent, and the body is `Uploaded`, made by whoever kept it. One that never writes
    (`writes`) to the records is taken also while they lag too far behind.
    """

    handler: ActionHandler
    then: str
    body: type[msgspec.Struct] = NoBody
    upload: Literal["picture", "sound"] | None = None
    purpose: Literal["work", "proof"] = "work"
    writes: bool = True
