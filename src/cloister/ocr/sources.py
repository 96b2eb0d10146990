"""Where a document's bytes come from. The parent hands ranges of them to a jail and never looks inside."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from cloister.errors import IsAFolder, NotFound, TooLarge
from cloister.errors.met import while_reading

MAX_FILE = 8 << 30
MAX_STREAM = 1 << 30
"""A stream has no ranges, so it is held in memory."""
_CHUNK = 1 << 20

Given = str | os.PathLike[str] | bytes | BinaryIO


class BytesSource:
    """A document that lies in memory."""

    def __init__(self, held: bytes) -> None:
        self._held = held
        self.size = len(held)
        self.identity: tuple[int, int] | None = None

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`."""
        return self._held[offset : offset + length]

    def close(self) -> None:
        """Nothing is held open."""


class FileSource:
    """A regular file, read in ranges through one descriptor, so that it never lies in memory whole."""

    def __init__(self, descriptor: int, size: int, identity: tuple[int, int]) -> None:
        self._descriptor = descriptor
        self.size = size
        self.identity: tuple[int, int] | None = identity

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer at the end of the file, or if it was cut meanwhile."""
        held = b""
        while len(held) < length:
            try:
                more = os.pread(self._descriptor, length - len(held), offset + len(held))
            except OSError as problem:
                raise while_reading(problem.errno) from None
            if not more:
                break
            held = held + more if held else more
        return held

    def close(self) -> None:
        """Close the descriptor."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


Opened = BytesSource | FileSource


def _drain(read: int | BinaryIO) -> BytesSource:
    held = bytearray()
    while True:
        try:
            more = os.read(read, _CHUNK) if isinstance(read, int) else read.read(_CHUNK)
        except OSError as problem:
            raise while_reading(problem.errno) from None
        if not more:
            return BytesSource(bytes(held))
        held += more
        if len(held) > MAX_STREAM:
            raise TooLarge(size=len(held), limit=MAX_STREAM)


def _of_descriptor(descriptor: int) -> Opened:
    """Take a descriptor over; a pipe or device is read to its end, a regular file is kept open."""
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISDIR(facts.st_mode):
            raise IsAFolder
        if not stat.S_ISREG(facts.st_mode):
            os.set_blocking(descriptor, True)
            drained = _drain(descriptor)
            os.close(descriptor)
            return drained
        if facts.st_size > MAX_FILE:
            raise TooLarge(size=facts.st_size, limit=MAX_FILE)
    except BaseException:
        os.close(descriptor)
        raise
    return FileSource(descriptor, facts.st_size, (facts.st_dev, facts.st_ino))


def open_source(given: Given) -> Opened:
    """Open a path, bytes or a binary file for reading; `-` is standard input."""
    if isinstance(given, bytes):
        return BytesSource(given)
    if not isinstance(given, (str, os.PathLike)):
        return _drain(given)
    if given == "-":
        return _drain(0)
    try:
        descriptor = os.open(given, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as problem:
        raise while_reading(problem.errno) from None
    except ValueError:
        raise NotFound from None
    return _of_descriptor(descriptor)
