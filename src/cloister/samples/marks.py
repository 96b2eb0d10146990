"""Marks that are drawn on a finished page: a printed token, and a QR code that holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from cloister.samples.truth import TrueLine, TrueWord
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from cloister.samples.sheet import Sheet

PIXELS, QR = "mark", "qr"
"""The kinds of the blocks in which the marks' places travel through wear."""
_SMALL_MM = 290


def plant(sheet: Sheet, pixels: str, qr: str) -> None:
    """Print a token at the foot of the page and a QR code above it. A small sheet grows by a strip for them."""
    if sheet.height < sheet.mm(_SMALL_MM):
        _longer(sheet, sheet.mm(24))
    if pixels:
        face = Face("sans", "regular", sheet.pt(8))
        sheet.text(sheet.block(PIXELS), pixels, face, sheet.mm(6), sheet.height - sheet.mm(4.5), ink=40)
    if qr:
        _code(
            sheet, qr, sheet.width - sheet.mm(25), sheet.height - sheet.mm(23 if sheet.height < sheet.mm(290) else 40)
        )


def _longer(sheet: Sheet, more: int) -> None:
    paper = sheet.image.getpixel((1, sheet.height - 2))
    image = Image.new(sheet.mode, (sheet.width, sheet.height + more), paper)
    image.paste(sheet.image)
    sheet.image, sheet.height, sheet.draw = image, sheet.height + more, ImageDraw.Draw(image)


def _code(sheet: Sheet, text: str, x: int, y: int) -> None:
    """A code of about 17 mm with its quiet zone, error correction M."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dark = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) < 128
    unit = max(2, sheet.mm(17) // len(dark))
    side = unit * len(dark)
    sheet.tint(x - 4 * unit, y - 4 * unit, x + side + 4 * unit, y + side + 4 * unit, ink=255)
    for row, cells in enumerate(dark.tolist()):
        for column, cell in enumerate(cells):
            if cell:
                left, top = x + column * unit, y + row * unit
                sheet.tint(left, top, left + unit - 1, top + unit - 1, ink=0)
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    sheet.block(QR).lines.append(TrueLine((TrueWord(text, corners),)))
