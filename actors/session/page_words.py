"""The body of every action that takes what the rep wrote."""

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the rep wrote."""

    text: str
