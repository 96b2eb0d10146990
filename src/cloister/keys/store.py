"""The keys that are destroyed: 32 bytes for each artefact of a document and each bucket, wrapped by the tenant's key.

They lie in `store.keys`, a file of slots (see `slots`) in a folder of its own, never in a database. Destroying a key
overwrites it there and syncs; what that means on flash and on file systems that copy is said in docs/keys.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from cloister.errors import Harm, KeyGone, KeysExist, RestoredSince, SealedDataDamaged
from cloister.keys.buckets import Bucket
from cloister.keys.context import FORMAT, Layer, encoded
from cloister.keys.providers import TenantKey
from cloister.keys.secret import Secret
from cloister.keys.slots import Record, Slots
from cloister.model import Artefact

NAME = "store.keys"
_MOST_RESTORED = 1_000
_BATCH = 64
"""Keys that are wrapped anew between two syncs: the file grows by no more than these."""


class Kind(Enum):
    """What a stored key is for. A document has one for each of its artefacts, as each can end by itself."""

    DOCUMENT = 1
    BUCKET = 2


@dataclass(frozen=True, slots=True)
class Name:
    """Which key: of an artefact of a document, or of a bucket of a tenant within an environment."""

    kind: Kind
    environment: str
    tenant: str
    what: str
    ends: int = 0

    @classmethod
    def document(cls, environment: str, tenant: str, document: str, artefact: Artefact) -> Name:
        """The key of one artefact of a document: destroyed when that is shredded, or the document deleted."""
        return cls(Kind.DOCUMENT, environment, tenant, f"{document}/{artefact.value}")

    @classmethod
    def bucket(cls, environment: str, tenant: str, bucket: Bucket) -> Name:
        """The key of one bucket: destroyed when it ends."""
        return cls(Kind.BUCKET, environment, tenant, str(bucket), bucket.ends)

    @property
    def tag(self) -> bytes:
        """What it is stored under: a hash, 32 bytes."""
        parts = (FORMAT, self.kind.name, self.environment, self.tenant, self.what)
        return hashlib.sha256(encoded(*parts)).digest()


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed, and the generation of the store that says so."""

    tags: tuple[bytes, ...]
    generation: int


