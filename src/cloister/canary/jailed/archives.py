"""Walks zip and tar archives and PNG files by hand: every member that is found, whatever the directory says."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.canary.frames import Form, Reason

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_ENTRY = struct.Struct("<IHHHHHHIIIHHHHHII")
_METHODS = {0: None, 8: Form.DEFLATE, 12: Form.BZIP2, 14: Form.LZMA, 93: Form.ZSTD, 20: Form.ZSTD, 95: Form.XZ}
_ENCRYPTED = 1
_MOST32 = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Member:
    """Where a part of a file lies, and how it is packed (None: as it is). A reason, if it cannot be had."""

    start: int
    end: int
    form: Form | None = None
    reason: Reason | None = None
    raw_lzma: bool = False


def zip_member(data: memoryview, at: int, sizes: dict[int, int]) -> Member | None:
    """The member whose local header is at this place; `sizes` gives packed sizes by place, from the directory."""
    if at + _LOCAL.size > len(data):
        return None
    _, _, flags, method, _, _, _, packed, _, name, extra = _LOCAL.unpack_from(data, at)
    start = at + _LOCAL.size + name + extra
    if start > len(data):
        return None
    size = sizes.get(at, packed)
    if size in {0, _MOST32} and flags & 8:
        size = len(data) - start  # told after the data: a stream says itself where it ends
    end = min(len(data), start + size)
    if flags & _ENCRYPTED or method == 99:
        return Member(start, end, reason=Reason.ENCRYPTED)
    if method not in _METHODS:
        return Member(start, end, reason=Reason.UNKNOWN)
    return Member(start, end, _METHODS[method], raw_lzma=method == 14)


def zip_sizes(data: memoryview, places: list[int]) -> dict[int, int]:
    """The packed size of each member, by the place of its local header, from the directory's entries at `places`."""
    sizes = {}
    for at in places:
        if at + _ENTRY.size <= len(data):
            fields = _ENTRY.unpack_from(data, at)
            sizes[fields[16]] = fields[8]
    return sizes


_BLOCK = 512


def tar_members(data: memoryview) -> Iterator[Member]:
    """The members of a tar archive that starts here."""
    at = 0
    while at + _BLOCK <= len(data):
        header = bytes(data[at : at + _BLOCK])
        if not header.strip(b"\0"):
            at += _BLOCK
            continue
        if header[257:262] != b"ustar" and not _is_old_tar(header):
            return
        try:
            size = _tar_number(header[124:136])
        except ValueError:
            return
        start = at + _BLOCK
        yield Member(start, min(len(data), start + size))
        at = start + (size + _BLOCK - 1) // _BLOCK * _BLOCK


def _tar_number(field: bytes) -> int:
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ((1 << 88) - 1)
    return int(field.strip(b"\0 ") or b"0", 8)


def _is_old_tar(header: bytes) -> bool:
    try:
        told = _tar_number(header[148:156])
    except ValueError:
        return False
    return told == sum(header) - sum(header[148:156]) + 8 * 32


PNG = b"\x89PNG\r\n\x1a\n"


def png_parts(data: memoryview) -> tuple[list[Member], int]:
    """The packed parts of a PNG that starts here, and where it ends."""
    at, parts, pixels = len(PNG), [], []
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind = bytes(data[at + 4 : at + 8])
        start, end = at + 8, at + 8 + size
        if end + 4 > len(data):
            break
        if kind in {b"zTXt", b"iCCP"}:
            zero = bytes(data[start : start + 80]).find(b"\0")
            parts.append(Member(start + zero + 2, end, Form.ZLIB))
        elif kind == b"iTXt":
            text = bytes(data[start:end])
            if (zero := text.find(b"\0")) >= 0 and text[zero + 1 : zero + 2] == b"\1":
                skip = text.find(b"\0", text.find(b"\0", zero + 3) + 1) + 1
                parts.append(Member(start + skip, end, Form.ZLIB))
        elif kind == b"IDAT":
            pixels.append((start, end))
        at = end + 4
        if kind == b"IEND":
            break
    return parts, min(at, len(data))


def png_pixels(data: memoryview) -> bytes:
    """The packed pixels of a PNG: all its IDAT chunks."""
    at, held = len(PNG), bytearray()
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if bytes(data[at + 4 : at + 8]) == b"IDAT":
            held += data[at + 8 : at + 8 + size]
        at += 12 + size
    return bytes(held)


def jpeg_end(data: memoryview) -> int:
    """Where a JPEG that starts here ends (ITU T.81, annex B)."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        at += 2 + (0 if kind == 0xFF else int.from_bytes(data[at + 2 : at + 4], "big"))
        if kind == 0xFF:
            at -= 1
        elif kind == 0xDA:
            at = _scan_end(data, at)
        if kind == 0xD9 or bytes(data[at : at + 2]) == b"\xff\xd9":
            return min(len(data), at + 2)
    return len(data)


def _scan_end(data: memoryview, at: int) -> int:
    """The next marker after the coded pixels."""
    held = bytes(data)
    while 0 <= (at := held.find(b"\xff", at)) < len(held) - 1:
        if held[at + 1] not in {0, 0xFF, *range(0xD0, 0xD8)}:
            return at
        at += 1
    return len(held)


def jpeg_notes(data: memoryview) -> Iterator[tuple[int, int]]:
    """The segments before the pixels of a JPEG that hold notes: APPn and COM."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] in {*range(0xE0, 0xF0), 0xFE}:
            yield at + 4, at + 2 + size
        at += 2 + size


def raw_lzma(data: bytes, ceiling: int) -> bytes:
    """What a zip member of method 14 holds: LZMA behind a header of its own (APPNOTE 5.8.8)."""
    import lzma  # noqa: PLC0415 - beside the only use of raw filters

    size = int.from_bytes(data[2:4], "little")
    properties = data[4 : 4 + size]
    head = properties[0]
    filters = [
        {
            "id": lzma.FILTER_LZMA1,
            "dict_size": min(int.from_bytes(properties[1:5], "little"), 64 << 20) or 4096,
            "lc": head % 9,
            "lp": head // 9 % 5,
            "pb": head // 45,
        }
    ]
    machine = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    return machine.decompress(data[4 + size :], ceiling)


def is_zlib(data: memoryview) -> bool:
    """Whether two bytes may start a zlib stream (RFC 1950)."""
    return len(data) > 5 and (data[0] << 8 | data[1]) % 31 == 0


ERRORS = (zlib.error, ValueError, IndexError, struct.error, ArithmeticError)
