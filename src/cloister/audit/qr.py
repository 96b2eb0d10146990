"""A checkpoint as a QR code, for a terminal or as a PNG: printed and put away, nobody can change it."""

from __future__ import annotations

import struct
import zlib
from typing import cast

import zxingcpp

_DARK = 128
_QUIET = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""


def modules(text: str) -> list[list[bool]]:
    """The code, row by row, True where it is dark, with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = memoryview(code.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type] # its stub has no buffer
    cells = cast("list[list[int]]", image.tolist())
    side = [False] * _QUIET
    rows = [[*side, *(cell < _DARK for cell in row), *side] for row in cells]
    blank = [[False] * len(rows[0])] * _QUIET
    return [*blank, *rows, *blank]


def text(code: list[list[bool]]) -> str:
    """For a terminal that is dark on light or light on dark: light modules are drawn, two rows to a line."""
    rows = [*code, *([[False] * len(code[0])] * (len(code) % 2))]
    marks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    lines = ("".join(marks[pair] for pair in zip(*rows[at : at + 2], strict=True)) for at in range(0, len(rows), 2))
    return "\n".join(lines) + "\n"


def png(code: list[list[bool]], scale: int = 8) -> bytes:
    """A grey PNG (ISO/IEC 15948), `scale` pixels for each module."""
    rows = (b"".join((b"\x00" if cell else b"\xff") * scale for cell in row) for row in code)
    data = zlib.compress(b"".join((b"\x00" + row) * scale for row in rows), 9)
    head = struct.pack(">IIBBBBB", len(code[0]) * scale, len(code) * scale, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
