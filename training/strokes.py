"""Lines of every hand, face and script, and bent out of shape: what changed layers are taught on.

The generated documents alone are too narrow for that: layers taught on them forget how handwriting is read. Needs
`training/fetch build/training` first, for fonts and texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister.languages import Script
from cloister.ocr.engine.crop import PADDING, Pyramid
from cloister.ocr.engine.shapes import HEIGHT, LONGEST, STEP
from training import lettering

if TYPE_CHECKING:
    from cloister.ocr.engine.runtime import Pixels
    from training.lettering import Marked

_WIDTHS = (96, 160, 240, 336, 448, 576, 736, 920, 1136, LONGEST)
"""Few, since each is compiled for; a line is padded to the next."""
_PITCHES = 11.0, 18.0
"""Pixels a character: a little more than the range in which the engine sets lines."""
_PARTS, _USUAL_SEED, _ORDER = (0, 1000), 8_000_000, 3
_STRAIGHT = 0.35
"""Share of the lines that stay as they were drawn."""


def lines(count: int) -> list[Pixels]:
    """So many lines as the recogniser takes them: N × height × width × 1 bytes, N = 1."""
    drawn = [line for seed in _PARTS for line in _part(seed)]
    random.Random(_ORDER).shuffle(drawn)
    return [_padded(line) for line in drawn[:count]]


def _part(seed: int) -> Iterator[Pixels]:
    yield from _cut(lettering.hands(150, seed + 1), 7, seed + 1)
    yield from _cut(lettering.foreign(150, seed + 2, Script.LATIN), 6, seed + 2)
    yield from _cut(lettering.usual(180, _USUAL_SEED + seed), 6, seed + 3)
    yield from _cut(lettering.foreign(50, seed + 4, Script.HAN), 8, seed + 4)
    for script in Script:
        if script not in {Script.LATIN, Script.HAN, Script.UNKNOWN, Script.AFRICAN}:
            yield from _cut(lettering.foreign(5, seed + 5, script), 6, seed + 5)


def _cut(pages: Iterable[Marked], each: int, seed: int) -> Iterator[Pixels]:
    draw = random.Random(seed)
    for page in pages:
        pyramid = Pyramid(page.pixels)
        level = [region for region, _ in page.lines if not region.tall]
        for region in draw.sample(level, min(each, len(level))):
            cut = pyramid.cut(region)
            if cut.ink is None or not cut.ink.pitch:
                continue
            stretch = min(1.5, max(0.6, draw.uniform(*_PITCHES) / cut.ink.pitch))
            width = min(LONGEST, max(5 * STEP, round(cut.width * stretch)))
            line = np.full((HEIGHT, width), PADDING, np.uint8)
            cut.fill(width, line)
            yield bent(line, draw)


def bent(line: Pixels, draw: random.Random) -> Pixels:
    """A line slanted, waved, set wider here and tighter there, thinner or bolder, blurred, grained, or paler."""
    if draw.random() < _STRAIGHT:
        return line
    rows, columns = np.mgrid[0 : line.shape[0], 0 : line.shape[1]].astype(np.float32)
    middle = line.shape[0] / 2
    tall, long, phase = draw.uniform(0, 2.5), draw.uniform(60, 400), draw.uniform(0, 6.3)
    down = tall * np.sin(columns / long * 6.283 + phase)
    aside = draw.uniform(-0.45, 0.45) * (rows - middle)
    aside += draw.uniform(0, 5) * np.sin(columns / draw.uniform(30, 200) * 6.283 + draw.uniform(0, 6.3))
    lower = np.float32(draw.uniform(0.8, 1.1))
    across, along = columns + aside.astype(np.float32), (rows - middle) / lower + middle + down
    out = cv2.remap(line, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    weight, square = draw.random(), np.ones((2, 2), np.uint8)
    if weight < 0.2:
        out = cv2.erode(out, square)
    elif weight < 0.35:
        out = cv2.dilate(out, square)
    if draw.random() < 0.2:
        out = cv2.GaussianBlur(out, (0, 0), draw.uniform(0.4, 1.2))
    if draw.random() < 0.2:
        noise = np.random.default_rng(draw.getrandbits(30)).normal(0, draw.uniform(2, 14), out.shape)
        out = np.clip(out.astype(np.float32) + noise, 0, 255).astype(np.uint8)
    if draw.random() < 0.2:
        out = cv2.convertScaleAbs(out, alpha=draw.uniform(0.4, 0.9), beta=draw.uniform(20, 90))
    return np.asarray(out, np.uint8)


def _padded(line: Pixels) -> Pixels:
    width = next((width for width in _WIDTHS if width >= line.shape[1]), LONGEST)
    out = np.full((1, line.shape[0], width, 1), PADDING, np.uint8)
    held = min(width, line.shape[1])
    out[0, :, :held, 0] = line[:, :held]
    return out
