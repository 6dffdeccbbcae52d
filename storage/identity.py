"""Who a rep is on every backend: an id made from the Telegram id alone, so that no look-up precedes an insert."""

from uuid import UUID, uuid5

NAMESPACE = UUID("5a3c9a8e-2c1b-5e0a-9f57-7c2f6a1d4b90")
"""Never to change: every rep's id is made from it."""


def user_id(telegram_id: int) -> str:
    """The id of this rep in `users` and wherever a row belongs to them."""
    return str(uuid5(NAMESPACE, f"tg:{telegram_id}"))
