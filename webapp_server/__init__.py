"""The aiohttp application: the Mini App's door and API, health and status for operators."""

from webapp_server.access_token import TokenMint
from webapp_server.init_data import signing_secret
from webapp_server.operator_client import OPERATOR_COMMANDS, OperatorError, Reached, operate
from webapp_server.operators import OperatorAccess
from webapp_server.server import PageAccess, Site, WebhookDoor, web_server_spec
from webapp_server.stopping import Stopping

__all__ = [
    "OPERATOR_COMMANDS",
    "OperatorAccess",
    "OperatorError",
    "PageAccess",
    "Reached",
    "Site",
    "Stopping",
    "TokenMint",
    "WebhookDoor",
    "operate",
    "signing_secret",
    "web_server_spec",
]
