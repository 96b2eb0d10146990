"""Lines of text from regions: cut out, set to a common pitch, gathered into the warmed shapes, read."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cloister.ocr.engine import crop, decode, script, shapes

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cloister.ocr.engine.crop import Cut
    from cloister.ocr.engine.decode import Read
    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.models import Reader
    from cloister.ocr.engine.runtime import Floats

CAREFUL, BRISK, WIDE = 14.0, 12.0, 17.0
"""Pixels a character: what lines are squeezed or stretched to. Tighter loses characters, wider loses time.

On clean print nothing is lost at 12 pixels but repeated digits, of which no context says how many there are.
"""
_CLEAN = 0.985
"""Mean probability of each of the first lines from which a page counts as clean print."""
_DOUBTFUL = 0.95
"""A line of a clean page that reads with less is read again, wider."""
_NARROWEST = 9.5
"""A line that turns out tighter is read again, wider."""
_LEAST, _MOST = 0.6, 1.5
_SCOUTS = 4
"""Lines read first: they tell how far this page's characters are from their estimated width."""
_USUAL = 17.0
_LONG = 30.0
"""Times its height that a region may be long without a thought of parting it."""
_REPEATED = re.compile(r"(\d)\1|\d{5}")
_TOKEN = re.compile(r"\S+")

Key = TypeVar("Key", bound="Hashable")


@dataclass(frozen=True, slots=True)
class Strip:
    """What was read in one region, how far it was stretched for it, and what tells its script (`script.pooled`)."""

    cut: Cut
    read: Read
    stretch: float
    seen: Floats

    @property
    def region(self) -> Region:
        """Where it was read."""
        return self.cut.region


@dataclass(frozen=True, slots=True)
class _Job:
    cut: Cut
    width: float


