"""How the tests come in: a bot's token, access tokens of its own, and initData as Telegram would sign it."""

import json
import time
from urllib.parse import quote, urlencode

import msgspec

from actors.providers.secret import Secret
from webapp_server.access_token import TokenMint
from webapp_server.init_data import signature, signing_secret
from webapp_server.operators import OperatorAccess
from webapp_server.server import PageAccess

BOT_TOKEN = "1000001:test"
ACCESS = PageAccess(
    signing_secret(BOT_TOKEN), TokenMint((Secret("a key of the tests " * 4),)), OperatorAccess(None, local=True)
)


def init_data(telegram_id: int, username: str | None, *, age_s: float = 0.0, start_param: str | None = None) -> str:
    """The data with which this person's client would open the page."""
    user = {"id": telegram_id, "first_name": (username or "nobody").capitalize(), "username": username}
    fields = {"auth_date": str(int(time.time() - age_s)), "user": json.dumps(user)}
    if start_param is not None:
        fields["start_param"] = start_param
    return urlencode(fields | {"hash": signature(fields, ACCESS.signing_secret)}, quote_via=quote)


def with_token(token: Secret) -> PageAccess:
    """The same door with a token for operators."""
    return msgspec.structs.replace(ACCESS, operators=OperatorAccess(token, local=True))
