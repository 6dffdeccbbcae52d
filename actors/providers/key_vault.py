"""KeyVault: seals reps' own keys so that they can lie in a database, and opens them for the lane that uses them."""

import hashlib
import hmac

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from actors.providers.messages import Provider, SealedKey
from actors.providers.secret import Secret

BAD_ENCRYPTION_KEY = (
    "ENCRYPTION_KEY must be one or more Fernet keys (32 bytes in url-safe base64), comma-separated, newest first."
)


class BadEncryptionKey(ValueError):
    """The operator's ENCRYPTION_KEY cannot be used; the message says what it must be."""

    def __init__(self) -> None:
        super().__init__(BAD_ENCRYPTION_KEY)


class KeyUnreadable(Exception):
    """A sealed key does not open under any encryption key, or was sealed for another rep or provider."""


class _Content(msgspec.Struct, frozen=True):
    rep: int
    provider: Provider
    key: str


class KeyVault:
    """Encrypts with the newest encryption key and decrypts with any.

    The plaintext names the rep and the provider, because Fernet binds no associated data: a ciphertext copied into
    another rep's row does not open there. Raises BadEncryptionKey.
    """

    def __init__(self, encryption_keys: str) -> None:
        keys = [key.strip() for key in encryption_keys.split(",") if key.strip()]
        try:
            fernets = [Fernet(key) for key in keys]
        except ValueError:
            raise BadEncryptionKey from None
        if not fernets:
            raise BadEncryptionKey
        self._fernet = MultiFernet(fernets)
        self._pseudonym_key = hashlib.sha256(b"cornerman pseudonyms:" + keys[-1].encode()).digest()

    def __repr__(self) -> str:
        return "KeyVault(***)"

    def seal(self, telegram_id: int, provider: Provider, key: str) -> SealedKey:
        """Encrypt a rep's key for that provider."""
        content = msgspec.json.encode(_Content(telegram_id, provider, key))
        return SealedKey(provider, telegram_id, self._fernet.encrypt(content).decode("ascii"))

    def open(self, sealed: SealedKey) -> Secret:
        """Decrypt a rep's key; raises KeyUnreadable."""
        try:
            content = msgspec.json.decode(self._fernet.decrypt(sealed.ciphertext), type=_Content)
        except (InvalidToken, msgspec.MsgspecError, ValueError):
            raise KeyUnreadable("the sealed key does not open under any ENCRYPTION_KEY") from None
        if (content.rep, content.provider) != (sealed.telegram_id, sealed.provider):
            raise KeyUnreadable("the sealed key belongs to another rep or provider")
        return Secret(content.key)

    def reseal(self, sealed: SealedKey) -> SealedKey:
        """Encrypt again with the newest encryption key; raises KeyUnreadable."""
        return self.seal(sealed.telegram_id, sealed.provider, self.open(sealed).reveal())

    def pseudonym(self, telegram_id: int) -> str:
        """A stable name for a rep that providers may see; it changes when the oldest encryption key is dropped."""
        return hmac.new(self._pseudonym_key, str(telegram_id).encode(), hashlib.sha256).hexdigest()[:32]
