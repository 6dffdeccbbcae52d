"""initData: who opened the Mini App, as Telegram signed it.

Source: core.telegram.org/bots/webapps, "Validating data received via the Mini App". Whatever is wrong with the data,
the error is the same: a validator that says why teaches forgers.
"""

import hashlib
import hmac
import re
from urllib.parse import parse_qsl

import msgspec

MAXIMUM_LENGTH = 8192
MAXIMUM_FIELDS = 32
LOGIN_AGE_S = 3600
"""How old the data may be at a login."""
RENEWAL_AGE_S = 24 * 3600
"""How old the data may be when a token is renewed with it."""
CLOCK_SKEW_S = 60
_HASH = re.compile(r"[0-9a-f]{64}")


class InvalidInitData(Exception):
    """The data is not Telegram's, or too old, or of nobody; it never says which."""

    def __init__(self) -> None:
        super().__init__("This page was not opened from Telegram, or too long ago. Open it again from the chat.")


class WebAppUser(msgspec.Struct, frozen=True):
    """The person who opened the Mini App; what Telegram adds later is passed over."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False


class InitData(msgspec.Struct, frozen=True):
    """Validated data. `start_param` is signed, but chosen by whoever made the link: a wish and no proof of anything."""

    user: WebAppUser
    auth_date: int
    start_param: str = ""


def signing_secret(bot_token: str) -> bytes:
    """The key that Telegram signs a bot's initData with; it can forge a login but not call the Bot API."""
    return hmac.digest(b"WebAppData", bot_token.encode(), hashlib.sha256)


def read_init_data(raw: str, secret: bytes, now: float, *, maximum_age_s: float = LOGIN_AGE_S) -> InitData:
    """Who opened the Mini App, from its raw query string; `now` in UTC epoch seconds.

    Raises InvalidInitData for everything that is not wholly in order.
    """
    fields = _fields(raw)
    given = fields.pop("hash", "")
    if not _HASH.fullmatch(given) or not hmac.compare_digest(given, signature(fields, secret)):
        raise InvalidInitData
    date = fields.get("auth_date", "")
    if not (date.isascii() and date.isdecimal() and now - maximum_age_s <= int(date) <= now + CLOCK_SKEW_S):
        raise InvalidInitData
    try:
        user = msgspec.json.decode(fields.get("user", ""), type=WebAppUser)
    except msgspec.MsgspecError:
        raise InvalidInitData from None
    if user.is_bot or user.id <= 0:
        raise InvalidInitData
    return InitData(user, int(date), fields.get("start_param", ""))


def signature(fields: dict[str, str], secret: bytes) -> str:
    """The hash of these fields as hexadecimal digits."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def _fields(raw: str) -> dict[str, str]:
    if len(raw) > MAXIMUM_LENGTH:
        raise InvalidInitData
    try:
        pairs = parse_qsl(
            raw, keep_blank_values=True, strict_parsing=True, max_num_fields=MAXIMUM_FIELDS, errors="strict"
        )
    except ValueError:
        raise InvalidInitData from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or "" in fields:
        raise InvalidInitData
    return fields
