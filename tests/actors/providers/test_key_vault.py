"""Promises of KeyVault."""

import msgspec
import pytest
from cryptography.fernet import Fernet

from actors.providers.key_vault import BadEncryptionKey, KeyUnreadable, KeyVault
from actors.providers.messages import Provider, SealedKey

KEY = "sk-ant-api03-canary-0002"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_sealed_key_opens_again() -> None:
    """Sealing hides the key and opening gives it back."""
    vault = KeyVault(NEW)
    sealed = vault.seal(7, Provider.ANTHROPIC, KEY)
    assert KEY not in repr(sealed)
    assert vault.open(sealed).reveal() == KEY


def test_an_older_encryption_key_still_opens_and_the_newest_seals() -> None:
    """Rotation: newest first, older ones only open."""
    sealed = KeyVault(OLD).seal(7, Provider.ANTHROPIC, KEY)
    both = KeyVault(f"{NEW}, {OLD}")
    assert both.open(sealed).reveal() == KEY
    assert KeyVault(NEW).open(both.reseal(sealed)).reveal() == KEY
    with pytest.raises(KeyUnreadable):
        KeyVault(NEW).open(sealed)


@pytest.mark.parametrize("change", [{"telegram_id": 8}, {"provider": Provider.OPENROUTER}, {"ciphertext": "gAAAAA"}])
def test_a_key_moved_to_another_rep_or_provider_does_not_open(change: dict[str, object]) -> None:
    """The ciphertext is bound to its rep and provider."""
    vault = KeyVault(NEW)
    sealed = vault.seal(7, Provider.ANTHROPIC, KEY)
    moved: SealedKey = msgspec.structs.replace(sealed, **change)
    with pytest.raises(KeyUnreadable) as caught:
        vault.open(moved)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("keys", ["", " , ", "short", f"{NEW},rubbish"])
def test_a_bad_encryption_key_is_named_without_being_shown(keys: str) -> None:
    """The operator reads one sentence about what ENCRYPTION_KEY must be."""
    with pytest.raises(BadEncryptionKey, match=r"^ENCRYPTION_KEY must be one or more Fernet keys") as caught:
        KeyVault(keys)
    assert "rubbish" not in str(caught.value)


def test_the_vault_shows_nothing() -> None:
    """Its repr holds no key and a pseudonym no id."""
    vault = KeyVault(NEW)
    assert NEW not in repr(vault)
    assert vault.pseudonym(123456) == vault.pseudonym(123456) != vault.pseudonym(123457)
    assert "123456" not in vault.pseudonym(123456)
