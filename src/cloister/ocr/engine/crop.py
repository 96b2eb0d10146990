"""Lines cut out of a page, upright and at the recogniser's height."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister.ocr.engine import shapes

if TYPE_CHECKING:
    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.runtime import Pixels

PADDING = 128
"""Grey beyond a line's end: the models' zero."""


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
            self._levels.append(cv2.resize(last, size, interpolation=cv2.INTER_AREA))
        return self._levels[number]

    def cut(self, region: Region, width: int, into: Pixels) -> None:
        """Cut a region out at `width` pixels into an array of the recogniser's height."""
        level = 0
        while region.height / 2**level > 1.8 * shapes.HEIGHT and level < 6:
            level += 1
        page = self.level(level)
        matrix = region.frame(width, shapes.HEIGHT)
        if level:
            down = np.array([page.shape[1] / self._levels[0].shape[1], page.shape[0] / self._levels[0].shape[0]])
            matrix[:, :2] *= down[:, None]
            matrix[:, 2] = (matrix[:, 2] + 0.5) * down - 0.5
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(page, matrix, (width, shapes.HEIGHT), into, flags, cv2.BORDER_REPLICATE)


def natural_width(region: Region) -> float:
    """Pixels of width that a region takes at the recogniser's height."""
    return max(1.0, region.width * shapes.HEIGHT / max(region.height, 1.0))
