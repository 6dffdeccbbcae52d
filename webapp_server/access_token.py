"""Access tokens of the Mini App: short JWTs that the page keeps in memory and sends with every request."""

import uuid
from typing import Annotated

import jwt
import msgspec
from jwt.types import Options

from actors.providers.secret import Secret

AUDIENCE = "cornerman-miniapp"
ISSUER = "cornerman"
LIFETIME_S = 15 * 60
_ALGORITHM = "HS256"
_CLAIMS = ("sub", "aud", "iss", "exp", "iat", "jti")


class InvalidToken(Exception):
    """The token is not ours, or over; it never says which."""

    def __init__(self) -> None:
        super().__init__("Your session on this page is over. Open the page again from the chat.")


class AccessToken(msgspec.Struct, frozen=True):
    """Whose token it is and when it ends, in UTC epoch seconds."""

    telegram_id: int
    expires_at: float
    id: str


class _Claims(msgspec.Struct, frozen=True):
    sub: Annotated[str, msgspec.Meta(pattern=r"^\d{1,16}$")]
    exp: float
    jti: str


class TokenMint:
    """Makes and reads tokens with `JWT_SECRET`: the first key signs, the second, if any, still reads.

    A changed setting thus ends no session: put the new key first, and take the old one away after a quarter of an hour.
    """

    def __init__(self, keys: tuple[Secret, ...]) -> None:
        if not keys:
            raise ValueError("a token needs a key to be signed with")
        self._keys = keys

    def mint(self, telegram_id: int, now: float) -> tuple[str, AccessToken]:
        """A token for this rep, and what it says."""
        token = AccessToken(telegram_id, now + LIFETIME_S, str(uuid.uuid4()))
        claims = {
            "sub": str(telegram_id),
            "aud": AUDIENCE,
            "iss": ISSUER,
            "iat": int(now),
            "exp": int(token.expires_at),
            "jti": token.id,
        }
        return jwt.encode(claims, self._keys[0].reveal(), algorithm=_ALGORITHM), token

    def read(self, text: str, now: float) -> AccessToken:
        """What a token says; raises InvalidToken for one that is not ours or no longer valid."""
        for key in self._keys:
            claims = _claims(text, key)
            if claims is not None and claims.exp > now:
                return AccessToken(int(claims.sub), claims.exp, claims.jti)
        raise InvalidToken


def _claims(text: str, key: Secret) -> _Claims | None:
    # The time is compared by the caller, whose clock is the system's own.
    options: Options = {"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(
            text, key.reveal(), algorithms=[_ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=options
        )
        return msgspec.convert(claims, _Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError):
        return None
