"""A TrueType font whose glyphs have boxes and no ink.

A glyph is two contours of one point each, at opposite corners of its box. Readers take the box of a
character from these points; a contour of one point encloses nothing, so even a reader that ignores
"invisible" can paint nothing. Tables and fields: Apple's TrueType reference, Microsoft's OpenType 1.9.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

UNITS = 1000
"""To the em, so that a box is the same number in the font and in the PDF's font descriptor."""

_ON_CURVE = 1
_MAGIC = 0x5F0F3CF5
_CHECKSUM_OF_ALL = 0xB1B0AFBA
_LONG_OFFSETS = 1


class Box(NamedTuple):
    """A glyph: it reaches from `bottom` to `top` above the baseline and is `width` wide, in units."""

    bottom: int
    top: int
    width: int


def build(boxes: Sequence[Box]) -> bytes:
    """Give a font file: glyph 0 is empty, glyph i + 1 is box i."""
    glyphs = [b"", *(_glyph(box) for box in boxes)]
    whole = Box(
        min((box.bottom for box in boxes), default=0),
        max((box.top for box in boxes), default=0),
        max((box.width for box in boxes), default=0),
    )
    offsets = [0]
    for glyph in glyphs:
        offsets.append(offsets[-1] + len(glyph))
    numbers = (whole.top, whole.bottom, 0, whole.width, 0, 0, whole.width, 1, *[0] * 7, len(glyphs))
    tables = {
        b"glyf": b"".join(glyphs),
        b"head": _head(whole),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, *numbers),
        b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in (0, *(box.width for box in boxes))),
        b"loca": struct.pack(f">{len(offsets)}I", *offsets),
        b"maxp": struct.pack(">IH13H", 0x10000, len(glyphs), 2, 2, 0, 0, 1, *[0] * 8),
    }
    return _file(tables)


def _glyph(box: Box) -> bytes:
    head = struct.pack(">hhhhh", 2, 0, box.bottom, box.width, box.top)
    ends_and_no_program = struct.pack(">HHH", 0, 1, 0)
    points = struct.pack(">BBhhhh", _ON_CURVE, _ON_CURVE, 0, box.width, box.bottom, box.top - box.bottom)
    return head + ends_and_no_program + points


def _head(whole: Box) -> bytes:
    bounds = (0, whole.bottom, whole.width, whole.top)
    numbers = (0x10000, 0x10000, 0, _MAGIC, 0, UNITS, 0, 0, *bounds, 0, 6, 2, _LONG_OFFSETS, 0)
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
