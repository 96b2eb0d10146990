"""Ranges of a file across the wire: a jail asks for the bytes it needs, so a large file never lies in memory.

The jail sends NEED (offset u64, length u32), the parent answers RANGE with up to that many bytes: fewer
at the end of the file, and where it was cut short meanwhile. The parent never looks inside.

    parent                                          jail
    ranges = Ranges(jail, source, need=6, given=7)  file = RangeFile(pipe, size, need=6, given=7)
    kind, payload = ranges.receive(ceilings)        pikepdf.open(file)
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Mapping
from typing import Protocol

from cloister.errors import JailLied, Why
from cloister.jail import wire
from cloister.jail.wire import Pack, Sink, Source, Unpack

MAX_RANGE = 16 << 20
NEED_SIZE = 12
BLOCK = 1 << 18
BLOCKS = 64
_MOST_TIMES = 64
"""How often, on average, a jail may ask for the same byte before it is held to be asking for ever."""


class Ranged(Protocol):
    """A file that can be read anywhere."""

    @property
    def size(self) -> int:
        """Its bytes."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`."""


class Pipe(Source, Sink, Protocol):
    """Both directions of a jail's pipes."""


class Ranges:
    """The parent's side for one document: answers what the jail needs until it says something else."""

    def __init__(self, pipe: Pipe, source: Ranged, *, need: int, given: int) -> None:
        """`need` and `given` are the kinds of the two frames."""
        self._pipe, self._source, self._need, self._given = pipe, source, need, given
        self._left = _MOST_TIMES * (source.size + (BLOCK << 8))

    def receive(self, ceilings: Mapping[int, int]) -> tuple[int, bytes]:
        """Receive the next frame that is of one of the kinds in `ceilings`."""
        expected = {**ceilings, self._need: NEED_SIZE}
        while True:
            kind, payload = wire.receive(self._pipe, expected)
            if kind != self._need:
                return kind, payload
            self._answer(Unpack(payload))

    def _answer(self, need: Unpack) -> None:
        offset, length = need.u64(self._source.size), need.u32(MAX_RANGE, 1)
        need.end()
        self._left -= max(length, BLOCK >> 6)  # a question costs something, however small
        if self._left < 0:
            raise JailLied(why=Why.TOO_MUCH)
        wire.send(self._pipe, self._given, self._source.read_at(offset, length))


def ask(pipe: Pipe, offset: int, length: int, *, need: int, given: int) -> bytes:
    """Ask for one range (the jail's side)."""
    wire.send(pipe, need, Pack().u64(offset).u32(length).done())
    return wire.receive(pipe, {given: length})[1]


class RangeFile(io.RawIOBase):
    """The jail's side: a file to read and seek in, of which at most `blocks` blocks are in memory."""

    def __init__(self, pipe: Pipe, size: int, *, need: int, given: int, blocks: int = BLOCKS) -> None:
        """`size` is what the parent said; `need` and `given` are the kinds of the two frames."""
        super().__init__()
        self._pipe, self._size, self._need, self._given = pipe, size, need, given
        self._held: OrderedDict[int, bytes] = OrderedDict()
        self._most, self._at = blocks, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read starts."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; beyond the end there is nothing to read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the start")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` as far as the file goes."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self._size:
            index, start = divmod(self._at, BLOCK)
            part = self._block(index)[start : start + len(view) - done]
            if not part:
                break
            view[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
        return done

    def _block(self, index: int) -> bytes:
        if (held := self._held.get(index)) is not None:
            self._held.move_to_end(index)
            return held
        start = index * BLOCK
        held = ask(self._pipe, start, min(BLOCK, self._size - start), need=self._need, given=self._given)
        self._held[index] = held
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return held


def open_file(pipe: Pipe, size: int, *, need: int, given: int, blocks: int = BLOCKS) -> io.BytesIO | RangeFile:
    """The file to read (the jail's side): a small one is asked for at once, a large one range by range."""
    if size > MAX_RANGE:
        return RangeFile(pipe, size, need=need, given=given, blocks=blocks)
    return io.BytesIO(ask(pipe, 0, size, need=need, given=given) if size else b"")
