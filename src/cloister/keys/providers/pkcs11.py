"""A tenant's key inside a hardware security module, through PKCS #11: AES-256-GCM, and the key never leaves.

Each version is a secret key object labelled with the tenant, its number as its id. The library of the module runs
inside this process. Whatever error a call gives is a denial: modules differ in which they give.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass, PKCS11Error, SecretKey, Session

from cloister.errors import (
    Harm,
    KeyAct,
    KeyGone,
    KeyProviderUnreachable,
    KeyRefused,
    KeysExist,
    NoKeys,
    SealedDataDamaged,
)
from cloister.keys.providers import End, Ending, Word
from cloister.keys.secret import NONCE, TAG, Secret

_BITS = 256
_VERSION = struct.Struct(">I")
_PREFIX = "cloister/"
Answer = TypeVar("Answer")


class Token:
    """An open session with a token; one call at a time."""

    def __init__(self, module: Path, token: str, pin: Secret) -> None:
        """`KeyProviderUnreachable` if there is no such module or token, `KeyRefused` if it does not take the PIN."""
        self.lock = threading.Lock()
        try:
            found = pkcs11.lib(str(module)).get_token(token_label=token)
        except (PKCS11Error, RuntimeError, OSError):
            raise KeyProviderUnreachable from None
        try:
            self.session: Session = found.open(rw=True, user_pin=pin.open().decode())
        except (PKCS11Error, RuntimeError, ValueError):
            raise KeyRefused(act=KeyAct.DESCRIBE) from None

    def close(self) -> None:
        """Log out."""
        self.session.close()

    def make(self, tenant: str, label: str | None = None) -> Pkcs11Key:
        """Make the first version of a tenant's key; `KeysExist` if it has one."""
        key = Pkcs11Key(self, tenant, label)
        if key.versions():
            raise KeysExist
        key.add(1)
        return key

    def tenant(self, tenant: str) -> Pkcs11Key:
        """A tenant's key; `NoKeys` if it has none."""
        key = Pkcs11Key(self, tenant)
        if not key.versions():
            raise NoKeys
        return key


class Pkcs11Key:
    """One tenant's key: every object of its label, which is made of the tenant's name unless it is given."""

    def __init__(self, token: Token, tenant: str, label: str | None = None) -> None:
        self._token = token
        self._tenant = tenant
        self._label = label or _PREFIX + tenant

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self._tenant

    def versions(self) -> list[Any]:
        """All versions, oldest first."""
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._label}
        found = self._do(KeyAct.DESCRIBE, lambda: list(self._token.session.get_objects(wanted)))
        return sorted((key for key in found if isinstance(key, SecretKey)), key=lambda key: key.id)

    def add(self, version: int) -> None:
        """Make a version inside the token."""
        template = {
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.MODIFIABLE: True,
            Attribute.ENCRYPT: True,
            Attribute.DECRYPT: True,
            Attribute.WRAP: False,
            Attribute.UNWRAP: False,
        }
        make = self._token.session.generate_key
        label, number = self._label, _VERSION.pack(version)
        self._do(KeyAct.ROTATE, lambda: make(KeyType.AES, _BITS, label=label, id=number, store=True, template=template))

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        """With the newest version: its number, a nonce of the token's, ciphertext and tag."""
        newest = self._newest()
        held = bytes(key.open()) if isinstance(key, Secret) else key

        def act() -> bytes:
            nonce = self._token.session.generate_random(8 * NONCE)
            parameters = GCMParams(nonce, bound, 8 * TAG)
            return nonce + bytes(newest.encrypt(held, mechanism=Mechanism.AES_GCM, mechanism_param=parameters))

        return bytes(newest.id) + self._do(KeyAct.WRAP, act)

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        """With the version that it was wrapped with."""
        number, nonce, held = wrapped[:4], wrapped[4 : 4 + NONCE], wrapped[4 + NONCE :]
        if len(held) < TAG:
            raise SealedDataDamaged(why=Harm.STRANGE)
        found = [key for key in self.versions() if key.id == number]
        if len(found) != 1:
            raise KeyGone
        parameters = GCMParams(nonce, bound, 8 * TAG)
        opened = self._do(
            KeyAct.UNWRAP,
            lambda: found[0].decrypt(held, mechanism=Mechanism.AES_GCM, mechanism_param=parameters),
        )
        return Secret(bytearray(opened))

    def rotate(self) -> None:
        """Add a version."""
        self.add(_VERSION.unpack(self._newest().id)[0] + 1)

    def disable(self, now: int) -> End:
        """Take the right to encrypt and decrypt from all versions; the token's own tools can give it back."""
        for key in self.versions():
            self._do(KeyAct.DISABLE, lambda key=key: _switch_off(key))  # type: ignore[misc] # bound per turn
        return End(Ending.DISABLED, now, None, Word.TOKEN)

    def destroy(self, now: int) -> End:
        """Destroy all versions, and look that the token holds none."""
        for key in self.versions():
            self._do(KeyAct.DESTROY, key.destroy)
        if self.versions():
            raise KeyRefused(act=KeyAct.DESTROY)
        return End(Ending.DESTROYED, now, now, Word.TOKEN)

    def _newest(self) -> Any:  # noqa: ANN401 - its class is put together at run time
        versions = self.versions()
        if not versions:
            raise KeyGone
        return versions[-1]

    def _do(self, act: KeyAct, call: Callable[[], Answer]) -> Answer:
        with self._token.lock:
            try:
                return call()
            except (PKCS11Error, RuntimeError, ValueError, AttributeError):  # a key without a right lacks the method
                raise KeyRefused(act=act) from None


def _switch_off(key: Any) -> None:  # noqa: ANN401 - the same
    key[Attribute.ENCRYPT] = False
    key[Attribute.DECRYPT] = False
