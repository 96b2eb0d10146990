"""Restoring a vault from a backup, to the keys that survived; or what is left to be shown where none did.

The key store answers to the copy that was restored last, so that no two copies of a vault ever destroy each other's
keys. What ended since the backup has no key any more, and the first sweep says so. What was submitted since is lost
with its records, and so are its keys. The log goes on from the backup; a witness that saw more of it will say so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cloister.audit import held as logs
from cloister.audit.clock import Reading, now
from cloister.audit.log import Log
from cloister.desk.archive import Statement, origin, taken
from cloister.desk.opened import Desk
from cloister.desk.vault import (
    ABOUT,
    BLOBS,
    LOG,
    POLICIES,
    POLICY,
    RECORDS,
    Vault,
    described,
    fresh,
    log_key,
    require_free,
)
from cloister.errors import BackupDamaged, LogDoesNotVerify, VaultExists
from cloister.errors.met import while_reading
from cloister.events import Act, Id, Thing
from cloister.formats.save import save
from cloister.keys.slots import require_private
from cloister.keys.store import KeyStore
from cloister.sign import Verifier
from cloister.store.rows import State

_NAMES = re.compile(
    rf"{re.escape(ABOUT)}|{re.escape(POLICY)}|{re.escape(RECORDS)}|{POLICIES}/[0-9a-f]{{64}}\.toml|{BLOBS}/[0-9a-f]{{32}}"
    rf"|{LOG}/(?:events|checkpoint|log\.vkey|witnessed/[0-9a-f]{{32}})"
)
_SHOWN = frozenset({LOG, POLICY, POLICIES})
_FOLDERS = (POLICIES, BLOBS, LOG, f"{LOG}/{logs.WITNESSED}")
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: when the backup was made, documents that it holds, and those of them that still have keys."""

    vault: Id
    made: int
    documents: int
    readable: int


def restore(
    backup: Path, folder: Path, keys: Path, clock: Callable[[], Reading] = now, *, confirm_clock: bool = False
) -> Restored:
    """Restore a vault into a new or empty folder; its keys stay where they are, and answer to this copy only.

    `ClockMoved` if the clock is before the backup, or more than 90 days after it, unless that is confirmed.
    `NoKeys`, `KeysReadableByOthers`, `SealedDataDamaged` or `BackupDamaged` if the two do not fit; `VaultExists`.
    """
    folder, keys = folder.absolute(), keys.absolute()
    require_private(keys)
    key = log_key(Vault(folder, Id.new(Thing.VAULT), keys))
    require_free(folder, VaultExists)
    with fresh(folder) as new:
        statement = _taken(backup, new, lambda vault: Verifier(origin(vault), key.public))
        _check_log(new / LOG, Verifier(origin(statement.vault), key.public))
        if not confirm_clock:
            with Log(new / LOG, key, clock=clock) as log:
                log.check_clock()
        restored = KeyStore.take_over(keys, str(statement.vault))
        save([described(statement.vault, keys, restored)], new / ABOUT)
        vault = Vault(new, statement.vault, keys, restored)
        documents, readable = _first_turn(vault, clock, confirm_clock=confirm_clock)
    return Restored(statement.vault, statement.made, documents, readable)


def show(backup: Path, folder: Path) -> Restored:
    """Where no keys survived: the log and the policies alone, to be looked at and verified. No vault comes of it.

    Nobody but the backup says whose it is: compare the log's public key with the one that `init` printed.
    """
    folder = folder.absolute()
    require_free(folder, VaultExists)
    with fresh(folder) as new:

        def own(_: Id) -> Verifier:
            return Verifier.from_vkey((new / LOG / logs.VKEY).read_text("ascii").removesuffix("\n"))

        statement = _taken(backup, new, own, _SHOWN)
        _check_log(new / LOG, own(statement.vault))
    return Restored(statement.vault, statement.made, 0, 0)


def _first_turn(vault: Vault, clock: Callable[[], Reading], *, confirm_clock: bool) -> tuple[int, int]:
    """Have what ended since the backup swept, and say in the log that this is a restored copy."""
    with Desk(vault, clock) as desk:
        documents = _kept(desk)
        with desk.turn(confirm_clock=confirm_clock) as turn:
            readable = _kept(desk)
            turn.say([turn.draft(Act.VAULT_RESTORED, vault.id, {"documents": documents, "readable": readable})])
    return documents, readable


def _kept(desk: Desk) -> int:
    return sum(row.state is not State.GONE for row in desk.records.documents())


def _check_log(folder: Path, verifier: Verifier) -> None:
    try:
        logs.read(folder, verifier)
    except LogDoesNotVerify:
        raise BackupDamaged from None


def _taken(
    backup: Path, new: Path, verifier: Callable[[Id], Verifier], only: frozenset[str] | None = None
) -> Statement:
    """Put the members in place, all of them or those below some names only."""
    for each in _FOLDERS:
        if only is None or each.partition("/")[0] in only:
            (new / each).mkdir(mode=0o700)

    @contextmanager
    def keep(name: str) -> Iterator[BinaryIO]:
        if not _NAMES.fullmatch(name):
            raise BackupDamaged
        # What `vault.json` says is where the keys were; it is written anew.
        is_kept = name != ABOUT and (only is None or name.partition("/")[0] in only)
        with _made(new / name if is_kept else Path(os.devnull)) as file:
            yield file
            file.flush()
            if is_kept:
                os.fsync(file.fileno())

    try:
        file = backup.open("rb")
    except OSError as problem:
        raise while_reading(problem.errno) from None
    with file:
        return taken(file, keep, verifier)


def _made(path: Path) -> BinaryIO:
    if str(path) == os.devnull:
        return path.open("wb")
    try:
        return os.fdopen(os.open(path, _FLAGS, 0o600), "wb")
    except FileExistsError:
        raise BackupDamaged from None
