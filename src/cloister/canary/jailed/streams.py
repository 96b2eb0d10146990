"""Unpacks compressed streams, under a ceiling: what comes out, how much of the input it took, whether it ended well."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import brotli
import zstandard

from cloister.canary.frames import Form

_CHUNK = 1 << 20
_FIRST = 1 << 12
_LEAST = 24
"""Bytes that a damaged stream must have given before it is believed to be one."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out; `taken` bytes of the input are explained by it. `is_cut` where the ceiling ended it."""

    data: bytes
    taken: int
    is_whole: bool
    is_cut: bool = False


def unpack(form: Form, data: memoryview, ceiling: int) -> Unpacked | None:
    """Unpack one stream that starts at the start of `data`; None if there is none."""
    return _MAKERS[form](data, ceiling)


def _zlib(window: int) -> Callable[[memoryview, int], Unpacked | None]:
    def run(data: memoryview, ceiling: int) -> Unpacked | None:
        machine = zlib.decompressobj(window)
        parts: list[bytes] = []
        size, at, step = 0, 0, _FIRST
        try:
            while not machine.eof and at < len(data):
                given = bytes(data[at : at + step])
                at += len(given)
                step = _CHUNK
                while given and not machine.eof:
                    part = machine.decompress(given, ceiling - size + 1)
                    size += len(part)
                    parts.append(part)
                    if size > ceiling:
                        return Unpacked(b"".join(parts)[:ceiling], len(data), is_whole=False, is_cut=True)
                    given = machine.unconsumed_tail
        except zlib.error:
            return Unpacked(b"".join(parts), at, is_whole=False) if size >= _LEAST else None
        if machine.eof:
            return Unpacked(b"".join(parts), at - len(machine.unused_data), is_whole=True)
        return Unpacked(b"".join(parts), len(data), is_whole=False) if size >= _LEAST else None

    return run


def _fed(
    make: Callable[[], Any], problems: tuple[type[Exception], ...]
) -> Callable[[memoryview, int], Unpacked | None]:
    """For machines like `bz2.BZ2Decompressor`."""

    def run(data: memoryview, ceiling: int) -> Unpacked | None:
        machine = make()
        parts: list[bytes] = []
        size, at, step = 0, 0, _FIRST
        try:
            while not machine.eof and (at < len(data) or not machine.needs_input):
                given = bytes(data[at : at + step]) if machine.needs_input else b""
                at += len(given)
                step = _CHUNK
                part = machine.decompress(given, ceiling - size + 1)
                size += len(part)
                parts.append(part)
                if size > ceiling:
                    return Unpacked(b"".join(parts)[:ceiling], len(data), is_whole=False, is_cut=True)
        except problems:
            return Unpacked(b"".join(parts), at, is_whole=False) if size >= _LEAST else None
        if machine.eof:
            return Unpacked(b"".join(parts), at - len(machine.unused_data), is_whole=True)
        return Unpacked(b"".join(parts), len(data), is_whole=False) if size >= _LEAST else None

    return run


def starts_deflate(data: memoryview) -> bool:
    """Whether the first bytes can be unpacked as raw deflate."""
    try:
        zlib.decompressobj(-15).decompress(data, 512)
    except zlib.error:
        return False
    return True


def starts_brotli(data: memoryview) -> bool:
    """Whether the first bytes can be unpacked as brotli."""
    try:
        brotli.Decompressor().process(bytes(data), output_buffer_limit=512)
    except brotli.error:
        return False
    return True


def _zstd(data: memoryview, ceiling: int) -> Unpacked | None:
    machine = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    parts: list[bytes] = []
    size, at = 0, 0
    try:
        while not machine.eof and at < len(data):
            # It has no ceiling of its own: 128 KiB of a block come of one byte, so few are given at once.
            given = bytes(data[at : at + 512])
            at += len(given)
            part = machine.decompress(given)
            size += len(part)
            parts.append(part)
            if size > ceiling:
                return Unpacked(b"".join(parts)[:ceiling], len(data), is_whole=False, is_cut=True)
    except zstandard.ZstdError:
        return Unpacked(b"".join(parts), at, is_whole=False) if size >= _LEAST else None
    if machine.eof:
        return Unpacked(b"".join(parts), at - len(machine.unused_data), is_whole=True)
    return Unpacked(b"".join(parts), len(data), is_whole=False) if size >= _LEAST else None


