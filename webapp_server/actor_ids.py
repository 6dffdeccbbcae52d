"""What operators call an actor: its path, or a pseudonym where the path could tell a rep's Telegram id."""

import hashlib
import re
import secrets

_TELLS = re.compile(r"\d")
_BYTES = 6
_MARK = "~"


class ActorIds:
    """Pseudonyms hold for this process only, so that nobody can collect them."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(16)

    def of(self, path: str) -> str:
        """The actor's id: equal paths have equal ids."""
        if not _TELLS.search(path):
            return path
        return _MARK + hashlib.blake2b(path.encode(), key=self._key, digest_size=_BYTES).hexdigest()


def is_pseudonym(actor: str) -> bool:
    """Whether the id says nothing of where the actor stands."""
    return actor.startswith(_MARK)
