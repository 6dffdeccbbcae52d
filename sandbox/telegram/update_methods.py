"""Methods that bring updates to the bot."""

import re
from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad
from sandbox.telegram.world import World

MOST_UPDATES = 100
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_updates(world: World, given: Parameters) -> str:
    """What waits from the offset on, as JSON."""
    _want(world, given)
    limit = min(MOST_UPDATES, max(1, given.number("limit", MOST_UPDATES)))
    return await world.updates.get(given.number("offset"), limit, max(0, given.number("timeout")))


async def set_webhook(world: World, given: Parameters) -> Any:
    """Deliver updates to an address; an empty one ends delivery."""
    url, secret = given.text("url"), given.text("secret_token")
    if url and not url.startswith(("http://", "https://")):
        raise bad("invalid webhook URL specified")
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if not 1 <= given.number("max_connections", 40) <= 100:
        raise bad("max_connections must be from 1 to 100")
    _want(world, given)
    if given.flag("drop_pending_updates"):
        world.updates.forget()
    await world.webhook.set(
        {"url": url, "secret_token": secret, "max_connections": given.number("max_connections", 40)}
    )
    return True


async def delete_webhook(world: World, given: Parameters) -> Any:
    """Deliver no more."""
    if given.flag("drop_pending_updates"):
        world.updates.forget()
    await world.webhook.set({})
    return True


async def get_webhook_info(world: World, _given: Parameters) -> Any:
    """Where updates are delivered, and what went wrong last."""
    facts: dict[str, Any] = {"url": world.webhook.url, "has_custom_certificate": False}
    facts["pending_update_count"] = len(world.updates.pending)
    if world.webhook.url:
        facts["max_connections"] = world.webhook.settings["max_connections"]
    if world.webhook.last_error is not None:
        at, reason = world.webhook.last_error
        facts |= {"last_error_date": int(at), "last_error_message": reason}
    if world.updates.allowed:
        facts["allowed_updates"] = world.updates.allowed
    return facts


def _want(world: World, given: Parameters) -> None:
    allowed = given.structure("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad("can't parse allowed updates: expected an Array of String")
    world.updates.allowed = [str(kind) for kind in allowed]


METHODS = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