def _brotli(data: memoryview, ceiling: int) -> Unpacked | None:
    """Has no mark at all, and no check: only what ends exactly with the input is believed."""
    machine = brotli.Decompressor()
    parts: list[bytes] = []
    size, at, step = 0, 0, _FIRST
    try:
        while not machine.is_finished() and (at < len(data) or not machine.can_accept_more_data()):
            given = bytes(data[at : at + step]) if machine.can_accept_more_data() else b""
            at += len(given)
            step = _CHUNK
            part = machine.process(given, output_buffer_limit=_CHUNK)
            size += len(part)
            parts.append(part)
            if size > ceiling:
                return Unpacked(b"".join(parts)[:ceiling], len(data), is_whole=False, is_cut=True)
    except brotli.error:
        return None
    return Unpacked(b"".join(parts), at, is_whole=True) if machine.is_finished() and size else None


def _lz4(data: memoryview, ceiling: int) -> Unpacked | None:
    """An LZ4 frame (lz4_Frame_format.md); checksums are not looked at."""
    if len(data) < 11 or bytes(data[:4]) != b"\x04\x22\x4d\x18":
        return None
    flags = data[4]
    at = 7 + 8 * (flags >> 3 & 1) + 4 * (flags & 1)
    out = bytearray()
    while at + 4 <= len(data):
        word = int.from_bytes(data[at : at + 4], "little")
        at += 4
        if word == 0:
            return Unpacked(bytes(out), min(len(data), at + 4 * (flags >> 2 & 1)), is_whole=True)
        block = bytes(data[at : at + (word & 0x7FFF_FFFF)])
        at += len(block) + 4 * (flags >> 4 & 1)
        if word >> 31:
            out += block
        elif not _lz4_block(block, out, ceiling):
            break
        if len(out) > ceiling:
            return Unpacked(bytes(out[:ceiling]), len(data), is_whole=False, is_cut=True)
    return Unpacked(bytes(out), len(data), is_whole=False) if len(out) >= _LEAST else None


def _lz4_block(block: bytes, out: bytearray, ceiling: int) -> bool:
    """Append what a block holds (lz4_Block_format.md); whether it was sound."""
    at = 0

    def length(count: int) -> int:
        nonlocal at
        if count == 15:
            while True:
                count += block[at]
                at += 1
                if block[at - 1] != 255:
                    break
        return count

    try:
        while at < len(block) and len(out) <= ceiling:
            token = block[at]
            at += 1
            count = length(token >> 4)
            out += block[at : at + count]
            at += count
            if at >= len(block):
                return True
            offset = block[at] | block[at + 1] << 8
            at += 2
            count = length(token & 15) + 4
            if not 0 < offset <= len(out):
                return False
            piece = out[len(out) - offset :][:count]
            while len(piece) < count:
                piece += piece[: count - len(piece)]
            out += piece
    except IndexError:
        return False
    return True


_MAKERS: dict[Form, Callable[[memoryview, int], Unpacked | None]] = {
    Form.GZIP: _zlib(31),
    Form.ZLIB: _zlib(15),
    Form.DEFLATE: _zlib(-15),
    Form.BZIP2: _fed(bz2.BZ2Decompressor, (OSError, ValueError)),
    Form.XZ: _fed(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 << 20), (lzma.LZMAError,)),
    Form.LZMA: _fed(lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=256 << 20), (lzma.LZMAError,)),
    Form.ZSTD: _zstd,
    Form.BROTLI: _brotli,
    Form.LZ4: _lz4,
}

MARKS: dict[bytes, Form] = {
    b"\x1f\x8b\x08": Form.GZIP,
    b"BZh": Form.BZIP2,
    b"\xfd7zXZ\0": Form.XZ,
    b"\x5d\0\0": Form.LZMA,
    b"\x28\xb5\x2f\xfd": Form.ZSTD,
    b"\x04\x22\x4d\x18": Form.LZ4,
}
"""How streams start. zlib's two bytes are looked for in another way, raw deflate and brotli have no mark."""
ZLIB_FLAGS = b"\x01\x5e\x9c\xda"
