"""Keys on this machine: a root key sealed by a passphrase (Argon2id) or a key file, and under it each tenant's key.

They lie in `local.keys`, one file of slots like the key store. Changing the passphrase wraps the root key anew and
touches nothing else. Whoever copies the folder and knows the passphrase has the keys of that day.
"""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from cloister.errors import Harm, KeyAct, KeyGone, KeyRefused, NoKeys, SealedDataDamaged, WrongPassphrase
from cloister.keys.context import FORMAT, Layer, encoded
from cloister.keys.passphrase import require_long
from cloister.keys.providers import End, Ending, Word
from cloister.keys.secret import SIZE, Secret, decrypted, encrypted
from cloister.keys.slots import Record, Slots

NAME = "local.keys"
_ROOT, _KEK = 1, 2
_PARAMETERS = struct.Struct(">BBB16s")
_VERSION = struct.Struct(">IB")
_WRAPPED = struct.Struct(">I")
_ROOT_TAG = hashlib.sha256(encoded(FORMAT, Layer.ROOT.value)).digest()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs: passes over 2^`log_memory` KiB, in lanes that may run side by side.

    As it stands here, the second recommended option of RFC 9106: 64 MiB.
    """

    log_memory: int = 16
    passes: int = 3
    lanes: int = 4

    def within(self) -> bool:
        """Whether a file may ask for this: a floor that the function has, and a ceiling on memory and time."""
        return 1 <= self.lanes <= 8 and 8 * self.lanes <= 1 << self.log_memory <= 1 << 20 and 1 <= self.passes <= 16  # noqa: PLR2004

    def key(self, passphrase: Secret, salt: bytes) -> Secret:
        """The key that a passphrase gives."""
        kdf = Argon2id(
            salt=salt, length=SIZE, iterations=self.passes, lanes=self.lanes, memory_cost=1 << self.log_memory
        )
        held = bytearray(SIZE)
        kdf.derive_into(bytes(passphrase.open()), held)
        return Secret(held)


STANDARD = Cost()


class Keyring:
    """The open file, and the root key in memory until `close`."""

    def __init__(self, slots: Slots, vault: str, root: Secret) -> None:
        self._slots = slots
        self._vault = vault
        self._root = root

    @classmethod
    def make(cls, folder: Path, vault: str, secret: Secret, cost: Cost | None = STANDARD) -> Keyring:
        """Make the file with a new root key, sealed by a passphrase; without a cost, by the 32 bytes of a key file."""
        _require_strong(secret, cost)
        slots = Slots.make(folder / NAME, vault)
        root = Secret.new()
        slots.add(_root(root, vault, secret, cost))
        return cls(slots, vault, root)

    @classmethod
    def open(cls, folder: Path, vault: str, secret: Secret) -> Keyring:
        """Open it; `WrongPassphrase` if the secret is another."""
        slots = Slots(folder / NAME, vault)
        try:
            return cls(slots, vault, _opened(slots, vault, secret))
        except BaseException:
            slots.close()
            raise

    def close(self) -> None:
        """Forget the root key and let go of the file."""
        self._root.wipe()
        self._slots.close()

    def change(self, secret: Secret, cost: Cost | None = STANDARD) -> None:
        """Seal the root key with another passphrase or key file; the old one opens this file no more."""
        _require_strong(secret, cost)
        self._slots.replace([_root(self._root, self._vault, secret, cost)])

    def make_tenant(self, tenant: str) -> LocalKey:
        """Make the first version of a tenant's key; `KeysExist` if it has one."""
        key = LocalKey(self, tenant)
        self.write(tenant, 1)
        return key

    def tenant(self, tenant: str) -> LocalKey:
        """A tenant's key; `NoKeys` if it has none."""
        key = LocalKey(self, tenant)
        if not self.versions(tenant):
            raise NoKeys
        return key

    def write(self, tenant: str, version: int) -> None:
        """Add a version with a new key."""
        with Secret.new() as kek:
            self._slots.add(self._record(tenant, version, kek, enabled=True))

    def versions(self, tenant: str) -> list[Record]:
        """All versions of a tenant's key, oldest first."""
        owner = _owner(tenant)
        found = [record for record in self._slots.all() if record.kind == _KEK and record.owner == owner]
        return sorted(found, key=_version)

    def kek(self, tenant: str, record: Record) -> Secret:
        """The key in a record; `KeyRefused` if it is disabled."""
        version, enabled = _VERSION.unpack_from(record.held)
        bound = self._bound(tenant, version, enabled=enabled)
        kek = decrypted(self._root, record.held[_VERSION.size :], bound)
        if not enabled:
            kek.wipe()
            raise KeyRefused(act=KeyAct.UNWRAP)
        return kek

    def version(self, tenant: str, version: int) -> Record:
        """One version; `KeyGone` if it is not there."""
        return self._slots.get(_tag(tenant, version))

    def switch(self, tenant: str, *, enabled: bool) -> None:
        """Enable or disable all versions."""
        new = []
        for record in self.versions(tenant):
            version, before = _VERSION.unpack_from(record.held)
            with decrypted(
                self._root, record.held[_VERSION.size :], self._bound(tenant, version, enabled=before)
            ) as kek:
                new.append(self._record(tenant, version, kek, enabled=enabled))
        self._slots.replace(new)

    def destroy(self, tenant: str) -> None:
        """Overwrite all versions."""
        self._slots.destroy(record.tag for record in self.versions(tenant))

    def _record(self, tenant: str, version: int, kek: Secret, *, enabled: bool) -> Record:
        held = encrypted(self._root, kek, self._bound(tenant, version, enabled=enabled))
        return Record(_KEK, _tag(tenant, version), _owner(tenant), 0, _VERSION.pack(version, enabled) + held)

    def _bound(self, tenant: str, version: int, *, enabled: bool) -> bytes:
        return encoded(FORMAT, Layer.LOCAL.value, self._vault, tenant, str(version), str(int(enabled)))


