"""A file of small records that hold wrapped keys: each is written, replaced and destroyed at its own place.

There is no journal and no temporary copy: a record is one slot of 512 bytes with a checksum, written in place and
synced before anyone is told. A new version goes into a free slot and only then is the old one overwritten; a crash
between leaves both, of which the newer counts. A slot that was torn by a crash has no valid checksum and is
overwritten when the file is next read. Destroying a record overwrites its slot with random bytes, and syncs.

Any number of processes may use the file: every act holds a lock on it (flock), and rereads it if its generation is
not the one that was last seen. What a failed sync left in the page cache is not believed: the file is then read
from the medium again.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cloister.disk import sync_folder
from cloister.errors import (
    CloisterError,
    Harm,
    KeyGone,
    KeysExist,
    KeysReadableByOthers,
    KeyStoreBusy,
    KeyStoreFailed,
    NoKeys,
    SealedDataDamaged,
)

SLOT = 512
HEAD = 4096
"""The first slot. Before it lie two copies of the head, written in turns."""
_COPY = 2048
_GROWTH = 64
"""Slots by which the file grows; they are allocated before they are used, so that no later write lacks room."""
_PATIENCE = 10.0
_CHECK = 32
_MARK = b"cloister/slots/1"
_HEAD = struct.Struct(">16s32sQ")
_RECORD = struct.Struct(">4sBBHQQ32s32s")
_SLOT_MARK = b"slot"
MOST = SLOT - _CHECK - _RECORD.size
"""The most bytes that a record may hold."""
_FREE, _HELD = 0, 1


@dataclass(frozen=True, slots=True)
class Record:
    """One wrapped key. `tag` names it, `owner` is the tenant it belongs to: hashes, of 32 bytes each."""

    kind: int
    tag: bytes
    owner: bytes
    ends: int
    """When it is due, in seconds since 1970; 0 if no time says so."""
    held: bytes
    generation: int = 0


def _checked(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()


def _written(record: Record, generation: int) -> bytes:
    if len(record.held) > MOST:
        raise SealedDataDamaged(why=Harm.STRANGE)
    parts = (_SLOT_MARK, _HELD, record.kind, len(record.held), record.ends, generation, record.tag, record.owner)
    return _checked((_RECORD.pack(*parts) + record.held).ljust(SLOT - _CHECK, b"\0"))


def _wiped() -> bytes:
    parts = (_SLOT_MARK, _FREE, 0, 0, 0, 0, bytes(32), bytes(32))
    return _checked(_RECORD.pack(*parts) + os.urandom(MOST))


def _is_free(slot: bytes) -> bool:
    return not any(slot) or (_is_whole(slot) and slot[4] == _FREE)


def _is_whole(slot: bytes) -> bool:
    return slot[:4] == _SLOT_MARK and hashlib.sha256(slot[:-_CHECK]).digest() == slot[-_CHECK:]


def _record(slot: bytes) -> Record | None:
    """The record in a slot; None if it is free or torn."""
    if not _is_whole(slot) or slot[4] != _HELD:
        return None
    _, _, kind, size, ends, generation, tag, owner = _RECORD.unpack(slot[: _RECORD.size])
    return Record(kind, tag, owner, ends, slot[_RECORD.size : _RECORD.size + min(size, MOST)], generation)


def require_private(path: Path) -> None:
    """Raise `KeysReadableByOthers` unless this belongs to this user and nobody else may do anything with it."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise NoKeys from None
    except OSError as problem:
        raise KeyStoreFailed(errno=problem.errno or errno.EIO) from None
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise KeysReadableByOthers