class KeyStore:
    """An open store."""

    def __init__(self, slots: Slots, vault: str) -> None:
        self._slots = slots
        self._vault = vault

    @classmethod
    def make(cls, folder: Path, vault: str) -> KeyStore:
        """Make an empty one in a private folder; `KeysExist` if there is one."""
        return cls(Slots.make(folder / NAME, vault), vault)

    @classmethod
    def open(cls, folder: Path, vault: str, restored: int = 0) -> KeyStore:
        """Open it; `NoKeys`, `KeysReadableByOthers` or `SealedDataDamaged` if it cannot be trusted.

        `restored` is how often the vault was: its keys answer to the copy that was restored last, and to any other
        it is `RestoredSince`.
        """
        try:
            return cls(Slots(folder / NAME, _copy(vault, restored)), vault)
        except SealedDataDamaged as problem:
            if problem.facts["why"] is Harm.OTHER_VAULT and _answers(folder, vault, restored + 1) is not None:
                raise RestoredSince from None
            raise

    @classmethod
    def take_over(cls, folder: Path, vault: str) -> int:
        """Have the store answer to a copy of its vault that is restored now; how often it was restored, this included.

        `SealedDataDamaged` if it is the store of another vault.
        """
        restored = _answers(folder, vault, 0)
        if restored is None:
            raise SealedDataDamaged(why=Harm.OTHER_VAULT)
        with closing(Slots(folder / NAME, _copy(vault, restored))) as slots:
            slots.hand_over(_copy(vault, restored + 1))
        return restored + 1

    def close(self) -> None:
        """Let go of the file."""
        self._slots.close()

    @property
    def generation(self) -> int:
        """How many changes were confirmed; it never falls."""
        return self._slots.generation

    @property
    def repaired(self) -> int:
        """Slots that crashes had left torn or doubled, and that were overwritten."""
        return self._slots.repaired

    def counts(self) -> dict[Kind, int]:
        """How many keys of each kind it holds."""
        kinds = [record.kind for record in self._slots.all()]
        return {kind: kinds.count(kind.value) for kind in Kind}

    def add(self, name: Name, tenant: TenantKey) -> None:
        """Make a key; `KeysExist` if there is one of this name."""
        with Secret.new() as key:
            held = tenant.wrap(key, self._bound(name.kind.value, name.tag, name.ends))
        self._slots.add(Record(name.kind.value, name.tag, _owner(name.tenant), name.ends, held))

    def ensure(self, name: Name, tenant: TenantKey) -> None:
        """Make a key unless there is one."""
        try:
            self._slots.get(name.tag)
        except KeyGone:
            with suppress(KeysExist):  # another process was first
                self.add(name, tenant)

    def key(self, name: Name, tenant: TenantKey) -> Secret:
        """The key of this name; `KeyGone` if it was destroyed or never was."""
        record = self._slots.get(name.tag)
        return tenant.unwrap(record.held, self._bound(record.kind, record.tag, record.ends))

    def destroy(self, name: Name) -> Destroyed:
        """Overwrite a key, sync, and only then say so; `KeyGone` if there is none."""
        return Destroyed((name.tag,), self._slots.destroy([name.tag]))

    def destroy_any(self, names: Iterable[Name]) -> Destroyed:
        """The same for several at once, with one sync; those that are not there are passed over."""
        tags = {name.tag for name in names}
        return self._destroy_where(lambda each: each.tag in tags)

    def others(self, names: Iterable[Name]) -> int:
        """How many artefacts have a key here and are not among these."""
        return sum(map(_other_than(names), self._slots.all()))

    def destroy_but(self, names: Iterable[Name]) -> Destroyed:
        """Destroy the key of every artefact but these: what a crash left of documents that were never kept."""
        return self._destroy_where(_other_than(names))

    def _destroy_where(self, is_due: Callable[[Record], bool]) -> Destroyed:
        tags, generation = self._slots.sweep(is_due)
        return Destroyed(tuple(tags), generation)

    def tags(self) -> frozenset[bytes]:
        """The tag of every key that it holds."""
        return frozenset(record.tag for record in self._slots.all())

    def due(self, now: int) -> tuple[tuple[bytes, int], ...]:
        """The tag and the end of every bucket that has ended and still has a key."""
        return tuple((each.tag, each.ends) for each in self._slots.all() if _has_ended(each, now))

    def sweep(self, now: int) -> Destroyed:
        """Destroy the key of every bucket that has ended."""
        return self._destroy_where(lambda each: _has_ended(each, now))

    def rewrap(self, tenant: TenantKey) -> int:
        """Wrap all keys of a tenant with the newest version of its key; how many they were."""
        owner = _owner(tenant.tenant)
        mine = [record for record in self._slots.all() if record.owner == owner]
        for start in range(0, len(mine), _BATCH):
            self._slots.replace([self._rewrapped(record, tenant) for record in mine[start : start + _BATCH]])
        return len(mine)

    def _rewrapped(self, record: Record, tenant: TenantKey) -> Record:
        bound = self._bound(record.kind, record.tag, record.ends)
        with tenant.unwrap(record.held, bound) as key:
            return replace(record, held=tenant.wrap(key, bound))

    def _bound(self, kind: int, tag: bytes, ends: int) -> bytes:
        return encoded(FORMAT, Layer.STORED.value, self._vault, str(kind), tag, str(ends))


def _copy(vault: str, restored: int) -> str:
    return f"{vault}, restored {restored}" if restored else vault


def _answers(folder: Path, vault: str, first: int) -> int | None:
    """To which copy of a vault the store answers, from the first that is asked for; None if to none of them."""
    for restored in range(first, _MOST_RESTORED):
        try:
            Slots(folder / NAME, _copy(vault, restored)).close()
        except SealedDataDamaged as problem:
            if problem.facts["why"] is not Harm.OTHER_VAULT:
                raise
        else:
            return restored
    return None


def _other_than(names: Iterable[Name]) -> Callable[[Record], bool]:
    tags = {name.tag for name in names}
    return lambda each: each.kind == Kind.DOCUMENT.value and each.tag not in tags


def _has_ended(record: Record, now: int) -> bool:
    return record.kind == Kind.BUCKET.value and record.ends <= now


def _owner(tenant: str) -> bytes:
    return hashlib.sha256(encoded(FORMAT, Layer.TENANT.value, tenant)).digest()
