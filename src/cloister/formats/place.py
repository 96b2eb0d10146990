"""A name in a folder: what must not be replaced there, and how a file gets that name in one piece."""

from __future__ import annotations

import errno
import os
import secrets
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from cloister.errors import (
    CloisterError,
    NotFound,
    OutputExists,
    OutputIsAFolder,
    SamePlace,
)
from cloister.errors.met import while_writing

Identity = tuple[int, int]
"""Device and inode of a file."""

_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK})
_DIED = 255


def dot_name() -> str:
    """A name that nobody can guess, so that nobody can be there before us."""
    return f".cloister-{secrets.token_hex(16)}"


class Place:
    """A name in a folder that is held open, so that no later rename of the folder moves the output elsewhere."""

    def __init__(self, path: str, sources: frozenset[Identity], *, overwrite: bool) -> None:
        folder, self.name = os.path.split(path)
        if self.name in {"", ".", ".."}:
            raise OutputIsAFolder if Path(path).is_dir() else NotFound
        self._sources, self.overwrite = sources, overwrite
        flags = os.O_DIRECTORY | os.O_CLOEXEC
        try:
            self.folder, self._readable = os.open(folder or ".", os.O_RDONLY | flags), True
        except PermissionError:
            # A folder may allow writing and not listing; only the sync of the folder is lost.
            self.folder, self._readable = os.open(folder or ".", os.O_PATH | flags), False

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the folder go."""
        os.close(self.folder)

    def check(self) -> bool:
        """Refuse what must not be replaced; say whether something will be."""
        there = False
        for follow in (False, True):
            try:
                facts = os.stat(self.name, dir_fd=self.folder, follow_symlinks=follow)
            except FileNotFoundError:
                continue
            there = True
            if (facts.st_dev, facts.st_ino) in self._sources:
                raise SamePlace
            if stat.S_ISDIR(facts.st_mode):
                raise OutputIsAFolder
        if there and not self.overwrite:
            raise OutputExists
        return there

    def sync(self) -> None:
        """Make the name last."""
        if self._readable:
            os.fsync(self.folder)

    def is_now(self, descriptor: int) -> bool:
        """Whether the name is that of this open file."""
        try:
            facts = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(facts, os.fstat(descriptor))

    def link(self, descriptor: int, name: str) -> None:
        """Give an unnamed file a name that nothing has yet."""
        # src_dir_fd makes Python call linkat with AT_SYMLINK_FOLLOW; without it the answer is EXDEV.
        own = f"/proc/self/fd/{descriptor}"
        os.link(own, name, src_dir_fd=0, dst_dir_fd=self.folder, follow_symlinks=True)

    def rename(self, name: str) -> None:
        """Put a complete file in the place, over what is there if that may be."""
        if not self.overwrite:
            try:
                os.link(name, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
            except OSError as problem:
                if problem.errno not in _NO_LINKS:
                    raise
                self.check()  # no hard links here (FAT): whoever takes the name in this very moment loses it
            else:
                self.remove(name)
                return
        os.rename(name, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)

    def remove(self, name: str) -> None:
        """Take a dot-name away, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.folder)


def two_handed(work: Callable[[], None], place: Place, name: str, done: Callable[[], bool]) -> None:
    """Do `work`, which makes and unmakes the dot-name `name`, so that no single kill can leave it.

    A child in a session of its own does it. If we are killed, it finishes; if it is killed, we take
    the dot-name away and raise, unless `done` says that it had finished.
    """
    hears, tells = os.pipe()
    # Nothing but SIGKILL may come between the child's calls, and Ctrl-C must not part us from it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        try:
            if (child := os.fork()) == 0:
                _as_child(work, tells)
        finally:
            os.close(tells)
        answer = os.read(hears, 1)
        with suppress(ChildProcessError):  # whoever started us ignores SIGCHLD, so the kernel has reaped it
            os.waitpid(child, 0)
    finally:
        os.close(hears)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    number = answer[0] if answer else _DIED
    if number and not done():
        place.remove(name)
        raise while_writing(errno.EINTR if number == _DIED else number)


def _as_child(work: Callable[[], None], tells: int) -> None:
    number = _DIED
    try:
        os.setsid()
        work()
        number = 0
    except CloisterError:
        number = errno.EEXIST
    except OSError as problem:
        number = problem.errno or _DIED
    finally:
        try:
            os.write(tells, bytes([number]))
        finally:
            os._exit(0)
