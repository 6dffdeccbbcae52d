"""Promises of the rotation of keys: everywhere, bound to the rep as before, and nothing lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from cryptography.fernet import Fernet

import cornerman.machine
from actors.journal import Commit, Load, Loaded, NewOutboxEntry, OutboxBatch, TakeOutbox, journal_spec
from actors.key_rotation import KeyRotation, Rotated, unreadable_keys
from actors.providers.key_vault import KeyUnreadable, KeyVault
from actors.providers.messages import RECORD_LANE, Provider, RowWrite, SealedKey
from actors.session.state import SessionState
from runtime import ActorSystem
from storage import Row, SqliteStore, migrate_sqlite
from tests.actors.session.world import ready
from tests.servers.fixtures import MIGRATIONS
from tests.storage.rows import user

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
KEY = "sk-ant-planted-key-of-a-rep"
CLAUDE = Provider.ANTHROPIC


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await migrate_sqlite(tmp_path / "records.sqlite", MIGRATIONS)
    opened = await SqliteStore.open(tmp_path / "records.sqlite")
    yield opened
    await opened.close()


def _rep(telegram_id: int, ciphertext: str | None) -> Row:
    more = {"telegram_id": telegram_id, "provider": "anthropic", "encrypted_api_key": ciphertext}
    return {**user(), "id": f"00000000-0000-4000-8000-{telegram_id:012d}", "username": f"u{telegram_id}", **more}


async def test_rows_open_under_the_new_key_alone(store: SqliteStore) -> None:
    """More than a page of them; rows without a key and keys of nobody's stay as they are and are counted."""
    old = KeyVault(OLD)
    rows = [_rep(number, old.seal(number, CLAUDE, f"{KEY}-{number}").ciphertext) for number in range(1, 251)]
    rows += [_rep(300, None), _rep(301, "gAAAAnonsense"), _rep(302, old.seal(1, CLAUDE, KEY).ciphertext)]
    await store.insert("users", rows)
    assert await unreadable_keys(store, KeyVault(f"{NEW},{OLD}")) == 2
    assert await unreadable_keys(store, KeyVault(NEW)) == 252
    rotation = KeyRotation(KeyVault(f"{NEW},{OLD}"))
    await rotation.rows(store)
    assert rotation.rotated == Rotated(resealed=250, unreadable=2)
    new = KeyVault(NEW)
    for row in await store.select("users", order=("id",), limit=250):
        telegram_id = int(str(row["telegram_id"]))
        sealed = SealedKey(CLAUDE, telegram_id, str(row["encrypted_api_key"]))
        assert new.open(sealed).reveal() == f"{KEY}-{telegram_id}"
        with pytest.raises(KeyUnreadable):
            old.open(sealed)


async def test_the_journal_is_rotated_too(tmp_path: Path) -> None:
    """A session's snapshot and a row that waits to be written; what holds no key keeps its bytes."""
    sealed = KeyVault(OLD).seal(7, CLAUDE, KEY)
    profile = ready().profile
    assert profile
    state = msgspec.structs.replace(ready(), profile=msgspec.structs.replace(profile, key=sealed))
    write = RowWrite(
        "users", "upsert", ({"telegram_id": 7, "provider": "anthropic", "encrypted_api_key": sealed.ciphertext},)
    )
    entry = NewOutboxEntry("e", RECORD_LANE, "7", msgspec.json.encode(write))
    plain = msgspec.json.encode(ready())
    system = ActorSystem()
    journal = await system.start(journal_spec(tmp_path / "journal.sqlite"))
    await system.ask(
        journal, Commit("session/7", msgspec.json.encode(state), wake=False, outbox=(entry,)), deadline_s=30
    )
    await system.ask(journal, Commit("session/8", plain, wake=False), deadline_s=30)
    await system.shutdown()

    rotation = KeyRotation(KeyVault(f"{NEW},{OLD}"))
    rotation.journal(tmp_path / "journal.sqlite")
    assert rotation.rotated == Rotated(resealed=2)
    system = ActorSystem()
    journal = await system.start(journal_spec(tmp_path / "journal.sqlite"))
    loaded = await system.ask(journal, Load("session/7"), deadline_s=30)
    other = await system.ask(journal, Load("session/8"), deadline_s=30)
    batch = await system.ask(journal, TakeOutbox(RECORD_LANE, 0, 10), deadline_s=30)
    await system.shutdown()
    assert isinstance(loaded, Loaded)
    assert isinstance(other, Loaded)
    assert isinstance(batch, OutboxBatch)
    assert loaded.snapshot
    found = msgspec.json.decode(loaded.snapshot, type=SessionState).profile
    assert found
    assert found.key
    assert KeyVault(NEW).open(found.key).reveal() == KEY
    assert other.snapshot == plain
    row = msgspec.json.decode(batch.entries[0].payload, type=RowWrite).rows[0]
    assert KeyVault(NEW).open(SealedKey(CLAUDE, 7, str(row["encrypted_api_key"]))).reveal() == KEY


@pytest.fixture(autouse=True)
def _logs_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sets up logging for its whole process, which here is that of every other test too."""
    monkeypatch.setattr(cornerman.machine, "configure_logs", lambda _level: None)


def test_the_command_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a machine without any key there is nothing to do, and it says so without showing a key."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("ENCRYPTION_KEY", f"{NEW},{OLD}"), ("DATA_DIR", str(tmp_path)), ("PORT", "1")):
        monkeypatch.setenv(name, value)
    assert cornerman.main(["rotate-keys"]) == 0
    said = capsys.readouterr()
    assert "Encrypted again with the newest key: 0." in said.out
    assert OLD not in said.out + said.err
    assert NEW not in said.out + said.err


def test_the_check_names_keys_that_are_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It fails and counts them, and shows none."""

    async def fill() -> None:
        await migrate_sqlite(tmp_path / "records.sqlite", MIGRATIONS)
        store = await SqliteStore.open(tmp_path / "records.sqlite")
        await store.insert("users", [_rep(1, KeyVault(OLD).seal(1, CLAUDE, KEY).ciphertext)])
        await store.close()

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ENCRYPTION_KEY", NEW)
    assert cornerman.main(["check"]) == 1
    assert "Keys: 1 open under no ENCRYPTION_KEY" in capsys.readouterr().err
    monkeypatch.setenv("ENCRYPTION_KEY", f"{NEW},{OLD}")
    assert cornerman.main(["check"]) == 0
    assert "Keys: every stored key opens." in capsys.readouterr().out