class Slots:
    """An open file of records."""

    def __init__(self, path: Path, vault: str) -> None:
        """Open it; `NoKeys`, `KeysReadableByOthers` or `SealedDataDamaged` if it is not there or not to be trusted."""
        require_private(path.parent)
        require_private(path)
        self._vault = hashlib.sha256(vault.encode()).digest()
        self._thread = threading.RLock()
        self._generation: int | None = None
        self._places: dict[bytes, int] = {}
        self._records: dict[bytes, Record] = {}
        self._free: list[int] = []
        self.repaired = 0
        """Slots that a crash had left torn or doubled, and that were overwritten since it was opened."""
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as problem:
            raise KeyStoreFailed(errno=problem.errno or errno.EIO) from None
        try:
            with self._locked():
                pass
        except BaseException:
            os.close(self._file)
            raise

    @classmethod
    def make(cls, path: Path, vault: str) -> Slots:
        """Make an empty file, whole or not at all, in a folder that is private; `KeysExist` if there is one."""
        require_private(path.parent)
        mark = hashlib.sha256(vault.encode()).digest()
        head = _checked(_HEAD.pack(_MARK, mark, 0)).ljust(_COPY, b"\0")
        new = path.with_name(path.name + ".new")
        try:
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                _put(file, head * 2, 0)
                os.fsync(file)
            finally:
                os.close(file)
            os.link(new, path)  # holds no key yet; unlike a rename it replaces nothing
            new.unlink()
            sync_folder(path.parent)
        except FileExistsError:
            new.unlink(missing_ok=True)
            raise KeysExist from None
        except OSError as problem:
            raise KeyStoreFailed(errno=problem.errno or errno.EIO) from None
        return cls(path, vault)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    @property
    def generation(self) -> int:
        """How many changes were confirmed: it never falls, so that an older copy of the file can be told."""
        with self._locked():
            return self._generation or 0

    def hand_over(self, vault: str) -> None:
        """Have the file answer to another vault from here on, and to the one that it was opened for no more."""
        with self._locked():
            self._vault = hashlib.sha256(vault.encode()).digest()
            self._confirm((self._generation or 0) + 1)

    def add(self, record: Record) -> None:
        """Write a new record; `KeysExist` if there is one of this tag."""
        with self._locked():
            if record.tag in self._places:
                raise KeysExist
            self._write([record])

    def get(self, tag: bytes) -> Record:
        """The record of this tag, as the file holds it now; `KeyGone` if there is none."""
        with self._locked():
            place = self._places.get(tag)
            record = None if place is None else _record(self._slot(place))
            if record is None or record.tag != tag:
                self._generation = None  # another process was killed between its write and its head
                raise KeyGone
            return record

    def all(self) -> list[Record]:
        """Every record."""
        with self._locked():
            return list(self._records.values())

    def replace(self, records: Iterable[Record]) -> None:
        """Put new versions in place of those of the same tags: all are written and synced before any old one goes.

        A record that carries the generation in which it was read is left out if another act was faster, so that
        nothing that was destroyed meanwhile comes back. `KeyGone` if one without a generation is not there.
        """
        with self._locked():
            new = [record for record in records if not record.generation or self._is_current(record)]
            if any(record.tag not in self._places for record in new):
                raise KeyGone
            old = [self._places[record.tag] for record in new]
            self._write(new)
            self._wipe(old)

    def _is_current(self, record: Record) -> bool:
        known = self._records.get(record.tag)
        return known is not None and known.generation == record.generation

    def destroy(self, tags: Iterable[bytes]) -> int:
        """Overwrite the records of these tags and sync; the generation after. `KeyGone` if one is not there."""
        with self._locked():
            return self._destroy(list(tags))

    def sweep(self, is_due: Callable[[Record], bool]) -> tuple[list[bytes], int]:
        """Destroy every record that is due; their tags, and the generation after."""
        with self._locked():
            gone = [record.tag for record in self._records.values() if is_due(record)]
            return gone, self._destroy(gone) if gone else self._generation or 0

    def _destroy(self, gone: list[bytes]) -> int:
        if any(tag not in self._places for tag in gone):
            raise KeyGone
        self._wipe([self._places[tag] for tag in gone])
        for tag in gone:
            del self._places[tag], self._records[tag]
        return self._generation or 0

    def _write(self, records: list[Record]) -> None:
        """Into free slots, with one sync for all."""
        while len(self._free) < len(records):
            self._grow()
        generation = (self._generation or 0) + 1
        for record in records:
            place = self._free.pop()
            _put(self._file, _written(record, generation), place)
            self._places[record.tag] = place
            self._records[record.tag] = replace(record, generation=generation)
        self._confirm(generation)

    def _wipe(self, places: list[int]) -> None:
        for place in places:
            _put(self._file, _wiped(), place)
        self._confirm((self._generation or 0) + 1)
        self._free += places

    def _confirm(self, generation: int) -> None:
        """Write the head in its next place and sync: from here on the change is certain."""
        head = _checked(_HEAD.pack(_MARK, self._vault, generation)).ljust(_COPY, b"\0")
        _put(self._file, head, generation % 2 * _COPY)
        os.fsync(self._file)
        self._generation = generation

    def _grow(self) -> None:
        size = os.fstat(self._file).st_size
        start = max(HEAD, size - (size - HEAD) % SLOT)
        os.posix_fallocate(self._file, start, _GROWTH * SLOT)
        _put(self._file, bytes(_GROWTH * SLOT), start)
        os.fsync(self._file)
        self._free += range(start, start + _GROWTH * SLOT, SLOT)

    def _slot(self, place: int) -> bytes:
        return os.pread(self._file, SLOT, place)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the file alone, knowing what is in it. Any failure of the medium makes what is known void."""
        with self._thread:
            self._lock()
            try:
                if self._generation is None or self._generation != self._head():
                    self._load()
                yield
            except OSError as problem:
                self._generation = None
                raise KeyStoreFailed(errno=problem.errno or errno.EIO) from None
            except CloisterError:
                raise
            except BaseException:
                self._generation = None
                raise
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _lock(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise KeyStoreBusy(seconds=_PATIENCE) from None
                time.sleep(0.002)
            except OSError as problem:
                raise KeyStoreFailed(errno=problem.errno or errno.EIO) from None
            else:
                return

    def _head(self) -> int:
        """The generation, from the newer of the two copies of the head that is whole; it says whose file it is."""
        held = os.pread(self._file, HEAD, 0)
        found: list[tuple[int, bool]] = []
        for start in (0, _COPY):
            copy = held[start : start + _HEAD.size + _CHECK]
            body = copy[: _HEAD.size]
            if len(copy) == _HEAD.size + _CHECK and _checked(body) == copy:
                mark, vault, generation = _HEAD.unpack(body)
                found.append((int(generation), mark == _MARK and vault != self._vault))
        if not found:
            raise SealedDataDamaged(why=Harm.STRANGE)
        generation, is_foreign = max(found)
        if is_foreign:
            raise SealedDataDamaged(why=Harm.OTHER_VAULT)
        return generation

    def _load(self) -> None:
        """Read everything from the medium, and overwrite what a crash left torn or doubled."""
        os.fsync(self._file)
        os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        generation = self._head()
        held = _read_all(self._file)
        self._places, self._records, self._free = {}, {}, []
        broken: list[int] = []
        for place in range(HEAD, len(held) - SLOT + 1, SLOT):
            slot = held[place : place + SLOT]
            record = _record(slot)
            if record is None:
                (self._free if _is_free(slot) else broken).append(place)
                continue
            generation = max(generation, record.generation)
            known = self._records.get(record.tag)
            if known and known.generation >= record.generation:
                broken.append(place)
                continue
            if known:
                broken.append(self._places[record.tag])
            self._places[record.tag], self._records[record.tag] = place, record
        self._generation = generation
        if broken:
            self._wipe(broken)
            self.repaired += len(broken)
        elif generation != self._head():
            self._confirm(generation)


def _put(file: int, data: bytes, place: int) -> None:
    if os.pwrite(file, data, place) != len(data):
        raise OSError(errno.ENOSPC, "")


def _read_all(file: int) -> bytes:
    size = os.fstat(file).st_size
    parts, place = [], 0
    while place < size and (part := os.pread(file, 1 << 20, place)):
        parts.append(part)
        place += len(part)
    return b"".join(parts)
