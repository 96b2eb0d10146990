"""Outputs that are there whole or not at all, with mode 600, whatever kills the process that writes them.

A new output is an unnamed file (O_TMPFILE) in its folder until it is complete and on the disk; then one
`linkat` gives it its name. Killed before: the kernel frees it. Killed after: it is complete.

Replacing takes two system calls, because Linux has no `linkat` that replaces: a link to a dot-name,
and a rename of that over the output. A kill between them would leave the dot-name behind. So a child
in a session of its own does both while its parent waits: if the parent is killed, the child finishes;
if the child is killed, the parent takes the dot-name away. The old file is intact until the rename.

What remains: both killed within the same few microseconds (a whole container or power switched off)
leaves `.cloister-` and 32 hexadecimal digits, mode 600, beside an intact old file. And where the file
system has no O_TMPFILE, the output is held in memory and the child writes it under the dot-name, so
that window is as long as the writing.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cloister.errors import NoPermission, NotFound
from cloister.errors.met import while_writing
from cloister.formats.place import Identity, Place, dot_name, two_handed

_MODE = 0o600
_OWN_FOLDERS = frozenset({"/dev/fd", "/proc/self/fd"})
_OWN_NAMES = {"/dev/stdout": "1", "/dev/stderr": "2"}
_NO_TMPFILE = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOSYS})
"""What file systems without O_TMPFILE answer (open(2)); EISDIR is an old kernel's."""


class Way(Enum):
    """How an output was written."""

    UNNAMED = "an unnamed file, then a link"
    DOT_NAME = "a dot-name, then a rename"
    DIRECT = "straight into a device, pipe or descriptor"


@dataclass(frozen=True, slots=True)
class SaveFacts:
    """What was saved: its size in bytes, whether an older output was replaced, and how it was written."""

    size: int
    replaced: bool
    way: Way


def save(
    chunks: Iterable[bytes],
    target: str | os.PathLike[str],
    *,
    overwrite: bool = True,
    sources: Iterable[Identity] = (),
) -> SaveFacts:
    """Write `chunks` to `target` and give the facts; `sources` are files that must not be replaced.

    What can be refused is refused before the first chunk is asked for. A symbolic link is replaced
    itself; what it points to is not touched. Devices, pipes and `/dev/fd/N` are written to as they are.
    Raises `OutputExists`, `SamePlace`, `OutputIsAFolder`, `NotFound`, `NoPermission`, `DiskFull` or
    `FileAccess`, and whatever `chunks` raises; in each case nothing is left and an old output is intact.
    """
    path = os.fspath(target)
    if "\0" in path:
        raise NotFound
    with _typed():
        if (descriptor := _direct(path)) is not None:
            return _save_direct(chunks, descriptor)
        with Place(path, frozenset(sources), overwrite=overwrite) as place:
            place.check()
            return _save_unnamed(chunks, place) or _save_named(chunks, place)


@contextmanager
def _typed() -> Iterator[None]:
    """Turn what the file system says into our words. A reader that has gone is its caller's affair."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise while_writing(problem.errno) from None


def _write_all(descriptor: int, chunk: bytes) -> int:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]
    return len(chunk)


def _direct(path: str) -> int | None:
    """A descriptor of what is written to as it is: our own descriptors, character devices and pipes."""
    folder, name = os.path.split(path)
    named = _OWN_NAMES.get(path, name if folder in _OWN_FOLDERS else "")
    if named.isdecimal():
        # Opening it anew would start at offset 0 of a file that a shell may have redirected us to.
        return os.dup(int(named))
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return None
    if stat.S_ISBLK(mode):
        raise NoPermission  # a disk is no output; nobody means this
    if stat.S_ISCHR(mode) or stat.S_ISFIFO(mode):
        return os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    return None


def _save_direct(chunks: Iterable[bytes], descriptor: int) -> SaveFacts:
    try:
        return SaveFacts(sum(_write_all(descriptor, chunk) for chunk in chunks), replaced=False, way=Way.DIRECT)
    finally:
        os.close(descriptor)


def _save_unnamed(chunks: Iterable[bytes], place: Place) -> SaveFacts | None:
    """Save through an unnamed file; None, before any chunk is taken, where there can be none."""
    if not Path("/proc/self/fd").is_dir():
        return None  # without /proc an unnamed file cannot be given a name
    try:
        descriptor = os.open(".", os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, _MODE, dir_fd=place.folder)
    except OSError as problem:
        if problem.errno in _NO_TMPFILE:
            return None
        raise
    try:
        os.fchmod(descriptor, _MODE)  # before any content, and whatever the umask or a default ACL says
        size = sum(_write_all(descriptor, chunk) for chunk in chunks)
        os.fsync(descriptor)
        replaced = _put(descriptor, place)
        place.sync()
        return SaveFacts(size, replaced, Way.UNNAMED)
    finally:
        os.close(descriptor)


def _put(descriptor: int, place: Place) -> bool:
    """Give the unnamed file its name; say whether it replaced another."""
    try:
        place.link(descriptor, place.name)
    except FileExistsError:
        place.check()
    else:
        return False
    name = dot_name()

    def replace() -> None:
        place.link(descriptor, name)
        try:
            place.rename(name)
        except BaseException:
            place.remove(name)
            raise

    two_handed(replace, place, name, lambda: place.is_now(descriptor))
    return True


def _save_named(chunks: Iterable[bytes], place: Place) -> SaveFacts:
    """Save through memory and a dot-name."""
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=place.folder, effective_ids=True):
        raise NoPermission
    held = list(chunks)
    replaced = place.check()
    name = dot_name()

    def make() -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(name, flags, _MODE, dir_fd=place.folder)
        try:
            os.fchmod(descriptor, _MODE)
            for chunk in held:
                _write_all(descriptor, chunk)
            os.fsync(descriptor)
            place.rename(name)
        except BaseException:
            place.remove(name)
            raise
        finally:
            os.close(descriptor)

    two_handed(make, place, name, lambda: False)
    place.sync()
    return SaveFacts(sum(map(len, held)), replaced, Way.DOT_NAME)
