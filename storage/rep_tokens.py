"""Tokens with which the server asks the database as one rep, so that row security holds even where a filter is missing.

HS256 with InsForge's own secret, `sub` the rep's id and `role` authenticated: what `auth.uid()` reads in the policies.
Whoever holds the secret can be anybody, so it stays where the service key is.
"""

import time
from collections.abc import Callable

import jwt

LIFETIME_S = 300
_RENEWED_S = 60
"""A token is used up to a minute before its end, so that clocks may differ."""
_MOST_KEPT = 10_000


class RepTokens:
    """Makes and keeps one token per rep; `now` gives UTC epoch seconds."""

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._now = now
        self._kept: dict[str, tuple[str, float]] = {}

    def token(self, user_id: str) -> str:
        """A token of this rep that is good for another minute at least."""
        token, ends = self._kept.get(user_id, ("", 0.0))
        if ends - _RENEWED_S > self._now():
            return token
        ends = self._now() + LIFETIME_S
        claims = {"sub": user_id, "role": "authenticated", "exp": int(ends)}
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[user_id] = (token, ends)
        return token
