"""initData: what Telegram signed is taken, everything else is refused with one and the same sentence."""

from urllib.parse import quote, urlencode

import pytest

from webapp_server.init_data import (
    CLOCK_SKEW_S,
    LOGIN_AGE_S,
    MAXIMUM_LENGTH,
    InvalidInitData,
    read_init_data,
    signature,
    signing_secret,
)

NOW = 1_800_000_000
SECRET = signing_secret("123456:TEST")
USER = '{"id":7,"first_name":"Anna","username":"anna"}'

# Published vectors: a query string, the secret it was signed with and its hash.
GOLANG = (
    (
        "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C"
        "%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C"
        "%22is_premium%22%3Atrue%7D&auth_date=1662771648"
    ),
    "a5c609aa52f63cb5e6d8ceb6e4138726ea82bbc36bb786d64482d445ea38ee5f",
    "c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2",
)
NODE = (
    (
        "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22"
        "%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue"
        "%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320"
        "%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private"
        "&auth_date=1733584787&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6"
        "MLIlADQ"
    ),
    "c0881d6d547967540dcb06d7378a2c2b2c79a8f915ae70a4a37a8a04de0da32b",
    "2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6",
)


def signed(**fields: str) -> str:
    given = {"auth_date": str(NOW), "user": USER} | fields
    return urlencode(given | {"hash": signature(given, SECRET)}, quote_via=quote)


def test_the_secret_comes_from_the_token() -> None:
    """The derivation is Telegram's."""
    expected = "fe37f490481d351837ed49f3b369c886c61013d6d036656fc3c9c92e163e3477"
    assert signing_secret("my-secret-token").hex() == expected


@pytest.mark.parametrize(("query", "secret", "given"), [GOLANG, NODE])
def test_published_vectors_pass(query: str, secret: str, given: str) -> None:
    """Real signatures, with a plus, an escaped slash and a third party's signature in them."""
    date = int(query.partition("auth_date=")[2].partition("&")[0])
    data = read_init_data(f"{query}&hash={given}", bytes.fromhex(secret), date + 5)
    assert data.user.id == 279058397
    assert data.auth_date == date


def test_what_is_signed_is_taken() -> None:
    """An empty value and fields of a later version are part of what is signed."""
    data = read_init_data(signed(start_param="", added_later="x"), SECRET, NOW)
    assert (data.user.username, data.start_param) == ("anna", "")
    assert read_init_data(signed(start_param="lead_1"), SECRET, NOW).start_param == "lead_1"
    assert read_init_data(signed(user=USER[:-1] + ',"new":[1]}'), SECRET, NOW).user.id == 7


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hash=",
        "nonsense",
        signed().replace("Anna", "Bnna"),
        signed().replace("hash=", "hash=0"),
        signed().rpartition("hash=")[0] + "hash=" + "ü" * 64,
        signed().rpartition("hash=")[0] + "hash=" + "A" * 64,
        signed().rpartition("&hash=")[0],
        f"user=%7B%22id%22%3A8%7D&{signed()}",
        f"{signed()}&user=%7B%22id%22%3A8%7D",
        f"{signed()}&=x",
        f"{signed()}&x=%ff",
        signed(auth_date=str(NOW - LOGIN_AGE_S - 1)),
        signed(auth_date=str(NOW + CLOCK_SKEW_S + 1)),
        signed(auth_date="soon"),
        signed(auth_date="-1"),
        signed(auth_date="١٨"),
        signed(auth_date=""),
        signed(user="{"),
        signed(user="null"),
        signed(user='{"id":"7","first_name":"Anna"}'),
        signed(user='{"id":7,"first_name":"Anna","is_bot":true}'),
        signed(user='{"id":-7,"first_name":"Anna"}'),
        signed(padding="x" * MAXIMUM_LENGTH),
        signed(**{f"f{number}": "x" for number in range(40)}),
    ],
)
def test_anything_else_is_refused_with_the_same_sentence(raw: str) -> None:
    """Altered, doubled, old, from the future, malformed, of a bot, too long: nobody learns which."""
    with pytest.raises(InvalidInitData) as refused:
        read_init_data(raw, SECRET, NOW)
    assert str(refused.value) == str(InvalidInitData())


def test_another_bots_signature_is_none() -> None:
    """The secret is the bot's own."""
    with pytest.raises(InvalidInitData):
        read_init_data(signed(), signing_secret("654321:OTHER"), NOW)


def test_the_age_is_the_callers() -> None:
    """A renewal may use older data than a login."""
    raw = signed(auth_date=str(NOW - LOGIN_AGE_S - 1))
    assert read_init_data(raw, SECRET, NOW, maximum_age_s=2 * LOGIN_AGE_S).user.id == 7
