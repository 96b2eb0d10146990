"""Where there is text on a page: the detector's map, and the regions in it.

The map follows Liao et al., "Real-time Scene Text Detection with Differentiable Binarization" (2020): it
marks shrunken text, so regions are grown back by area × 1.6 / circumference.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister.ocr.engine import shapes
from cloister.ocr.engine.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.ocr.engine.crop import Pyramid
    from cloister.ocr.engine.runtime import Network, Pixels

MOST_REGIONS = 5_000
_TEXT = 76
"""Of 255: above it a pixel of the map is text."""
_SURE = 0.5
"""Mean probability that a region must have."""
_GROWTH = 1.6
_SMALLEST = 3.0
_COARSE = 800
"""Pixels: the longest side at which blank margins are looked for."""
_STAINED = 25
"""Of 255: what differs less from the paper is paper."""
_AROUND, _INKED = 31, 15
"""Pixels: the square whose mean is a pixel's paper; and by how much ink is darker."""
_LETTERS = 20
"""So many characters tell how large they are."""
_TALL, _LEAST_ROOM = 8, 0.4
"""Pixels: the detector is given characters of which three quarters are at least so tall; and the least scale."""
_PAPER = 12
"""Pixels of paper, at that size, that are left around the content."""


def detect(network: Network, page: Pyramid, pages: Sequence[tuple[int, int]]) -> list[Region]:
    """Find the regions of text on a grey page, in its own pixels. Blank margins are not looked at."""
    height, width = page.level(0).shape
    x0, y0, x1, y1 = _content(page)
    scale = min(1.0, shapes.LONG_SIDE / max(height, width))
    # Halving is quick; only the rest is left to the slow, exact way.
    level = max(0, int(math.log2(1 / scale) + 1e-6))
    near = page.level(level)
    part = near[y0 >> level : -(-y1 >> level), x0 >> level : -(-x1 >> level)]
    small = _shrunk(part, scale * width / near.shape[1])
    small = _shrunk(small, _room(small))
    (rows, columns), less = shapes.page_for(small.shape[0], small.shape[1], pages)
    small = _shrunk(small, less)[:rows, :columns]
    h, w = small.shape
    padded = np.full((1, rows, columns, 1), int(np.median(small[::8, ::8])), np.uint8)
    padded[0, :h, :w, 0] = small
    (squares,) = network(padded)
    found = np.empty((rows, columns), np.uint8)
    for k in range(4):
        found[k // 2 :: 2, k % 2 :: 2] = squares[0, k]
    step_x, step_y = width / near.shape[1], height / near.shape[0]
    return regions(
        found[:h, :w],
        (part.shape[1] / w * step_x, part.shape[0] / h * step_y),
        ((x0 >> level) * step_x, (y0 >> level) * step_y),
    )


def _shrunk(picture: Pixels, scale: float) -> Pixels:
    height, width = picture.shape
    h, w = max(1, round(height * scale)), max(1, round(width * scale))
    if (h, w) == picture.shape:
        return picture
    return np.asarray(cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA), np.uint8)


def _room(picture: Pixels) -> float:
    """How far a picture may be scaled down before small characters are smaller than the detector needs them.

    Characters are looked for as connected ink in the middle half. Dust is smaller, so a dusty page stays as it is.
    """
    height = len(picture)
    middle = picture[height // 4 : height - height // 4]
    ink = cv2.adaptiveThreshold(middle, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _AROUND, _INKED)
    _, _, marks, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, tall, area = marks[1:, cv2.CC_STAT_WIDTH], marks[1:, cv2.CC_STAT_HEIGHT], marks[1:, cv2.CC_STAT_AREA]
    like = (tall >= 4) & (tall <= 80) & (wide <= 4 * tall) & (tall <= 6 * wide) & (area >= 6)
    heights = np.sort(tall[like])
    return min(1.0, max(_LEAST_ROOM, _TALL / float(heights[len(heights) // 4]))) if len(heights) >= _LETTERS else 1.0


def _content(page: Pyramid) -> tuple[int, int, int, int]:
    """The box outside of which the page is blank: left, top, right, bottom, with some paper around."""
    height, width = page.level(0).shape
    level = max(0, math.ceil(math.log2(max(height, width) / _COARSE)))
    coarse = page.level(level)
    marked = (cv2.absdiff(coarse, np.full_like(coarse, int(np.median(coarse[::4, ::4])))) > _STAINED).view(np.uint8)
    rows, columns = (
        np.flatnonzero(cv2.reduce(marked, way, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() > 1) for way in (1, 0)
    )
    if not len(rows) or not len(columns):
        return 0, 0, width, height
    return (
        max(0, (int(columns[0]) - _PAPER) << level),
        max(0, (int(rows[0]) - _PAPER) << level),
        min(width, (int(columns[-1]) + 1 + _PAPER) << level),
        min(height, (int(rows[-1]) + 1 + _PAPER) << level),
    )


def regions(found: Pixels, scale: tuple[float, float], origin: tuple[float, float] = (0.0, 0.0)) -> list[Region]:
    """The regions in a map of text probabilities (0 to 255), in the page's pixels."""
    mask = cv2.dilate((found > _TEXT).view(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    out = []
    for outline in outlines[:MOST_REGIONS]:
        (x, y), (w, h), angle = cv2.minAreaRect(outline)
        if angle > 45:
            w, h, angle = h, w, angle - 90
        elif angle <= -45:
            w, h, angle = h, w, angle + 90
        if min(w, h) < _SMALLEST or _mean(found, outline, (x, y), (w, h), angle) < _SURE * 255:
            continue
        grow = w * h * _GROWTH / (w + h)
        w, h = w + grow, h + grow
        out.append(_scaled(x, y, w, h, angle, scale, origin))
    return out


def _mean(
    found: Pixels, outline: np.ndarray, centre: tuple[float, float], size: tuple[float, float], angle: float
) -> float:
    """The mean probability inside a region; its upright box will do where the two are nearly the same."""
    x, y, w, h = cv2.boundingRect(outline)
    part = found[y : y + h, x : x + w]
    if abs(angle) < 1.5 and w * h <= 1.25 * (size[0] + 1) * (size[1] + 1):
        return float(cv2.sumElems(part)[0]) / part.size
    mask = np.zeros((h, w), np.uint8)
    box = cv2.boxPoints(((centre[0] - x, centre[1] - y), size, angle))
    cv2.fillPoly(mask, [box.astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _scaled(
    x: float, y: float, w: float, h: float, angle: float, scale: tuple[float, float], origin: tuple[float, float]
) -> Region:
    """A region taken from the map to the page; the two scales differ by rounding only."""
    mean = math.sqrt(scale[0] * scale[1])
    middle = (x + 0.5) * scale[0] + origin[0] - 0.5, (y + 0.5) * scale[1] + origin[1] - 0.5
    return Region(*middle, w * mean, h * mean, angle)
