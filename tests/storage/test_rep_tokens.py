"""Tokens for acting as a rep: short, renewed in time, of one rep."""

import jwt

from storage.rep_tokens import LIFETIME_S, RepTokens

SECRET = "a secret of the tests, longer than thirty-two characters"
ANNA, BEN = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"


def claims(token: str) -> dict[str, object]:
    """What a server reads that has the secret; the test's clock is not today's."""
    return dict(jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False}))


def test_a_token_says_who_and_for_how_long() -> None:
    """The rep's id, the role that the policies are for, five minutes."""
    assert claims(RepTokens(SECRET, lambda: 1000.0).token(ANNA)) == {
        "sub": ANNA,
        "role": "authenticated",
        "exp": 1000 + LIFETIME_S,
    }


def test_a_token_is_kept_until_a_minute_before_its_end() -> None:
    """Signing costs nothing per request; nobody is refused for a clock that is half a minute ahead."""
    now = 1000.0
    tokens = RepTokens(SECRET, lambda: now)
    first = tokens.token(ANNA)
    now += LIFETIME_S - 61
    assert tokens.token(ANNA) == first
    now += 2
    assert claims(tokens.token(ANNA))["exp"] == int(now) + LIFETIME_S


def test_each_rep_has_their_own() -> None:
    """Also after the first was kept."""
    tokens = RepTokens(SECRET, lambda: 1000.0)
    assert claims(tokens.token(ANNA))["sub"] == ANNA
    assert claims(tokens.token(BEN))["sub"] == BEN
