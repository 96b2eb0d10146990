"""A folder that is its owner's alone, and files in it that are there whole or not at all.

Below `formats`, whose `save` a log cannot use: a log's file names are fixed, its folder is held open, and a crash must
leave the old file or the new one, no third.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from cloister.errors import (
    LogBusy,
    LogReadableByOthers,
    NoPermission,
    NotFound,
)
from cloister.errors.met import while_writing

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_STEP = 0.02


@contextmanager
def typed() -> Iterator[None]:
    """Turn what the file system says into our words."""
    try:
        yield
    except OSError as problem:
        raise (LogReadableByOthers() if problem.errno == errno.ELOOP else while_writing(problem.errno)) from None
    except ValueError:  # a path with a NUL in it
        raise NotFound from None


class Folder:
    """A folder that nobody but its owner may enter, held open. Root may look, and writes only what is its own."""

    descriptor: int

    def __init__(self, path: str | os.PathLike[str], *, parent: Folder | None = None) -> None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if parent else 0)
        with typed():
            self.descriptor = os.open(path, flags, dir_fd=parent.descriptor if parent else None)
        try:
            _only_ours(os.fstat(self.descriptor))
        except LogReadableByOthers:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self.close()

    def close(self) -> None:
        """Let it go; a second time does nothing."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def open(self, name: str, flags: int = os.O_RDONLY) -> int:
        """A descriptor of a file in it, which is no link and its owner's alone."""
        with typed():
            descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self.descriptor)
        try:
            facts = os.fstat(descriptor)
            _only_ours(facts)
            if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
                raise LogReadableByOthers
        except LogReadableByOthers:
            os.close(descriptor)
            raise
        return descriptor

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a file in it, `most` and one more at most, so that a longer one is seen to be longer."""
        with os.fdopen(self.open(name), "rb") as file, typed():
            return file.read(most + 1)

    def require_owner(self) -> None:
        """Raise `NoPermission` unless it is ours: what root wrote into it, its owner could not read."""
        if os.fstat(self.descriptor).st_uid != os.geteuid():
            raise NoPermission

    def names(self) -> list[str]:
        """What is in it, in order."""
        with typed():
            return sorted(os.listdir(self.descriptor))  # noqa: PTH208 - a descriptor is no path

    def replace(self, name: str, data: bytes) -> None:
        """Put a file of mode 600 in the place of the old one; it is on the medium when this returns.

        Whoever calls holds the folder's lock: the name in between is fixed, so that a crash leaves one file at most.
        """
        self.require_owner()
        fresh = f".{name}.new"
        with typed():
            with suppress(FileNotFoundError):
                os.unlink(fresh, dir_fd=self.descriptor)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(fresh, flags, 0o600, dir_fd=self.descriptor)
            try:
                write_all(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.rename(fresh, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
            os.fsync(self.descriptor)

    def make(self, name: str) -> None:
        """Make a folder in it, if there is none."""
        self.require_owner()
        with typed(), suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=self.descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


@contextmanager
def locked(descriptor: int, seconds: float) -> Iterator[None]:
    """Hold the lock of an open file or folder; `LogBusy` if another process holds it for longer than this."""
    lock(descriptor, seconds)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def lock(descriptor: int, seconds: float) -> None:
    """Take the lock, until the descriptor is closed."""
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise LogBusy(seconds=round(seconds, 1)) from None
            time.sleep(_STEP)
        else:
            return


def _only_ours(facts: os.stat_result) -> None:
    user = os.geteuid()
    if facts.st_mode & _OTHERS or (user not in {0, facts.st_uid}):
        raise LogReadableByOthers
