"""The pixel grid on which a PDF page is rendered: a scan's own wherever possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from cloister.document import Box
from cloister.errors import DamagedPage, PageTooLarge
from cloister.formats.packed import MAX_SIDE
from cloister.ocr.frames import MAX_PIXELS
from cloister.ocr.render.items import Photo

POINTS = 72.0
_PRINT_DPI = 300.0
_MIXED_DPI = 200.0
_LEAST_SCAN, _MOST_SCAN = 50.0, 400.0
_SCAN_SHARE, _COUNTED_SHARE = 0.5, 0.02
"""Pictures on so much of a page make it a scan; smaller ones than this do not count."""
_EDGE = 0.01
_MOST_DRAWN = 40_000_000
"""A page without a scan on it has no pixels of its own; this many are enough for any."""
_LEAST_DPI = 10.0
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """The size in pixels, and how many go to an inch. `exact`: each is a pixel of the scan, or of a part of them."""

    width: int
    height: int
    dpi: float
    exact: bool = False


def grid_of(
    size: tuple[float, float], box: Box, photos: Sequence[Photo], *, turned: bool, pure: bool, page: int
) -> Grid:
    """The grid for a page of `size` (points, as shown). `turned`: it is shown on its side. `pure`: it is scans only.

    A page covered by one scan gets exactly the scan's pixels, so that nothing is resampled; above 400 dpi
    every second, third … of them. Other scans get their resolution, drawings 300 dpi.
    """
    across, down = size
    if not (across > 0 and down > 0):
        raise DamagedPage(page=page)
    area = max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)
    counted = [photo for photo in photos if _shown(photo.item.box, box) >= _COUNTED_SHARE * area]
    covered = sum(_shown(photo.item.box, box) for photo in counted) / area
    if covered < _SCAN_SHARE:
        return _limited(across, down, _PRINT_DPI, _MOST_DRAWN, page)
    native = max(max(photo.dpi) for photo in counted)
    native /= max(1, ceil(native / _MOST_SCAN - _EDGE))
    if not pure and native < _MIXED_DPI:
        return _limited(across, down, _MIXED_DPI, MAX_PIXELS, page)
    if len(counted) == 1 and (exact := _exact(counted[0], box, native, turned=turned)) is not None:
        return exact
    return _limited(across, down, max(native, _LEAST_SCAN), MAX_PIXELS, page)


def _shown(inner: Box, page: Box) -> float:
    width = min(inner[2], page[2]) - max(inner[0], page[0])
    height = min(inner[3], page[3]) - max(inner[1], page[1])
    return width * height if width > 0 and height > 0 else 0.0


def _exact(photo: Photo, box: Box, dpi: float, *, turned: bool) -> Grid | None:
    """The grid of a scan that fills its page, equally fine in both directions."""
    edges = zip(photo.item.box, box, strict=True)
    room = _EDGE * min(box[2] - box[0], box[3] - box[1])
    low, high = sorted(photo.dpi)
    if not photo.straight or high > (1 + _EDGE) * low or any(abs(a - b) > room for a, b in edges):
        return None
    part = max(1, round(high / dpi))
    width, height = ceil(photo.width / part), ceil(photo.height / part)
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE or dpi < _LEAST_SCAN:
        return None
    return Grid(*((height, width) if turned != photo.turned else (width, height)), dpi, exact=part == 1)


def _limited(across: float, down: float, dpi: float, most: int, page: int) -> Grid:
    inches = across * down / POINTS**2
    dpi = min(dpi, sqrt(most / inches), (MAX_SIDE - 1) * POINTS / max(across, down))
    if dpi < _LEAST_DPI:
        raise PageTooLarge(page=page, limit=MAX_PIXELS // _MILLION)
    return Grid(max(1, int(across / POINTS * dpi + 0.5)), max(1, int(down / POINTS * dpi + 0.5)), dpi)
