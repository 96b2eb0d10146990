"""Lines cut out of a page, upright and at the recogniser's height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister.ocr.engine import ink
from cloister.ocr.engine.ink import Ink
from cloister.ocr.engine.shapes import CUT_HEIGHT, HEIGHT, MARGIN

if TYPE_CHECKING:
    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.runtime import Pixels

PADDING = 128
"""Grey beyond a line's end: the models' zero."""
_EDGE = 5
"""Pixels of paper that are left before and after the ink."""
_WIDEST = 16_384
_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass(frozen=True, slots=True)
class Cut:
    """A region cut out at its own proportions; only the columns `left` to `right` hold text."""

    region: Region
    pixels: Pixels
    ink: Ink | None
    left: int
    right: int

    @property
    def width(self) -> int:
        """Pixels from the first to the last column that holds text."""
        return self.right - self.left

    def fill(self, width: int, into: Pixels) -> None:
        """Draw the text into an array of the recogniser's height, at `width` pixels."""
        text = self.pixels[MARGIN : MARGIN + HEIGHT, self.left : self.right]
        way = cv2.INTER_AREA if width < self.width else cv2.INTER_CUBIC
        cv2.resize(text, (width, HEIGHT), dst=into[:, :width], interpolation=way)


class Pyramid:
    """A page at full size, half, a quarter …, each made when it is first needed.

    Linear sampling looks at four pixels: to shrink by more than two it would skip ink.
    """

    def __init__(self, page: Pixels) -> None:
        self._levels = [page]

    def level(self, number: int) -> Pixels:
        """The page halved `number` times."""
        while len(self._levels) <= number:
            last = self._levels[-1]
            size = (max(1, (last.shape[1] + 1) // 2), max(1, (last.shape[0] + 1) // 2))
            self._levels.append(np.asarray(cv2.resize(last, size, interpolation=cv2.INTER_AREA), np.uint8))
        return self._levels[number]

    def cut(self, region: Region) -> Cut:
        """Cut a region out."""
        level = 0
        while region.height / 2**level > 1.8 * CUT_HEIGHT and level < 8:
            level += 1
        page = self.level(level)
        width = min(_WIDEST, max(8, round(region.width * CUT_HEIGHT / max(region.height, 1.0))))
        matrix = region.frame(width, CUT_HEIGHT)
        if level:
            down = np.array([page.shape[1] / self._levels[0].shape[1], page.shape[0] / self._levels[0].shape[0]])
            matrix[:, :2] *= down[:, None]
            matrix[:, 2] = (matrix[:, 2] + 0.5) * down - 0.5
        cut = cv2.warpAffine(page, matrix, (width, CUT_HEIGHT), flags=_FLAGS, borderMode=cv2.BORDER_REPLICATE)
        pixels = np.asarray(cut, np.uint8)
        found = ink.find(pixels)
        left, right = (max(0, found.left - _EDGE), min(width, found.right + _EDGE)) if found else (0, width)
        return Cut(region, pixels, found, left, right)
