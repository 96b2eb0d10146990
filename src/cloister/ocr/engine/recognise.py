"""Lines of text from regions: cut out, gathered into the warmed shapes, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine import crop, decode, shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloister.ocr.engine.decode import Read
    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.models import Reader
    from cloister.ocr.engine.runtime import Pixels


@dataclass(frozen=True, slots=True)
class Strip:
    """What was read in one region, with the pixels it was read from."""

    region: Region
    read: Read
    pixels: Pixels
    stretch: float


def recognise(reader: Reader, pyramid: crop.Pyramid, regions: Sequence[Region]) -> list[Strip]:
    """Read every region; the answer is in the same order."""
    out: dict[int, Strip] = {}
    for width, members in _batches(regions):
        pixels = np.full((len(members), shapes.HEIGHT, width, 1), crop.PADDING, np.uint8)
        widths = []
        for row, k in enumerate(members[: len([m for m in members if m >= 0])]):
            widths.append(min(width, max(shapes.STEP, round(crop.natural_width(regions[k])))))
            pyramid.cut(regions[k], widths[row], pixels[row, :, : widths[row], 0])
        shares, best, space = reader.network(pixels)
        for row, used in enumerate(widths):
            k = members[row]
            read = decode.collapse(best[row, :, 0], shares[row, :, 0], space[row, :, 0], reader.characters)
            stretch = used / crop.natural_width(regions[k])
            out[k] = Strip(regions[k], read, pixels[row, :, :used, 0], stretch)
    return [out[k] for k in range(len(regions))]


def _batches(regions: Sequence[Region]) -> Iterator[tuple[int, list[int]]]:
    """Gather regions by width, narrow ones first; −1 stands for an empty place in a batch.

    A batch that would stay half empty hands its lines on to the next width.
    """
    waiting: dict[int, list[int]] = {}
    for k, region in enumerate(regions):
        waiting.setdefault(shapes.width_for(crop.natural_width(region)), []).append(k)
    carried: list[int] = []
    for place, width in enumerate(shapes.WIDTHS):
        lines = carried + waiting.get(width, [])
        carried = []
        sizes = shapes.batches_for(width)
        while lines:
            size = next((s for s in sizes if s <= len(lines)), sizes[-1])
            if size > len(lines) and len(lines) <= size // 2 and place + 1 < len(shapes.WIDTHS):
                carried = lines
                break
            members, lines = lines[:size], lines[size:]
            yield width, members + [-1] * (size - len(members))
