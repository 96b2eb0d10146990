"""Where the ink is in a line's crop: its pixels, its blank columns, and how wide its characters are set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine.shapes import HEIGHT, MARGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cloister.ocr.engine.runtime import Floats, Pixels

_LEAST_CONTRAST = 20
_SHARE, _FAINT = 0.4, 0.2
"""Of the way from paper to ink: beyond the first a pixel is ink, beyond the second it may be."""
_PITCH = (2.252, -1.697, -0.14, 1.30)
"""Fitted on generated lines (training/pitch.py): pixels a character, from strokes and blackness."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A line's ink: `mask` in the crop's pixels, the blank runs of its columns, where it starts and ends."""

    mask: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    left: int
    right: int
    pitch: float
    """Estimated pixels a character; 0 where there is nothing to estimate from."""

    def boxes(self, edges: Sequence[int]) -> list[tuple[int, int, int, int] | None]:
        """The box around the ink between each two successive columns, or None where there is none."""
        at = np.asarray(edges[:-1])
        height, width = self.mask.shape
        marked = self.mask.any(0)
        columns = np.arange(width)
        left = np.minimum.reduceat(np.where(marked, columns, width), at)
        right = np.maximum.reduceat(np.where(marked, columns + 1, 0), at)
        top = np.minimum.reduceat(np.where(marked, self.mask.argmax(0), height), at)
        bottom = np.maximum.reduceat(np.where(marked, height - self.mask[::-1].argmax(0), 0), at)
        found = np.stack([left, top, right, bottom], 1).tolist()
        return [(x0, y0, x1, y1) if x1 > x0 else None for x0, y0, x1, y1 in found]

    def blanks(self, before: Floats, after: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The widest blank run between each two places: widths, and middles (0 and half-way where there is none)."""
        if not len(self.starts):
            return np.zeros(len(before)), (before + after) / 2
        lo = np.maximum(self.starts[None, :], before[:, None])
        hi = np.minimum(self.ends[None, :], after[:, None])
        widest = (hi - lo).argmax(1)
        rows = np.arange(len(before))
        width = np.maximum((hi - lo)[rows, widest], 0)
        return width, np.where(width > 0, (hi + lo)[rows, widest] / 2, (before + after) / 2)

    def blank(self, before: float, after: float) -> tuple[float, float]:
        """The same for two places."""
        width, middle = self.blanks(np.array([before]), np.array([after]))
        return float(width[0]), float(middle[0])


def find(crop: Pixels) -> Ink | None:
    """The ink of a crop, dark on light or light on dark; None where nothing stands out."""
    sample = np.sort(crop[::3, ::4], axis=None)
    low, middle, high = (int(sample[int(q * (len(sample) - 1))]) for q in (0.02, 0.5, 0.98))
    if high - low < _LEAST_CONTRAST:
        return None
    if 2 * middle >= low + high:
        mask = crop < high - max(_SHARE * (high - low), high - middle + 4)
        faint = crop[MARGIN:-MARGIN] < high - max(_FAINT * (high - low), high - middle + 4)
    else:
        mask = crop > low + max(_SHARE * (high - low), middle - low + 4)
        faint = crop[MARGIN:-MARGIN] > low + max(_FAINT * (high - low), middle - low + 4)
    inner = mask[MARGIN:-MARGIN]
    columns = inner.any(0)
    steps = np.diff(np.concatenate(([0], ~columns, [0])).astype(np.int8))
    marked = np.flatnonzero(faint.any(0))
    left, right = (int(marked[0]), int(marked[-1]) + 1) if len(marked) else (0, crop.shape[1])
    return Ink(mask, np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), left, right, _pitch(inner, right - left))


def _pitch(mask: NDArray[np.bool_], width: int) -> float:
    """Estimate how wide characters are set: narrow ones put more strokes into a row.

    Good to 15% on one line; a page corrects it by what its first lines turn out to hold.
    """
    strokes = np.sort((mask[:, 1:] & ~mask[:, :-1]).sum(1))
    top, half = float(strokes[-8:].mean()), float(strokes[-HEIGHT // 2 :].mean())
    if half < 1:
        return 0.0
    a, b, c, d = _PITCH
    black = float(mask.mean()) + 0.01
    return math.exp(a * math.log(width / top) + b * math.log(width / half) + c * math.log(black) + d)
