"""Puts pictures into one PDF without changing them, for a peer that reads PDFs.

pdf.py OUT.pdf PICTURE…
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import img2pdf
from PIL import Image

DPI = 300
"""For pictures that do not say; the peer measures letters by it."""


def _plain(page: Path) -> bytes:
    """A picture that a PDF can hold as it is: without transparency."""
    with Image.open(page) as picture:
        if picture.mode in {"1", "L", "RGB"} and picture.format in {"PNG", "JPEG", "TIFF"}:
            return page.read_bytes()
        made = io.BytesIO()
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture.convert("RGBA"), mask=picture.convert("RGBA").getchannel("A"))
        flat.save(made, "PNG")
        return made.getvalue()


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    across, down = (value if value > 1 else DPI for value in dpi)
    size = (width * 72 / across, height * 72 / down)
    return (*size, *size)


if __name__ == "__main__":
    out, *pages = map(Path, sys.argv[1:])
    made = img2pdf.convert([_plain(page) for page in pages], layout_fun=_layout, rotation=img2pdf.Rotation.ifvalid)
    out.write_bytes(made)
