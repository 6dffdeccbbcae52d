"""How a prompt is laid out for every provider: what all reps share stands first, byte for byte the same."""

import msgspec

from actors.providers.wire_schema import Schema


def stable_ends(blocks: int) -> set[int]:
    """Which of a prompt's own blocks end a cached prefix: the knowledge all agents share, and the one before the last.

    The last of them alone may differ from rep to rep. A cache is written only at a breakpoint, so one behind such text
    would never be read again.
    """
    return {0, max(0, blocks - 2)} if blocks else set()


def schema_in_words(schema: Schema) -> str:
    """The order to answer in this shape, for a model that takes no schema of its own."""
    encoded = msgspec.json.encode(schema, order="deterministic").decode()
    return f"Answer with one JSON object and nothing else. It must be valid under this JSON Schema:\n{encoded}"
