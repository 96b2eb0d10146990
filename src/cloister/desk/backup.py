"""A backup of a vault: everything but its keys, in one file, as it stands between two acts.

Whoever has the file reads nothing of a document, ever: what would open it is the key store, which is in no backup. And
when a document ends, its key ends in the one key store that there is, so it ends in every backup as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cloister.audit import held
from cloister.desk.archive import Member, Statement, written
from cloister.desk.opened import Desk, Turn
from cloister.desk.vault import ABOUT, BLOBS, LOG, POLICIES, POLICY, RECORDS, described, log_key
from cloister.events import Act, Outcome
from cloister.formats.save import save
from cloister.store import sqlite
from cloister.store.rows import State

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What went into a backup: documents of which something is kept, events of the log, and bytes in all."""

    documents: int
    events: int
    size: int


def backup(desk: Desk, out: Path, *, overwrite: bool = False) -> BackedUp:
    """Write a backup; `OutputExists` if there is one and it may not be replaced, or what the file system refuses."""
    with desk.turn() as turn:
        documents = sum(row.state is not State.GONE for row in desk.records.documents())
        turn.say([turn.draft(Act.VAULT_BACKED_UP, desk.vault.id, {"documents": documents}, Outcome.INTENDED)])
        events = turn.log.size
        with turn.telling(Act.VAULT_BACKED_UP, desk.vault.id):
            statement = Statement(desk.vault.id, turn.now)
            saved = save(written(_members(turn), statement, log_key(desk.vault)), out, overwrite=overwrite)
        turn.say([turn.draft(Act.VAULT_BACKED_UP, desk.vault.id, {"documents": documents})])
    return BackedUp(documents, events, saved.size)


def _members(turn: Turn) -> Iterator[Member]:
    desk = turn.desk
    folder = desk.vault.folder
    yield _whole(ABOUT, described(desk.vault.id, None))
    for path in (folder / POLICY, *sorted((folder / POLICIES).glob("*.toml"))):
        yield _whole(path.relative_to(folder).as_posix(), path.read_bytes())
    for name, data in held.files(turn.log.held()).items():
        yield _whole(f"{LOG}/{name}", data)
    yield _whole(RECORDS, sqlite.copied(folder / RECORDS))
    there = desk.blobs.names()
    for row in desk.records.artefacts():
        if row.blob in there:  # one that somebody took away is told where the document is fetched
            with desk.blobs.open(row.blob) as file:
                yield Member(f"{BLOBS}/{row.blob}", _size(file), iter(partial(file.read, _CHUNK), b""))


def _size(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _whole(name: str, data: bytes) -> Member:
    return Member(name, len(data), (data,))
