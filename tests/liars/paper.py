"""A small page with a token of its own, which Tesseract reads in a fraction of a second."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import cloister.samples

TOKEN = "QUARTZ HERON"
LINES = (
    "Statement of account", f"Reference {TOKEN}", "Payable within thirty days", "Signed in the presence of",
    "two witnesses of full age", "Total amount 4711 pounds", "Delivered by the evening train",
)  # fmt: skip

_FONTS = Path(cloister.samples.__file__).parent / "fonts"


def png(token: str = TOKEN, *, suffix: str = "PNG") -> bytes:
    """The page as a picture, with the token in its pixels and in its metadata."""
    image = Image.new("L", (700, 480), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(LINES):
        draw.text((40, 30 + 60 * number), line.replace(TOKEN, token), fill=0, font=_face())
    exif = Image.Exif()
    exif[0x010E] = f"scan of {token.title()}"
    held = io.BytesIO()
    image.save(held, suffix, dpi=(200, 200), exif=exif)
    return held.getvalue()


def _face() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / "sans-regular.ttf"), 36)