class Recogniser:
    """Reads the regions of one page."""

    seen = staticmethod(script.pooled)

    def __init__(self, reader: Reader, pyramid: crop.Pyramid) -> None:
        self._reader, self._pyramid = reader, pyramid
        self._correction = 1.0
        self._pitch = CAREFUL

    def split(self, regions: Sequence[Region]) -> list[Region]:
        """The regions, those that are too long for any shape parted where the paper is blank."""
        out: list[Region] = []
        for region in regions:
            out += [region] if region.width < _LONG * region.height else self._parts(region)
        return out

    def read(self, regions: Sequence[Region]) -> list[Strip]:
        """Read every region; the answer is in the same order."""
        cuts = [self._pyramid.cut(region) for region in regions]
        out: dict[int, Strip] = {}
        scouts = [k for k, cut in enumerate(cuts) if cut.ink and 10 < cut.width / (cut.ink.pitch or _USUAL) < 110]
        if len(scouts) > 2 * _SCOUTS:
            scouts = scouts[len(scouts) // (2 * _SCOUTS) :: len(scouts) // _SCOUTS][:_SCOUTS]
            out |= self._run({k: self._job(cuts[k], CAREFUL) for k in scouts})
            self._learn([out[k] for k in scouts])
        out |= self._run({k: self._job(cut, self._pitch) for k, cut in enumerate(cuts) if k not in out})
        out |= self._run({k: job for k, strip in out.items() if (job := self._again(strip))})
        self._numbers(out)
        return [out[k] for k in range(len(cuts))]

    def _learn(self, scouts: Sequence[Strip]) -> None:
        """Take from the first lines how wide this page's characters are, and how well it reads."""
        ratios = [
            seen / strip.cut.ink.pitch
            for strip in scouts
            if strip.cut.ink and strip.cut.ink.pitch and (seen := _pitch(strip.read)) and strip.read.confidence > 0.7
        ]
        if ratios:
            self._correction = float(np.clip(np.median(ratios), 0.6, 1.6))
        self._pitch = BRISK if min(strip.read.confidence for strip in scouts) > _CLEAN else CAREFUL

    def _job(self, cut: Cut, target: float) -> _Job:
        """How wide a line should be read."""
        pitch = cut.ink.pitch * self._correction if cut.ink and cut.ink.pitch else _USUAL
        return _Job(cut, cut.width * min(_MOST, max(_LEAST, target / pitch)))

    def _again(self, strip: Strip) -> _Job | None:
        """How wide a line should have been read, where it was not read well enough."""
        seen = _pitch(strip.read)
        tight = seen * strip.stretch
        if not seen or strip.stretch >= _MOST:
            return None
        if self._pitch == BRISK and tight < CAREFUL - 1 and strip.read.confidence < _DOUBTFUL:
            return _Job(strip.cut, strip.cut.width * min(_MOST, WIDE / seen))
        return _Job(strip.cut, strip.cut.width * min(_MOST, CAREFUL / seen)) if tight < _NARROWEST else None

    def _numbers(self, strips: dict[int, Strip]) -> None:
        """Look again, wider, at numbers whose digits repeat: at a tight pitch some of them are lost."""
        jobs: dict[tuple[int, int, int], _Job] = {}
        for k, strip in strips.items():
            text = "".join(strip.read.characters)
            if len(text) != len(strip.read.characters) or strip.cut.ink is None:
                continue
            for token in _TOKEN.finditer(text):
                first, last = token.start(), token.end() - 1
                if _REPEATED.search(token[0]) and (job := _closer(strip, first, last)):
                    jobs[k, first, last] = job
        found = self._run(jobs)
        for (k, first, last), closer in sorted(found.items(), reverse=True):
            if closer.read.confidence > strips[k].read.shares[first : last + 1].mean() - 0.1:
                read = strips[k].read.replaced(first, last + 1, closer.read.solid())
                strips[k] = replace(strips[k], read=read)

    def _run(self, jobs: Mapping[Key, _Job]) -> dict[Key, Strip]:
        out: dict[Key, Strip] = {}
        widths = {key: job.width for key, job in jobs.items()}
        for width, size, members in shapes.gathered(widths, self._reader.batches):
            pixels = np.full((size, shapes.HEIGHT, width, 1), crop.PADDING, np.uint8)
            used = [min(width, max(shapes.STEP, round(jobs[key].width * shapes.STRETCH))) for key in members]
            for row, key in enumerate(members):
                jobs[key].cut.fill(used[row], pixels[row, :, :, 0])
            shares, best, space, features = self._reader.network(pixels)
            for row, key in enumerate(members):
                cut = jobs[key].cut
                stretch = used[row] / cut.width
                read = decode.collapse(best[row, :, 0], shares[row, :, 0], space[row, :, 0], self._reader.characters)
                seen = self.seen(features[row], -(-used[row] // shapes.STEP))
                out[key] = Strip(cut, read.moved(1 / stretch, cut.left), stretch, seen)
        return out

    def _parts(self, region: Region) -> list[Region]:
        cut = self._pyramid.cut(region)
        count = math.ceil(self._job(cut, CAREFUL).width / (shapes.LONGEST * shapes.SQUEEZE))
        if count < 2 or cut.ink is None:
            return [region]
        width = cut.pixels.shape[1]
        reach = 0.12 * width / count
        middles = [width * k / count for k in range(1, count)]
        edges = [0.0, *(cut.ink.blank(m - reach, m + reach)[1] for m in middles), float(width)]
        frame = region.frame(width, shapes.CUT_HEIGHT)
        parts = []
        for left, right in itertools.pairwise(edges):
            x, y = frame @ np.array([(left + right - 1) / 2, (shapes.CUT_HEIGHT - 1) / 2, 1])
            parts.append(replace(region, x=float(x), y=float(y), width=region.width * (right - left) / width))
        return parts


def _pitch(read: Read) -> float:
    """Pixels a character in the cut, as read; 0 for too few to tell."""
    count = len(read.characters)
    return float(read.places[-1] - read.places[0]) / (count - 1) if count >= 4 else 0.0


def _closer(strip: Strip, first: int, last: int) -> _Job | None:
    """A look at some characters only, or None where they were read wide enough or no blank parts them off."""
    places, ink = strip.read.places, strip.cut.ink
    seen = float(places[last] - places[first]) / max(1, last - first)
    if ink is None or not seen or seen * strip.stretch >= CAREFUL:
        return None
    left, right = strip.cut.left, strip.cut.right
    if first:
        gap, middle = ink.blank(places[first - 1], places[first])
        if not gap:
            return None
        left = round(middle)
    if last + 1 < len(places):
        gap, middle = ink.blank(places[last], places[last + 1])
        if not gap:
            return None
        right = round(middle)
    if right - left < shapes.STEP:
        return None
    cut = replace(strip.cut, left=left, right=right)
    return _Job(cut, cut.width * min(_MOST, WIDE / seen))
