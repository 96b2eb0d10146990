"""What a world and its inside say to each other: a JSON header, then as many bytes as its `blobs` say, in order."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterable
from typing import Any

MOST_HEADER = 64 << 20
MOST_BLOBS = 2 << 30
_LENGTH = struct.Struct("<I")
_CHUNK = 1 << 20

Header = dict[str, Any]


def send(descriptor: int, header: Header, blobs: Iterable[Iterable[bytes]] = ()) -> None:
    """Write one frame. Each blob comes in parts, so that none has to be held whole."""
    head = json.dumps(header).encode()
    _all(descriptor, _LENGTH.pack(len(head)) + head)
    for blob in blobs:
        for part in blob:
            _all(descriptor, part)


def receive(exactly: Callable[[int], bytes]) -> tuple[Header, list[bytes]]:
    """Read one frame with a function that gives exactly so many bytes. ValueError where it breaks the rules."""
    (length,) = _LENGTH.unpack(exactly(_LENGTH.size))
    if length > MOST_HEADER:
        raise ValueError("a header above its limit")
    header = json.loads(exactly(length))
    sizes = header.get("blobs", [])
    if not all(isinstance(size, int) and size >= 0 for size in sizes) or sum(sizes) > MOST_BLOBS:
        raise ValueError("blobs above their limit")
    return header, [exactly(size) for size in sizes]


def blocking(descriptor: int) -> Callable[[int], bytes]:
    """A function that reads exactly so many bytes, and raises EOFError where they end before."""

    def exactly(size: int) -> bytes:
        parts = []
        while size:
            if not (part := os.read(descriptor, min(size, _CHUNK))):
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    return exactly


def of_file(descriptor: int, size: int, start: int = 0) -> Iterable[bytes]:
    """Exactly `size` bytes of an open file from `start` on, zeros where it has become shorter."""
    at = 0
    while at < size:
        part = os.pread(descriptor, min(_CHUNK, size - at), start + at) or bytes(min(_CHUNK, size - at))
        yield part
        at += len(part)


def _all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
