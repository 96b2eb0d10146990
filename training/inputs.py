"""What models are calibrated and fitted on: documents that the project draws itself, and nothing else."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister import samples
from cloister.ocr.engine.crop import PADDING, Pyramid
from cloister.ocr.engine.geometry import Region
from cloister.ocr.engine.shapes import HEIGHT, LONG_SIDE, LONGEST, STEP
from cloister.samples.commission import Commission
from training import hands

if TYPE_CHECKING:
    from cloister.document import Polygon
    from cloister.ocr.engine.runtime import Pixels

_KINDS = ("mixed", "page", "form", "receipt", "layout", "invoice", "typescript", "letter", "passport")
_RESOLUTIONS = (75, 100, 100, 150, 200, 300)
_WIDEST = 1.6
"""What a stretched sheet is stretched by at most; at least to three quarters."""
_PITCHES = 12.0, 17.0
"""Pixels a character: the range in which the engine sets lines."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawn page, grey, with its lines as the detector would outline them, and what they say."""

    pixels: Pixels
    lines: tuple[tuple[Region, str], ...]


def sheets(count: int, seed: int, kinds: tuple[str, ...] = _KINDS, *, stretched: float = 0.0) -> Iterator[Sheet]:
    """Pages of every kind, quality, language and resolution in turn; a share of them `stretched`."""
    draw = random.Random(seed)
    for number in range(count):
        yield make_sheet(kinds[number % len(kinds)], seed + number, draw, stretched=stretched)


def make_sheet(kind: str, seed: int, draw: random.Random, *, stretched: float = 0.0) -> Sheet:
    """One page of this kind, in a language, quality and resolution by chance.

    With the chance `stretched` its letters and gaps are narrower or wider than the typeface has them, as tills and
    line printers set them.
    """
    language, quality = draw.choice(samples.LANGUAGES), draw.choice(samples.QUALITIES)
    commission = Commission(kind, seed, language, draw.choice(_RESOLUTIONS))
    drawn = hands.draw(commission) if kind == hands.KIND else samples.drawing(commission)
    sample = samples.finished(drawn, commission, quality)
    pixels = np.asarray(sample.image.convert("L"), np.uint8)
    wide = 1.0
    if stretched and draw.random() < stretched:
        wide = math.exp(draw.uniform(math.log(1.2 / _WIDEST), math.log(_WIDEST)))
        way = cv2.INTER_AREA if wide < 1 else cv2.INTER_CUBIC
        size = max(1, round(pixels.shape[1] * wide)), pixels.shape[0]
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
    lines = tuple(
        (outlined([_stretched(word.polygon, wide) for word in line.words], draw), line.text)
        for line in sample.truth.lines
    )
    return Sheet(pixels, lines)


def _stretched(polygon: Polygon, wide: float) -> Polygon:
    a, b, c, d = ((x * wide, y) for x, y in polygon)
    return a, b, c, d


def outlined(polygons: Sequence[Polygon], draw: random.Random) -> Region:
    """The box around a line's ink, with the room that the detector leaves around it, which varies."""
    (x0, y0), (x1, y1), *_ = polygons[0]
    angle = math.atan2(y1 - y0, x1 - x0)
    along = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    points = np.array([point for polygon in polygons for point in polygon]) @ along.T
    low, high = points.min(0), points.max(0)
    x, y = along.T @ ((low + high) / 2)
    width, height = high - low
    room = height * draw.uniform(0.35, 0.6)
    return Region(float(x) - 0.5, float(y) - 0.5, float(width + room), float(height + room), math.degrees(angle))


def pages(drawn: Iterator[Sheet]) -> list[Pixels]:
    """Pages as the detector takes them."""
    out = []
    for sheet in drawn:
        height, width = sheet.pixels.shape
        scale = min(1.0, LONG_SIDE / max(height, width))
        size = max(1, round(width * scale / 32)) * 32, max(1, round(height * scale / 32)) * 32
        out.append(np.asarray(cv2.resize(sheet.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)[None, :, :, None])
    return out


def lines(drawn: Iterator[Sheet], each: int, seed: int) -> list[Pixels]:
    """Lines as the recogniser takes them, at most `each` of a page."""
    draw, out = random.Random(seed), []
    for sheet in drawn:
        pyramid = Pyramid(sheet.pixels)
        for region, text in draw.sample(sheet.lines, min(each, len(sheet.lines))):
            if region.tall:
                continue
            width = min(LONGEST, max(5 * STEP, round(len(text) * draw.uniform(*_PITCHES))))
            into = np.full((HEIGHT, width), PADDING, np.uint8)
            pyramid.cut(region).fill(width, into)
            out.append(into[None, :, :, None])
    return out
