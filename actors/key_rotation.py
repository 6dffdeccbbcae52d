"""Encrypts every stored key of a rep again with the newest ENCRYPTION_KEY, wherever one lies.

Keys lie in the rows of `users`, and in the journal: in sessions' snapshots and in rows that wait to be written. The
old encryption key can be dropped once a rotation left nothing unreadable.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from actors.providers.key_vault import KeyUnreadable, KeyVault
from actors.providers.messages import Provider, SealedKey
from storage import Row, Store, all_of, eq, gt, is_null, rewrite_journal

_PAGE = 200
_SEALED = SealedKey.__struct_config__.tag
_COLUMN = "encrypted_api_key"


class Rotated(msgspec.Struct):
    """How many keys were encrypted again, and how many open under no encryption key and were left alone."""

    resealed: int = 0
    unreadable: int = 0


class KeyRotation:
    """One run over everything that holds keys; counts as it goes."""

    def __init__(self, vault: KeyVault) -> None:
        self._vault = vault
        self.rotated = Rotated()

    async def rows(self, store: Store) -> None:
        """Encrypt the keys in `users` again, one page after the other; raises StorageError."""
        async for row in _rows_with_keys(store):
            await self._row(store, row)

    async def _row(self, store: Store, row: Row) -> None:
        old = str(row[_COLUMN])
        new = self._resealed(int(str(row["telegram_id"])), str(row["provider"]), old)
        if new != old:
            await store.update("users", {_COLUMN: new}, all_of(eq("id", row["id"]), eq(_COLUMN, old)))

    def journal(self, path: Path) -> None:
        """Encrypt the keys in the journal again; raises sqlite3.Error."""
        rewrite_journal(path, self._change)

    def _change(self, kept: bytes) -> bytes:
        try:
            value = msgspec.json.decode(kept)
        except msgspec.DecodeError:
            return kept  # not JSON, so not one of ours that could hold a key
        before = self.rotated.resealed
        changed = _mapped(value, self._one)
        return msgspec.json.encode(changed) if self.rotated.resealed > before else kept

    def _one(self, node: dict[str, object]) -> dict[str, object]:
        """The node with the key in it encrypted again, whether it is a sealed key or a row of `users`."""
        column = "ciphertext" if node.get("type") == _SEALED else _COLUMN
        if not isinstance(node.get(column), str) or not {"telegram_id", "provider"} <= node.keys():
            return node
        new = self._resealed(int(str(node["telegram_id"])), str(node["provider"]), str(node[column]))
        return {**node, column: new}

    def _resealed(self, telegram_id: int, provider: str, ciphertext: str) -> str:
        try:
            sealed = self._vault.reseal(SealedKey(Provider(provider), telegram_id, ciphertext))
        except KeyUnreadable:
            self.rotated.unreadable += 1
            return ciphertext
        self.rotated.resealed += 1
        return sealed.ciphertext


async def unreadable_keys(store: Store, vault: KeyVault) -> int:
    """How many stored keys open under no encryption key; raises StorageError."""
    count = 0
    async for row in _rows_with_keys(store):
        try:
            vault.open(SealedKey(Provider(str(row["provider"])), int(str(row["telegram_id"])), str(row[_COLUMN])))
        except KeyUnreadable:
            count += 1
    return count


async def _rows_with_keys(store: Store) -> AsyncIterator[Row]:
    after = ""
    while True:
        held = is_null(_COLUMN, False)
        where = all_of(held, gt("id", after)) if after else held
        rows = await store.select("users", where, order=("id",), limit=_PAGE)
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        after = str(rows[-1]["id"])


def _mapped(value: object, change: Callable[[dict[str, object]], dict[str, object]]) -> object:
    """The value with every object in it passed through `change`, inner ones first."""
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return change({key: _mapped(item, change) for key, item in value.items()})
    return value
