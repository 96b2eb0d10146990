"""Records in a file of SQLite. All that is SQLite's own stands here.

There is no write-ahead log: it keeps copies of what was deleted until it is truncated. The rollback journal holds
pages as they were for the length of one transaction. Deleted rows are overwritten (`secure_delete`), nothing goes
through a temporary file, and a commit is on the medium, its folder included, before it returns (`synchronous=EXTRA`,
which is FULL and a sync of the folder after the journal is unlinked: without it a power cut can undo a commit).
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from cloister.errors import (
    CloisterError,
    DiskFull,
    NoVault,
    RecordsDamaged,
    RecordsFailed,
    VaultExists,
    VaultReadableByOthers,
)
from cloister.errors.met import while_writing
from cloister.store.records import Database

_WAIT = 10.0
_PRAGMAS = {
    "journal_mode": "delete",
    "synchronous": "3",
    "secure_delete": "1",
    "foreign_keys": "1",
    "temp_store": "2",
    "trusted_schema": "0",
    "cell_size_check": "1",
    "mmap_size": "0",
}
_OF_JOBS = _PRAGMAS | {"journal_mode": "wal", "synchronous": "2"}
"""Jobs are polled for while they are changed, and are ids only: readers and a writer do not wait for each other."""
_PRIMARY = 0xFF
"""The lower byte of an extended result code is the code itself (sqlite.org/rescode.html)."""


def make(path: Path) -> Database:
    """Make an empty database in a new file; `VaultExists` if there is one."""
    make_file(path)
    database = opened(path)
    database.make_tables()
    return database


def make_file(path: Path) -> None:
    """Make a new file, empty and this user's alone; `VaultExists` if there is one."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise VaultExists from None
    except OSError as problem:
        raise while_writing(problem.errno) from None


def opened(path: Path) -> Database:
    """The database in a file that is this user's alone; nothing is made."""
    _require_own(path)
    return Database(_engine(path), _refusal)


def opened_for_jobs(path: Path, connections: int) -> Database:
    """The same for jobs, which DBOS keeps: with a write-ahead log, and transactions as its own engine has them."""
    _require_own(path)
    address = f"{path.absolute().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=_WAIT, isolation_level="IMMEDIATE", check_same_thread=False)

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=connections, hide_parameters=True
    )
    event.listen(engine, "connect", _settle_for_jobs)
    return Database(engine, _refusal)


def _require_own(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise NoVault from None
    except OSError as problem:
        raise while_writing(problem.errno) from None
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise VaultReadableByOthers


def copied(path: Path) -> bytes:
    """The whole database as one transaction sees it, as the bytes of its file."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT)) as connection:
            return connection.serialize()
    except sqlite3.Error as problem:
        raise _refusal(problem) from None


def _engine(path: Path) -> Engine:
    address = f"{path.absolute().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=_WAIT, isolation_level=None)

    # Values in messages and logs would be content of rows; and no connection outlives its transaction.
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection
    _set(connection, _PRAGMAS)


def _settle_for_jobs(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection
    _set(connection, _OF_JOBS)


def _set(connection: Any, pragmas: dict[str, str]) -> None:  # noqa: ANN401 - the driver's own connection
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone() or (value,)
        if str(found) != value:
            raise sqlite3.OperationalError(name)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refusal(problem: object) -> CloisterError:
    code = getattr(problem, "sqlite_errorcode", 0) & _PRIMARY
    if code == sqlite3.SQLITE_FULL:
        return DiskFull()
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_SCHEMA}:
        return RecordsDamaged()
    if code == sqlite3.SQLITE_READONLY:
        return while_writing(errno.EACCES)
    return RecordsFailed() if isinstance(problem, sqlite3.OperationalError) else RecordsDamaged()
