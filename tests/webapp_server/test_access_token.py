"""Access tokens: ours are read until they end, with the old key too; nothing else is."""

import jwt
import pytest

from actors.providers.secret import Secret
from webapp_server.access_token import AUDIENCE, ISSUER, LIFETIME_S, InvalidToken, TokenMint

NOW = 1_800_000_000.0
OLD, NEW = Secret("old key, " * 8), Secret("new key, " * 8)
GOOD = {"sub": "7", "aud": AUDIENCE, "iss": ISSUER, "iat": int(NOW), "exp": int(NOW) + 60, "jti": "x"}


def made(key: Secret = NEW, algorithm: str = "HS256", **changes: object) -> str:
    claims = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return jwt.encode(claims, key.reveal(), algorithm=algorithm)


def test_a_token_says_whose_it_is_until_it_ends() -> None:
    """A second before its end it is read, at its end it is not."""
    mint = TokenMint((NEW,))
    text, token = mint.mint(7, NOW)
    assert mint.read(text, NOW + LIFETIME_S - 1) == token
    with pytest.raises(InvalidToken):
        mint.read(text, NOW + LIFETIME_S)


def test_two_tokens_differ() -> None:
    """Each has an id of its own."""
    mint = TokenMint((NEW,))
    assert mint.mint(7, NOW)[1].id != mint.mint(7, NOW)[1].id


def test_a_rotated_key_still_reads() -> None:
    """The first key signs, the second is read beside it, and one that was taken away is not."""
    text, _ = TokenMint((OLD,)).mint(7, NOW)
    assert TokenMint((NEW, OLD)).read(text, NOW).telegram_id == 7
    with pytest.raises(InvalidToken):
        TokenMint((NEW,)).read(text, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        made(algorithm="HS512"),
        jwt.encode(GOOD, "", algorithm="none"),
        made(aud="another"),
        made(iss="another"),
        made(sub="anna"),
        made(sub=None),
        made(jti=None),
        made(exp=None),
        made(exp=int(NOW) - 1),
    ],
)
def test_what_is_not_ours_is_refused(text: str) -> None:
    """Another algorithm, no algorithm, another audience or issuer, a claim that is missing: one sentence for all."""
    with pytest.raises(InvalidToken) as refused:
        TokenMint((NEW,)).read(text, NOW)
    assert str(refused.value) == str(InvalidToken())


def test_a_mint_needs_a_key() -> None:
    """Without one nothing is signed at all."""
    with pytest.raises(ValueError, match="needs a key"):
        TokenMint(())
