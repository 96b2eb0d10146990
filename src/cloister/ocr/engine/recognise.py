"""Lines of text from regions: cut out, set to a common pitch, gathered into the warmed shapes, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine import crop, decode, shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloister.ocr.engine.crop import Cut
    from cloister.ocr.engine.decode import Read
    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.models import Reader

PITCH = 15.0
"""Pixels a character: what lines are squeezed or stretched to. Tighter loses characters, wider loses time."""
_NARROWEST = 9.5
"""A line that turns out tighter is read again, wider."""
_LEAST, _MOST = 0.6, 1.5
_SCOUTS = 4
"""Lines read first: they tell how far this page's characters are from their estimated width."""
_USUAL = 17.0


@dataclass(frozen=True, slots=True)
class Strip:
    """What was read in one region. `places` of the reading are in pixels of the cut."""

    cut: Cut
    read: Read

    @property
    def region(self) -> Region:
        """Where it was read."""
        return self.cut.region


class Recogniser:
    """Reads the regions of one page."""

    def __init__(self, reader: Reader, pyramid: crop.Pyramid) -> None:
        self._reader, self._pyramid = reader, pyramid
        self._correction = 1.0

    def read(self, regions: Sequence[Region]) -> list[Strip]:
        """Read every region; the answer is in the same order."""
        cuts = [self._pyramid.cut(region) for region in regions]
        out: dict[int, Strip] = {}
        scouts = [k for k, cut in enumerate(cuts) if cut.ink and 10 < cut.width / (cut.ink.pitch or _USUAL) < 60]
        scouts = scouts[:: max(1, len(scouts) // _SCOUTS)][:_SCOUTS] if len(cuts) > 2 * _SCOUTS else []
        if scouts:
            self._run(cuts, {k: self._wanted(cuts[k]) for k in scouts}, out)
            ratios = [
                seen / cuts[k].ink.pitch  # type: ignore[union-attr]
                for k in scouts
                if (seen := _pitch(out[k].read)) and out[k].read.confidence > 0.7
            ]
            if ratios:
                self._correction = float(np.clip(np.median(ratios), 0.6, 1.6))
        self._run(cuts, {k: self._wanted(cut) for k, cut in enumerate(cuts) if k not in out}, out)
        tight = {}
        for k, strip in out.items():
            seen = _pitch(strip.read) * strip.read.stretch
            if 0 < seen < _NARROWEST and strip.read.stretch < _MOST:
                tight[k] = strip.cut.width * min(_MOST, strip.read.stretch * PITCH / seen)
        self._run(cuts, tight, out)
        return [out[k] for k in range(len(cuts))]

    def _wanted(self, cut: Cut) -> float:
        """Pixels that a line should be wide."""
        pitch = cut.ink.pitch * self._correction if cut.ink and cut.ink.pitch else _USUAL
        return cut.width * float(np.clip(PITCH / pitch, _LEAST, _MOST))

    def _run(self, cuts: Sequence[Cut], wanted: dict[int, float], out: dict[int, Strip]) -> None:
        for width, size, members in _batches(wanted):
            pixels = np.full((size, shapes.HEIGHT, width, 1), crop.PADDING, np.uint8)
            used = [min(width, max(shapes.STEP, round(wanted[k] * shapes.STRETCH))) for k in members]
            for row, k in enumerate(members):
                cuts[k].fill(used[row], pixels[row, :, :, 0])
            shares, best, space = self._reader.network(pixels)
            for row, k in enumerate(members):
                stretch = used[row] / cuts[k].width
                out[k] = Strip(
                    cuts[k],
                    decode.collapse(
                        best[row, :, 0], shares[row, :, 0], space[row, :, 0], self._reader.characters,
                        cuts[k].left, stretch,
                    ),
                )  # fmt: skip


def _pitch(read: Read) -> float:
    """Pixels a character in the cut, as read; 0 for too few to tell."""
    count = len(read.characters)
    return float(read.places[-1] - read.places[0]) / (count - 1) if count >= 4 else 0.0


def _batches(wanted: dict[int, float]) -> Iterator[tuple[int, int, list[int]]]:
    """Gather lines by width, narrow ones first: width, places, and the lines that fill them.

    Lines that do not fill half a batch go one by one where that shape exists, or on to the next width.
    """
    waiting: dict[int, list[int]] = {}
    for k, width in wanted.items():
        waiting.setdefault(shapes.width_for(width), []).append(k)
    carried: list[int] = []
    for width in shapes.WIDTHS:
        lines = carried + waiting.get(width, [])
        carried = []
        sizes = shapes.batches_for(width)
        while lines:
            size = next((s for s in sizes if s <= len(lines)), sizes[-1])
            if 2 * len(lines) > sizes[0]:
                size = sizes[0]
            yield width, size, lines[:size]
            lines = lines[size:]
