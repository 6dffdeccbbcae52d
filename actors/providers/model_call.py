"""One call to a model in words common to all providers, and what a provider's module must know how to do with it."""

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from actors.providers.failures import Failure
from actors.providers.http import Headers
from actors.providers.limits import Window
from actors.providers.messages import ChatMessage, Provider
from actors.providers.sse import ServerEvent
from actors.providers.stream_events import StreamEvent
from actors.providers.wire_schema import Dialect, Schema

Shape = Literal["schema", "json", "words"]


class ModelCall(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask: `models` in order of preference, `system` blocks with the stable prefix first.

    `pseudonym` names the rep to the provider without saying who it is. `shape` says how the model is
    held to the schema: by the provider's strict mode, by its plain JSON mode and words, or by words alone.
    Without `data_collection` no provider that keeps requests may serve a paid one.
    """

    models: tuple[str, ...]
    system: tuple[str, ...]
    messages: tuple[ChatMessage, ...]
    max_tokens: int
    effort: Literal["low", "medium", "high"]
    pseudonym: str
    output_name: str | None = None
    schema: Schema | None = None
    shape: Shape = "schema"
    web_search: bool = False
    data_collection: bool = True


class StreamReader(Protocol):
    """Turns one stream's events into ours; every method raises ProviderError where the stream says that it failed."""

    def read(self, event: ServerEvent) -> list[StreamEvent]:
        """What this event says."""
        ...

    def end(self) -> list[StreamEvent]:
        """What the end of the connection says; it raises where the answer was cut off."""
        ...


class ProviderApi(msgspec.Struct, frozen=True):
    """A provider's wire protocol as pure functions; paths are relative to its base address."""

    provider: Provider
    dialect: Dialect
    completion_path: str
    key_path: str
    headers: dict[str, str]
    body: Callable[[ModelCall], bytes]
    reader: Callable[[], StreamReader]
    classify: Callable[[int, Headers, bytes, float], Failure]
    """Status, headers, body, and the UTC epoch second at which they came."""
    windows: Callable[[Headers, float], tuple[Window, ...]]
    """What the headers of any answer say of the allowance that is left; none where the provider does not say."""
