"""Key bytes in memory, for as long as they are needed, and AES-256-GCM with them.

What can be promised: a `Secret` is a mutable buffer that is overwritten when its block ends. What Python cannot
promise: that no library, no swapped page and no immutable copy (Tink takes and gives `bytes`) holds it longer.
"""

from __future__ import annotations

import os
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloister.errors import Harm, SealedDataDamaged

SIZE = 32
NONCE = 12
TAG = 16


class Secret:
    """Bytes that open something. They cannot be printed, compared or pickled; leaving its `with` block wipes them."""

    __slots__ = ("_held",)

    def __init__(self, held: bytearray) -> None:
        self._held = held

    @classmethod
    def new(cls) -> Secret:
        """A new key of 32 random bytes, read straight into the buffer that is wiped later."""
        held = bytearray(SIZE)
        with open("/dev/urandom", "rb", buffering=0) as source:  # noqa: PTH123 - a device, unbuffered
            if source.readinto(held) != SIZE:
                raise SealedDataDamaged(why=Harm.STRANGE)
        return cls(held)

    def open(self) -> bytearray:
        """The buffer itself. Search for `.open()` to find every place that looks."""
        return self._held

    def wipe(self) -> None:
        """Overwrite it."""
        self._held[:] = bytes(len(self._held))

    def __len__(self) -> int:
        return len(self._held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return "<Secret>"

    def __reduce__(self) -> str:
        raise TypeError("a secret does not cross a process boundary by accident")


def encrypted(key: Secret, inner: Secret | bytes, bound: bytes) -> bytes:
    """Nonce (12 random bytes), ciphertext and tag (16 bytes), bound to `bound`."""
    nonce = os.urandom(NONCE)
    held = inner.open() if isinstance(inner, Secret) else inner
    return nonce + AESGCM(key.open()).encrypt(nonce, held, bound)


def decrypted(key: Secret, outer: bytes, bound: bytes) -> Secret:
    """What `encrypted` was given; `SealedDataDamaged` on anything else."""
    held = bytearray(max(0, len(outer) - NONCE - TAG))
    try:
        if len(outer) < NONCE + TAG:
            raise InvalidTag
        AESGCM(key.open()).decrypt_into(outer[:NONCE], outer[NONCE:], bound, held)
    except InvalidTag:
        raise SealedDataDamaged(why=Harm.CHANGED) from None
    return Secret(held)
