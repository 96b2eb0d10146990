"""From the pixels of a page as it is shown to the user space of the PDF.

A page is shown cropped to its CropBox and turned by its /Rotate (ISO 32000-1, 7.7.3.3 and 14.11.2);
boxes are taken as pdfium takes them, which made the pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf

from cloister.document import Box, Matrix, Point
from cloister.errors import BadOutput

if TYPE_CHECKING:
    from pikepdf import Object

    from cloister.document import Page

_LETTER: Box = (0, 0, 612, 792)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a page is shown, in its user space, and by how many degrees clockwise it is turned."""

    box: Box
    rotation: int


def through(matrix: Matrix, point: Point) -> Point:
    """A point taken through a 3×3 matrix."""
    a, b, c, d, e, f, g, h, i = matrix
    x, y = point
    w = g * x + h * y + i
    if not w:
        raise BadOutput
    return (a * x + b * y + c) / w, (d * x + e * y + f) / w


def times(second: Matrix, first: Matrix) -> Matrix:
    """The matrix that applies `first`, then `second`."""
    a, b, c, d, e, f, g, h, i = (
        sum(second[3 * row + k] * first[3 * k + column] for k in range(3)) for row in range(3) for column in range(3)
    )
    return a, b, c, d, e, f, g, h, i


def shown(page: Object) -> Shown:
    """How a page of a PDF is shown."""
    media = _box(page, "/MediaBox") or _LETTER
    crop = _box(page, "/CropBox") or media
    box = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    if box[0] >= box[2] or box[1] >= box[3]:
        box = media
    turn = _inherited(page, "/Rotate")
    quarters = int(turn) // 90 % 4 if isinstance(turn, int) else 0
    return Shown(box, quarters * 90)


def size_as_read(page: Page) -> tuple[float, float]:
    """Width and height of the page as it came, in pixels: turning it upright keeps its centre."""
    x, y = through(page.to_source, (page.width / 2, page.height / 2))
    if not (math.isfinite(x) and math.isfinite(y) and x > 0 and y > 0):
        raise BadOutput
    return 2 * x, 2 * y


def to_user(page: Page, shown: Shown) -> Matrix:
    """From pixels of the upright page to the user space of the page as it came."""
    width, height = size_as_read(page)
    x0, y0, x1, y1 = shown.box
    across, down = (x1 - x0, y1 - y0) if shown.rotation in {0, 180} else (y1 - y0, x1 - x0)
    sx, sy = across / width, down / height
    from_shown: dict[int, Matrix] = {
        0: (sx, 0, x0, 0, -sy, y1, 0, 0, 1),
        90: (0, sy, x0, sx, 0, y0, 0, 0, 1),
        180: (-sx, 0, x1, 0, sy, y0, 0, 0, 1),
        270: (0, -sy, x1, -sx, 0, y1, 0, 0, 1),
    }
    return times(from_shown[shown.rotation], page.to_source)


def _inherited(page: Object, key: str) -> object:
    """An attribute of a page or of what it stands under. qpdf hands most down when it opens a file."""
    node: Object | None = page
    for _ in range(64):
        if node is None or not isinstance(node, pikepdf.Dictionary):
            return None
        if (found := node.get(key)) is not None:
            return found
        node = node.get("/Parent")
    return None


def _box(page: Object, key: str) -> Box | None:
    """A box with its corners in order, or None if it is not there or is empty."""
    held = _inherited(page, key)
    if not isinstance(held, pikepdf.Array) or len(held) < 4:  # noqa: PLR2004
        return None
    try:
        a, b, c, d = (float(held[i]) for i in range(4))
    except (TypeError, ValueError):
        return None
    box = min(a, c), min(b, d), max(a, c), max(b, d)
    return box if box[0] < box[2] and box[1] < box[3] else None
