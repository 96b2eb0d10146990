"""The file of a backup: a tar archive of plain files, a list of their hashes, and a signature of that list.

Any `tar` can look into it. What is taken in again is held to be exactly what is written here: a header that would have
been written otherwise is refused before it is used, so that nothing of a foreign archive is ever interpreted.

  …           the members, in order
  listing     a line for each of them: SHA-256, size, name
  signed      a signed note (c2sp.org/signed-note): format, vault, time, and the SHA-256 of `listing`
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from cloister.errors import BackupDamaged, LogDoesNotVerify
from cloister.events import Id, Thing
from cloister.sign import Key, Note, Verifier, signature

FORMAT = "cloister-backup/1"
LISTING, SIGNED = "listing", "signed"
_BLOCK, _CHUNK = tarfile.BLOCKSIZE, 1 << 20
_MOST_LISTED = 1 << 30
_MOST_SIGNED = 64 << 10
_LARGEST = 0o77777777777
"""Bytes of one member that a header can tell."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup: its name, its size in bytes, and what gives its bytes, once."""

    name: str
    size: int
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a backup says of itself: the vault, and when it was made, in seconds since 1970."""

    vault: Id
    made: int


def origin(vault: Id) -> str:
    """The name under which the log of a vault signs."""
    return f"cloister/{vault}"


def written(members: Iterable[Member], statement: Statement, key: Key) -> Iterator[bytes]:
    """The bytes of a backup."""
    listed = []
    for member in members:
        digest, size = hashlib.sha256(), 0
        yield _header(member.name, member.size, statement.made)
        for chunk in member.chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        if size != member.size:
            raise BackupDamaged
        yield _padding(size)
        listed.append(f"{digest.hexdigest()} {size} {member.name}\n")
    listing = "".join(listed).encode()
    text = f"{FORMAT}\n{statement.vault}\n{statement.made}\n{hashlib.sha256(listing).hexdigest()}\n"
    note = Note(text, (signature(text, origin(statement.vault), key),)).written()
    for name, data in ((LISTING, listing), (SIGNED, note)):
        yield _header(name, len(data), statement.made) + data + _padding(len(data))
    yield bytes(2 * _BLOCK)


def taken(
    file: BinaryIO, keep: Callable[[str], AbstractContextManager[BinaryIO]], verifier: Callable[[Id], Verifier]
) -> Statement:
    """Read a backup; `keep` gives where the bytes of a member go, and whose signature counts the `verifier`.

    Nothing may be used before this returns. `BackupDamaged` if it is not whole, not of this form, or not signed.
    """
    listed: list[str] = []
    small: dict[str, bytes] = {}
    while (found := _next(file)) is not None:
        name, size = found
        if SIGNED in small or (LISTING in small) != (name == SIGNED):
            raise BackupDamaged
        if name in {LISTING, SIGNED}:
            if size > (_MOST_LISTED if name == LISTING else _MOST_SIGNED):
                raise BackupDamaged
            small[name] = b"".join(_content(file, size))
            continue
        digest = hashlib.sha256()
        with keep(name) as target:
            for chunk in _content(file, size):
                digest.update(chunk)
                target.write(chunk)
        listed.append(f"{digest.hexdigest()} {size} {name}\n")
    if SIGNED not in small or small[LISTING] != "".join(listed).encode():
        raise BackupDamaged
    return _statement(small[SIGNED], hashlib.sha256(small[LISTING]).hexdigest(), verifier)


def _statement(signed: bytes, listing: str, verifier: Callable[[Id], Verifier]) -> Statement:
    try:
        note = Note.read(signed)
        form, vault, made, sha256, end = note.text.split("\n")
        statement = Statement(Id.read(vault), int(made))
        note.signed_by(verifier(statement.vault))
    except (ValueError, LogDoesNotVerify):
        raise BackupDamaged from None
    if (form, sha256, end) != (FORMAT, listing, "") or statement.vault.thing is not Thing.VAULT:
        raise BackupDamaged
    return statement


def _header(name: str, size: int, made: int) -> bytes:
    if size > _LARGEST:
        raise BackupDamaged
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, made
    return info.tobuf(tarfile.USTAR_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _next(file: BinaryIO) -> tuple[str, int] | None:
    """Name and size of the next member; None at the end."""
    head = file.read(_BLOCK)
    if head == bytes(_BLOCK):
        if file.read(_BLOCK + 1) != bytes(_BLOCK):
            raise BackupDamaged
        return None
    try:
        name = head[:100].rstrip(b"\0").decode("ascii")
        size, made = int(head[124:135], 8), int(head[136:147], 8)
        exact = _header(name, size, made) == head
    except ValueError:
        raise BackupDamaged from None
    if not exact:
        raise BackupDamaged
    return name, size


def _content(file: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            raise BackupDamaged
        left -= len(chunk)
        yield chunk
    if file.read(-size % _BLOCK).strip(b"\0"):
        raise BackupDamaged
