"""A TrueType font whose glyphs have boxes and no ink.

A glyph is two contours of one point each, at opposite corners of its box. Readers take the box of a
character from these points; a contour of one point encloses nothing, so even a reader that ignores
"invisible" can paint nothing. Tables and fields: Apple's TrueType reference, Microsoft's OpenType 1.9.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

UNITS = 1000
"""To the em, so that a box is the same number in the font and in the PDF's font descriptor."""
ADVANCE = 500

Extent = tuple[int, int]
"""The bottom and top of a glyph, in units above the baseline."""

_ON_CURVE = 1
_MAGIC = 0x5F0F3CF5
_CHECKSUM_OF_ALL = 0xB1B0AFBA
_LONG_OFFSETS = 1


def build(extents: Sequence[Extent]) -> bytes:
    """Give a font file: glyph 0 is empty, glyph i + 1 has the extent i and is `ADVANCE` wide."""
    glyphs = [b"", *(_glyph(bottom, top) for bottom, top in extents)]
    lowest, highest = min((b for b, _ in extents), default=0), max((t for _, t in extents), default=0)
    offsets = [0]
    for glyph in glyphs:
        offsets.append(offsets[-1] + len(glyph))
    tables = {
        b"glyf": b"".join(glyphs),
        b"head": _head(lowest, highest),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, highest, lowest, 0, ADVANCE, 0, 0, ADVANCE, *[0] * 8, 1),
        b"hmtx": struct.pack(">Hh", ADVANCE, 0) + bytes(2 * (len(glyphs) - 1)),
        b"loca": struct.pack(f">{len(offsets)}I", *offsets),
        b"maxp": struct.pack(">IH13H", 0x10000, len(glyphs), 2, 2, 0, 0, 1, *[0] * 8),
    }
    return _file(tables)


def _glyph(bottom: int, top: int) -> bytes:
    head = struct.pack(">hhhhh", 2, 0, bottom, ADVANCE, top)
    ends_and_no_program = struct.pack(">HHH", 0, 1, 0)
    points = struct.pack(">BBhhhh", _ON_CURVE, _ON_CURVE, 0, ADVANCE, bottom, top - bottom)
    return head + ends_and_no_program + points


def _head(lowest: int, highest: int) -> bytes:
    numbers = (0x10000, 0x10000, 0, _MAGIC, 0, UNITS, 0, 0, 0, lowest, ADVANCE, highest, 0, 6, 2, _LONG_OFFSETS, 0)
    return struct.pack(">IIIIHHqqhhhhHHhhh", *numbers)


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    span = 16 << power
    directory = struct.pack(">IHHHH", 0x10000, count, span, power, count * 16 - span)
    start = len(directory) + 16 * count
    body = b""
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, _checksum(table), start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    font = bytearray(directory + body)
    adjustment = (_CHECKSUM_OF_ALL - _checksum(bytes(font))) & 0xFFFF_FFFF
    at = start + sum(len(t) + -len(t) % 4 for tag, t in tables.items() if tag < b"head") + 8
    font[at : at + 4] = struct.pack(">I", adjustment)
    return bytes(font)


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFF_FFFF
