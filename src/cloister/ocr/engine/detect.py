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

    from cloister.ocr.engine.runtime import Network, Pixels

MOST_REGIONS = 5_000
_TEXT = 76
"""Of 255: above it a pixel of the map is text."""
_SURE = 0.5
"""Mean probability that a region must have."""
_GROWTH = 1.6
_SMALLEST = 3.0


def detect(network: Network, page: Pixels, pages: Sequence[tuple[int, int]]) -> list[Region]:
    """Find the regions of text on a grey page, in its own pixels."""
    height, width = page.shape
    (rows, columns), scale = shapes.page_for(height, width, pages)
    h, w = max(1, min(rows, round(height * scale))), max(1, min(columns, round(width * scale)))
    small = page if (h, w) == (height, width) else cv2.resize(page, (w, h), interpolation=cv2.INTER_AREA)
    padded = np.full((1, rows, columns, 1), int(np.median(small[::8, ::8])), np.uint8)
    padded[0, :h, :w, 0] = small
    (found,) = network(padded)
    return regions(found[0, 0, :h, :w], width / w, height / h)


def regions(found: Pixels, scale_x: float, scale_y: float) -> list[Region]:
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
        out.append(_scaled(x, y, w, h, angle, scale_x, scale_y))
    return out


def _mean(
    found: Pixels, outline: np.ndarray, centre: tuple[float, float], size: tuple[float, float], angle: float
) -> float:
    """The mean probability inside a region; its upright box will do where the two are nearly the same."""
    x, y, w, h = cv2.boundingRect(outline)
    part = found[y : y + h, x : x + w]
    if abs(angle) < 1.5 and w * h <= 1.25 * (size[0] + 1) * (size[1] + 1):
        return float(part.mean())
    mask = np.zeros((h, w), np.uint8)
    box = cv2.boxPoints(((centre[0] - x, centre[1] - y), size, angle))
    cv2.fillPoly(mask, [box.astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _scaled(x: float, y: float, w: float, h: float, angle: float, scale_x: float, scale_y: float) -> Region:
    """A region taken from the map to the page; the two scales differ by rounding only."""
    scale = math.sqrt(scale_x * scale_y)
    return Region((x + 0.5) * scale_x - 0.5, (y + 0.5) * scale_y - 0.5, w * scale, h * scale, angle)