class LocalKey:
    """One tenant's key."""

    def __init__(self, keyring: Keyring, tenant: str) -> None:
        self._keyring = keyring
        self._tenant = tenant

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self._tenant

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        """With the newest version, whose number stands first."""
        versions = self._keyring.versions(self._tenant)
        if not versions:
            raise KeyGone
        with self._keyring.kek(self._tenant, versions[-1]) as kek:
            return _WRAPPED.pack(_version(versions[-1])) + encrypted(kek, key, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        """With the version that it was wrapped with."""
        if len(wrapped) < _WRAPPED.size:
            raise SealedDataDamaged(why=Harm.STRANGE)
        (version,) = _WRAPPED.unpack_from(wrapped)
        with self._keyring.kek(self._tenant, self._keyring.version(self._tenant, version)) as kek:
            return decrypted(kek, wrapped[_WRAPPED.size :], bound)

    def rotate(self) -> None:
        """Add a version."""
        versions = self._keyring.versions(self._tenant)
        if not versions:
            raise KeyGone
        self._keyring.write(self._tenant, _version(versions[-1]) + 1)

    def disable(self, now: int) -> End:
        """Mark all versions, under the root key."""
        self._keyring.switch(self._tenant, enabled=False)
        return End(Ending.DISABLED, now, None, Word.OURS)

    def enable(self) -> None:
        """Take the mark off again."""
        self._keyring.switch(self._tenant, enabled=True)

    def destroy(self, now: int) -> End:
        """Overwrite all versions, sync, and look that they are gone."""
        self._keyring.destroy(self._tenant)
        return End(Ending.DESTROYED, now, now, Word.OURS)


def _require_strong(secret: Secret, cost: Cost | None) -> None:
    if cost is None and len(secret) != SIZE:
        raise WrongPassphrase
    if cost is not None:
        require_long(secret)


def _owner(tenant: str) -> bytes:
    return hashlib.sha256(encoded(FORMAT, Layer.TENANT.value, tenant)).digest()


def _tag(tenant: str, version: int) -> bytes:
    return hashlib.sha256(encoded(FORMAT, Layer.LOCAL.value, tenant, str(version))).digest()


def _version(record: Record) -> int:
    return int(_VERSION.unpack_from(record.held)[0])


def _root(root: Secret, vault: str, secret: Secret, cost: Cost | None) -> Record:
    """The root key, sealed by a passphrase at this cost, or by a key."""
    numbers = (cost.log_memory, cost.passes, cost.lanes) if cost else (0, 0, 0)
    parameters = _PARAMETERS.pack(*numbers, os.urandom(16))
    with _sealing(secret, parameters) as key:
        held = parameters + encrypted(key, root, encoded(FORMAT, Layer.ROOT.value, vault, parameters))
    return Record(_ROOT, _ROOT_TAG, bytes(32), 0, held)


def _sealing(secret: Secret, parameters: bytes) -> Secret:
    """The key that seals the root key."""
    *numbers, salt = _PARAMETERS.unpack(parameters)
    if not any(numbers):
        return Secret(bytearray(secret.open()))
    cost = Cost(*numbers)
    if not cost.within():
        raise SealedDataDamaged(why=Harm.STRANGE)
    return cost.key(secret, salt)


def _opened(slots: Slots, vault: str, secret: Secret) -> Secret:
    """The root key; `WrongPassphrase` if this is not what seals it."""
    held = slots.get(_ROOT_TAG).held
    parameters, sealed = held[: _PARAMETERS.size], held[_PARAMETERS.size :]
    if len(parameters) < _PARAMETERS.size:
        raise SealedDataDamaged(why=Harm.STRANGE)
    try:
        with _sealing(secret, parameters) as key:
            return decrypted(key, sealed, encoded(FORMAT, Layer.ROOT.value, vault, parameters))
    except (SealedDataDamaged, ValueError):  # the slot's own checksum held, so it is the secret that is wrong
        raise WrongPassphrase from None
