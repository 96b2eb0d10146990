"""Where the ink is in a line's crop: its pixels, its blank columns, and how wide its characters are set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine.shapes import HEIGHT, MARGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.ocr.engine.runtime import Pixels

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

    def tight(self, x0: int, x1: int) -> tuple[int, int, int, int] | None:
        """The box around the ink between two columns, or None where there is none."""
        part = self.mask[:, max(0, x0) : x1]
        columns = np.flatnonzero(part.any(0))
        if not len(columns):
            return None
        left, right = int(columns[0]), int(columns[-1]) + 1
        rows = np.flatnonzero(part[:, left:right].any(1))
        return max(0, x0) + left, int(rows[0]), max(0, x0) + right, int(rows[-1]) + 1

    def blank_between(self, x0: float, x1: float) -> tuple[float, float]:
        """The widest blank run between two places: its width and its middle (0 and half-way if none)."""
        lo = np.maximum(self.starts, x0)
        hi = np.minimum(self.ends, x1)
        if not len(lo):
            return 0.0, (x0 + x1) / 2
        k = int(np.argmax(hi - lo))
        if hi[k] <= lo[k]:
            return 0.0, (x0 + x1) / 2
        return float(hi[k] - lo[k]), float(hi[k] + lo[k]) / 2


def find(crop: Pixels) -> Ink | None:
    """The ink of a crop, dark on light or light on dark; None where nothing stands out."""
    sample = np.sort(crop[::2, ::3], axis=None)
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
