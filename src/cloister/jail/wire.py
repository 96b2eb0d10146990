"""What crosses between a jail and its parent: framed bytes, every number with a ceiling.

A frame is one byte of kind, four of length (little endian), then the payload. Payloads are made of
fixed-width numbers and length-prefixed strict UTF-8; there is no self-describing format to parse.
Both sides use the same code, and the parent believes nothing: a short read, a frame above its
ceiling, an unknown kind, a float that is not finite or a text that is not UTF-8 is a `JailLied`.
"""

from __future__ import annotations

import io
import math
import os
import struct
from collections.abc import Mapping
from typing import Protocol

from cloister.errors import JailDied, JailLied, Why

_HEADER = struct.Struct("<BI")


class Source(Protocol):
    """Something that gives bytes: a pipe's end, with or without a deadline."""

    def exactly(self, size: int) -> bytes:
        """Give `size` bytes, or raise `JailDied` or `TimedOut`."""


class Sink(Protocol):
    """Something that takes bytes."""

    def all_of(self, data: bytes | memoryview) -> None:
        """Take all of it, or raise."""


class BlockingPipe:
    """The jail's own side of its pipes: waits for ever, as its parent holds the clock.

    One to a process: it may have read ahead. Make it before the lock, as it asks what the pipes are.
    """

    def __init__(self, read_fd: int = 0, write_fd: int = 1) -> None:
        # Fills one block of memory and gives it up as bytes, without a copy.
        self._reader = io.BufferedReader(io.FileIO(read_fd, closefd=False))
        self._write_fd = write_fd

    def exactly(self, size: int) -> bytes:
        """Read `size` bytes."""
        held = self._reader.read(size)
        if len(held) < size:
            raise JailDied(why=Why.ENDED_EARLY)
        return held

    def all_of(self, data: bytes | memoryview) -> None:
        """Write all of it."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._write_fd, view) :]


def send(sink: Sink, kind: int, *parts: bytes | memoryview) -> None:
    """Write one frame; `parts` are its payload, back to back."""
    sink.all_of(_HEADER.pack(kind, sum(len(part) for part in parts)))
    for part in parts:
        if part:
            sink.all_of(part)


def receive(source: Source, ceilings: Mapping[int, int]) -> tuple[int, bytes]:
    """Read one frame. `ceilings` gives the kinds that are expected here, each with its most bytes."""
    untrusted_kind, untrusted_size = _HEADER.unpack(source.exactly(_HEADER.size))
    if (ceiling := ceilings.get(untrusted_kind)) is None:
        raise JailLied(why=Why.UNKNOWN_FRAME)
    if untrusted_size > ceiling:
        raise JailLied(why=Why.FRAME_TOO_LONG)
    return untrusted_kind, source.exactly(untrusted_size)


class Pack:
    """Builds a payload: fixed-width numbers and length-prefixed text."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def u8(self, value: int) -> Pack:
        """An unsigned 8-bit number."""
        self._parts += struct.pack("<B", value)
        return self

    def u16(self, value: int) -> Pack:
        """An unsigned 16-bit number."""
        self._parts += struct.pack("<H", value)
        return self

    def u32(self, value: int) -> Pack:
        """An unsigned 32-bit number."""
        self._parts += struct.pack("<I", value)
        return self

    def u64(self, value: int) -> Pack:
        """An unsigned 64-bit number."""
        self._parts += struct.pack("<Q", value)
        return self

    def f64(self, *values: float) -> Pack:
        """64-bit floats."""
        self._parts += struct.pack(f"<{len(values)}d", *values)
        return self

    def f32(self, *values: float) -> Pack:
        """32-bit floats."""
        self._parts += struct.pack(f"<{len(values)}f", *values)
        return self

    def text(self, value: str) -> Pack:
        """Text, as its UTF-8 length in 32 bits and the bytes."""
        held = value.encode("utf-8")
        self._parts += struct.pack("<I", len(held)) + held
        return self

    def blob(self, value: bytes) -> Pack:
        """Bytes, after their length in 32 bits."""
        self._parts += struct.pack("<I", len(value)) + value
        return self

    def done(self) -> bytes:
        """The payload."""
        return bytes(self._parts)


class Unpack:
    """Takes a payload apart, and raises `JailLied` at the first thing that cannot be."""

    def __init__(self, payload: bytes) -> None:
        self._view, self._at = memoryview(payload), 0

    def _take(self, size: int) -> memoryview:
        if self._at + size > len(self._view):
            raise JailLied(why=Why.ENDED_EARLY)
        self._at += size
        return self._view[self._at - size : self._at]

    def _int(self, size: int, least: int, most: int) -> int:
        value = int.from_bytes(self._take(size), "little")
        if not least <= value <= most:
            raise JailLied(why=Why.BAD_NUMBER)
        return value

    def u8(self, most: int = 0xFF, least: int = 0) -> int:
        """An unsigned 8-bit number between `least` and `most`."""
        return self._int(1, least, most)

    def u16(self, most: int = 0xFFFF, least: int = 0) -> int:
        """An unsigned 16-bit number between `least` and `most`."""
        return self._int(2, least, most)

    def u32(self, most: int, least: int = 0) -> int:
        """An unsigned 32-bit number between `least` and `most`."""
        return self._int(4, least, most)

    def u64(self, most: int, least: int = 0) -> int:
        """An unsigned 64-bit number between `least` and `most`."""
        return self._int(8, least, most)

    def _floats(self, code: str, size: int, count: int, least: float, most: float) -> tuple[float, ...]:
        values: tuple[float, ...] = struct.unpack(f"<{count}{code}", self._take(size * count))
        # What is no number makes the sum none, wherever it stands.
        if values and not (math.isfinite(sum(values)) and least <= min(values) and max(values) <= most):
            raise JailLied(why=Why.BAD_NUMBER)
        return values

    def f32(self, count: int, least: float, most: float) -> tuple[float, ...]:
        """`count` finite 32-bit floats between `least` and `most`."""
        return self._floats("f", 4, count, least, most)

    def f64(self, count: int, least: float, most: float) -> tuple[float, ...]:
        """`count` finite 64-bit floats between `least` and `most`."""
        return self._floats("d", 8, count, least, most)

    def text(self, most: int) -> str:
        """Strict UTF-8 of at most `most` bytes."""
        size = self._int(4, 0, most)
        try:
            return bytes(self._take(size)).decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise JailLied(why=Why.BAD_TEXT) from None

    def blob(self, most: int) -> bytes:
        """At most `most` bytes."""
        return bytes(self._take(self._int(4, 0, most)))

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._view):
            raise JailLied(why=Why.FRAME_TOO_LONG)
