"""Where the ink is in a line's crop: its pixels, its blank columns, and how wide its characters are set."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister.ocr.engine.shapes import HEIGHT, MARGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cloister.ocr.engine.runtime import Floats, Pixels

_LEAST_CONTRAST = 20
_SHARE, _FAINT = 0.4, 0.2
"""Of the way from paper to ink: beyond the first a pixel is ink, beyond the second it may be."""
_FAR = 1 << 16
"""More than a crop is wide."""
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
        marked = self.mask.view(np.uint8)
        out: list[tuple[int, int, int, int] | None] = []
        for left, right in itertools.pairwise(edges):
            x, y, width, height = cv2.boundingRect(marked[:, left : max(right, left + 1)])
            out.append((left + x, y, left + x + width, y + height) if width else None)
        return out

    def blanks(self, before: Floats, after: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The widest blank run between each two places: widths, and middles (0 and half-way where there is none)."""
        return blanks([self], np.zeros(len(before), np.intp), before, after)

    def blank(self, before: float, after: float) -> tuple[float, float]:
        """The same for two places."""
        width, middle = self.blanks(np.array([before]), np.array([after]))
        return float(width[0]), float(middle[0])


def blanks(
    inks: Sequence[Ink | None], line: NDArray[np.intp], before: Floats, after: Floats
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same for places on several lines; `line` tells on which."""
    width, middle = np.zeros(len(before)), ((before + after) / 2).astype(float)
    held = [(k, ink) for k, ink in enumerate(inks) if ink is not None]
    if not held:
        return width, middle
    # All lines one after the other, so far apart that no run is looked for on another line.
    shift = np.repeat([k * _FAR for k, _ in held], [len(ink.starts) for _, ink in held])
    starts = np.concatenate([ink.starts for _, ink in held]) + shift
    ends = np.concatenate([ink.ends for _, ink in held]) + shift
    left, right = before + line * float(_FAR), after + line * float(_FAR)
    first = np.searchsorted(ends, left, "right")
    count = np.maximum(np.searchsorted(starts, right) - first, 0)
    pair = np.repeat(np.arange(len(before)), count)
    run = np.arange(len(pair)) + np.repeat(first - (np.cumsum(count) - count), count)
    lo = np.maximum(starts[run] - shift[run], before[pair])
    hi = np.minimum(ends[run] - shift[run], after[pair])
    np.maximum.at(width, pair, hi - lo)
    # The first of the widest counts: what is assigned last stays.
    widest = np.flatnonzero((hi - lo == width[pair]) & (hi > lo))[::-1]
    middle[pair[widest]] = (hi + lo)[widest] / 2
    return width, middle


def find(crop: Pixels) -> Ink | None:
    """The ink of a crop, dark on light or light on dark; None where nothing stands out."""
    sample = crop[::3, ::4].ravel()
    shades = np.bincount(sample, minlength=256).cumsum()
    low, middle, high = shades.searchsorted([int(q * (len(sample) - 1)) for q in (0.02, 0.5, 0.98)], "right").tolist()
    if high - low < _LEAST_CONTRAST:
        return None
    inner = crop[MARGIN:-MARGIN]
    # Whole numbers for limits, and the extremes of the columns: an array of bytes is compared to a fraction,
    # or asked whether any of it is marked, ten times as slowly.
    if 2 * middle >= low + high:
        limit, faint = (math.ceil(high - max(share * (high - low), high - middle + 4)) for share in (_SHARE, _FAINT))
        mask, darkest = crop < limit, inner.min(0)
        inked, marked = darkest < limit, darkest < faint
    else:
        limit, faint = (math.floor(low + max(share * (high - low), middle - low + 4)) for share in (_SHARE, _FAINT))
        mask, lightest = crop > limit, inner.max(0)
        inked, marked = lightest > limit, lightest > faint
    between = np.ones(len(inked) + 2, np.bool_)
    between[1:-1] = inked
    edges = np.flatnonzero(between[1:] != between[:-1])
    left = int(marked.argmax())
    right = len(marked) - int(marked[::-1].argmax())
    if not marked[left]:
        left, right = 0, len(marked)
    return Ink(mask, edges[::2], edges[1::2], left, right, _pitch(mask[MARGIN:-MARGIN].view(np.uint8), right - left))


def _pitch(mask: Pixels, width: int) -> float:
    """Estimate how wide characters are set: narrow ones put more strokes into a row.

    Good to 15% on one line; a page corrects it by what its first lines turn out to hold.
    """
    begun = np.greater(mask[:, 1:], mask[:, :-1]).view(np.uint8)
    strokes = sorted(cv2.reduce(begun, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel().tolist())
    top, half = sum(strokes[-8:]) / 8, sum(strokes[-HEIGHT // 2 :]) / (HEIGHT // 2)
    if half < 1:
        return 0.0
    a, b, c, d = _PITCH
    black = cv2.countNonZero(mask) / mask.size + 0.01
    return math.exp(a * math.log(width / top) + b * math.log(width / half) + c * math.log(black) + d)
