"""Where the ink is in a line's crop: which pixels, which columns are blank, how tightly a word's box fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.ocr.engine.runtime import Pixels

_LEAST_CONTRAST = 20
_SHARE = 0.4
"""Of the way from paper to ink: beyond it a pixel is ink."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A line's ink: `mask` in the crop's pixels, and the blank runs between its columns."""

    mask: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def tight(self, x0: int, x1: int) -> tuple[int, int, int, int] | None:
        """The box around the ink between two columns, or None where there is none."""
        part = self.mask[:, x0:x1]
        columns = np.flatnonzero(part.any(0))
        if not len(columns):
            return None
        left, right = int(columns[0]), int(columns[-1]) + 1
        rows = np.flatnonzero(part[:, left:right].any(1))
        return x0 + left, int(rows[0]), x0 + right, int(rows[-1]) + 1

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
    else:
        mask = crop > low + max(_SHARE * (high - low), middle - low + 4)
    inner = mask[crop.shape[0] // 8 : crop.shape[0] - crop.shape[0] // 8]
    blank = np.concatenate(([0], ~inner.any(0), [0])).astype(np.int8)
    steps = np.diff(blank)
    return Ink(mask, np.flatnonzero(steps == 1), np.flatnonzero(steps == -1))
