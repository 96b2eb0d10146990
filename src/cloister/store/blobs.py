"""Sealed bytes in a folder, one file each, under names that say nothing. A file is there whole or not at all.

What comes in is written to a file of another name, synced, renamed, and the folder is synced. A crash leaves an
incoming file at most; whoever holds the vault's lock removes those. A file that is still being written is locked by
whoever writes it, and stays; the lock ends with them.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

from cloister.errors import NotFound, NoVault, VaultReadableByOthers
from cloister.errors.met import while_writing

_INCOMING = "incoming-"
_NAME = re.compile(rf"(?:{_INCOMING})?[0-9a-f]{{32}}")
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


class Incoming:
    """Bytes on their way in. Without `keep` nothing is left of them when its block ends."""

    def __init__(self, folder: int) -> None:
        self._folder = folder
        self.name = secrets.token_hex(16)
        self.file = os.fdopen(self._opened(), "wb", buffering=0)

    def _opened(self) -> int:
        while True:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
            descriptor = os.open(self._before, flags, 0o600, dir_fd=self._folder)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return descriptor
            os.close(descriptor)  # it was swept before it was locked

    @property
    def _before(self) -> str:
        return _INCOMING + self.name

    def keep(self) -> str:
        """Have it last, and give the name that it has from now on."""
        with _typed():
            os.fsync(self.file.fileno())
            os.rename(self._before, self.name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            os.fsync(self._folder)
        return self.name

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, and take away what was not kept."""
        self.file.close()
        with suppress(OSError):  # what cannot be taken away now is swept later
            os.unlink(self._before, dir_fd=self._folder)


class Blobs:
    """An open folder of blobs."""

    def __init__(self, folder: Path) -> None:
        """Open it; `NoVault` or `VaultReadableByOthers` if it is not there, or not this user's alone."""
        try:
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
        except FileNotFoundError:
            raise NoVault from None
        except OSError as problem:
            raise while_writing(problem.errno) from None
        found = os.fstat(self._folder)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            self.close()
            raise VaultReadableByOthers

    def close(self) -> None:
        """Let the folder go."""
        os.close(self._folder)

    def incoming(self) -> Incoming:
        """A place for new bytes."""
        with _typed():
            return Incoming(self._folder)

    def open(self, name: str) -> BinaryIO:
        """The bytes of this name; `NotFound` if there are none."""
        with _typed():
            return os.fdopen(os.open(checked(name), os.O_RDONLY | _FLAGS, dir_fd=self._folder), "rb")

    def names(self) -> frozenset[str]:
        """Every name, those of incoming files among them. What somebody else put here is none of ours."""
        with _typed():
            return frozenset(filter(_NAME.fullmatch, os.listdir(self._folder)))  # noqa: PTH208 - a descriptor is no path

    def kept(self) -> frozenset[str]:
        """Every name but those of incoming files."""
        return frozenset(name for name in self.names() if not name.startswith(_INCOMING))

    def delete(self, *names: str) -> None:
        """Take these away, where they are there, and have that last."""
        with _typed():
            for name in names:
                with suppress(FileNotFoundError):
                    os.unlink(checked(name), dir_fd=self._folder)
            if names:
                os.fsync(self._folder)

    def delete_but(self, known: frozenset[str]) -> int:
        """Take away what no record knows of, and incoming files that nobody writes any more; how much that was."""
        orphans = [name for name in sorted(self.names() - known) if not self._is_written(name)]
        self.delete(*orphans)
        return len(orphans)

    def _is_written(self, name: str) -> bool:
        """Whether somebody is writing it now."""
        if not name.startswith(_INCOMING):
            return False
        with _typed(), suppress(FileNotFoundError):
            descriptor = os.open(name, os.O_RDONLY | _FLAGS, dir_fd=self._folder)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            finally:
                os.close(descriptor)
        return False


def make(folder: Path) -> None:
    """Make an empty folder of blobs."""
    with _typed():
        folder.mkdir(mode=0o700)


def checked(name: str) -> str:
    """A name that leads nowhere else; `NotFound` for any other, which a changed record may hold."""
    if not _NAME.fullmatch(name):
        raise NotFound
    return name


@contextmanager
def _typed() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise while_writing(problem.errno) from None
