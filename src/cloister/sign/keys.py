"""Ed25519 keys, and how they are written: PEM, PKCS #8 without a passphrase, and SubjectPublicKeyInfo."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cloister.errors import BadKey, Broken, DoesNotVerify


class Public:
    """A key that signatures are checked with."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def from_pem(cls, pem: bytes) -> Public:
        """From what `pem` gives; `DoesNotVerify` on anything else."""
        try:
            key = serialization.load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm):
            raise DoesNotVerify(why=Broken.STRANGE) from None
        if not isinstance(key, Ed25519PublicKey):
            raise DoesNotVerify(why=Broken.STRANGE)
        return cls(key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Public) and self.raw() == other.raw()

    def __hash__(self) -> int:
        return hash(self.raw())

    @classmethod
    def from_raw(cls, raw: bytes) -> Public:
        """From what `raw` gives; `DoesNotVerify` on anything else."""
        try:
            return cls(Ed25519PublicKey.from_public_bytes(raw))
        except (ValueError, UnsupportedAlgorithm):
            raise DoesNotVerify(why=Broken.STRANGE) from None

    def pem(self) -> bytes:
        """As PEM."""
        return self._key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def raw(self) -> bytes:
        """Its 32 bytes."""
        return self._key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its bytes, in hex: what people compare, and the `keyid` in envelopes."""
        return hashlib.sha256(self.raw()).hexdigest()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise `DoesNotVerify` if this key's owner did not sign this message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise DoesNotVerify(why=Broken.SIGNATURE) from None


class Key:
    """A key that signs. It cannot be printed, compared or pickled."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> Key:
        """A new one, from the system's random numbers."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> Key:
        """From what `pem` gives; `BadKey` on anything else."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadKey from None
        if not isinstance(key, Ed25519PrivateKey):
            raise BadKey
        return cls(key)

    def pem(self) -> bytes:
        """As PEM. Whoever writes it gives the file mode 600."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def public(self) -> Public:
        """The key that others check with."""
        return Public(self._key.public_key())

    def sign(self, message: bytes) -> bytes:
        """64 bytes (RFC 8032)."""
        return self._key.sign(message)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for another purpose, from which nothing can be told of this key (HKDF-SHA-256)."""
        raw = self._key.private_bytes_raw()
        return HKDF(hashes.SHA256(), 32, salt=None, info=f"cloister/derived/1 {purpose}".encode()).derive(raw)

    def __repr__(self) -> str:
        return "<Key>"

    def __reduce__(self) -> str:
        raise TypeError("a key does not cross a process boundary by accident")
