"""One page of pixels in, one page of text out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from cloister.document import Line, Page, Step, Word
from cloister.ocr.engine import decode, geometry, models, orient, shapes
from cloister.ocr.engine.crop import Pyramid
from cloister.ocr.engine.detect import detect
from cloister.ocr.engine.grade import grade
from cloister.ocr.engine.language import identify
from cloister.ocr.engine.order import arrange
from cloister.ocr.engine.recognise import Recogniser
from cloister.ocr.engine.script import LEAST_CONFIDENCE
from cloister.ocr.engine.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cloister.ocr.engine.geometry import Region, Upright
    from cloister.ocr.engine.models import Reader
    from cloister.ocr.engine.recognise import Strip
    from cloister.ocr.engine.runtime import Network, Pixels

_DARK = 100
"""A page whose median is below is light on dark."""


class Engine:
    """The loaded models. Reads pages one after another; nothing of a page is kept after it."""

    _detector: Network
    _reader: Reader

    def __init__(self, head: str = "latin", *, once: bool = False, threads: int = 1) -> None:
        """Load the models; `once` is for an engine that will read one page and has to be ready soon.

        `threads` do so, and `warm`, side by side, and are gone afterwards.
        """
        self.head = head
        self._threads = threads
        self._pages = shapes.FEW_PAGES if once else shapes.PAGES

        def detector() -> None:
            self._detector = models.load_detector()

        def reader() -> None:
            self._reader = models.load_recogniser(head, once=once)

        together([reader, detector], threads)
        self._spacing = models.load_spacing()

    def warm(self, eased: Callable[[], None] = lambda: None) -> None:
        """Run every shape that will ever be used, so that nothing is compiled afterwards; see `together`."""
        pages = [(1, rows, columns, 1) for rows, columns in self._pages]
        lines = [(batch.lines, shapes.HEIGHT, batch.width, 1) for batch in self._reader.batches]
        together([*self._detector.preparing(pages), *self._reader.network.preparing(lines)], self._threads, eased)

    def read(self, pixels: Pixels, *, number: int, dpi: float, rotate: bool = True, deskew: bool = True) -> Page:
        """Read one grey page, height × width. Raises `script.Foreign` where it is not for this head."""
        height, width = pixels.shape
        steps = []
        if int(np.median(pixels[::16, ::16])) < _DARK:
            pixels = np.asarray(cv2.bitwise_not(pixels), np.uint8)
            steps.append(Step("invert"))
        page = Pyramid(pixels)
        regions = detect(self._detector, page, self._pages)
        turned = 0
        if rotate and regions and orient.on_its_side(regions):
            turned = self._quarter(page, regions)
            page = Pyramid(np.ascontiguousarray(np.rot90(pixels, turned // 90)))
            regions = detect(self._detector, page, self._pages)
        strips = self._strips(page, regions)
        if rotate and strips and orient.quality(strips) < orient.DOUBTFUL and self._upside_down(page, strips):
            turned = (turned + 180) % 360
            page = Pyramid(np.ascontiguousarray(np.rot90(page.level(0), 2)))
            regions = detect(self._detector, page, self._pages)
            strips = self._strips(page, regions)
        told = self._reader.scripts.tell(strips, full=self.head == "full")
        steps += [Step("detect", f"{len(regions)} regions"), Step("recognise", self.head)]
        if told.says:
            steps.append(Step("script", told.says))
        if turned:
            steps.append(Step("rotate", f"{turned} degrees"))
        lean = orient.skew([strip.region for strip in strips]) if deskew else 0.0
        if lean:
            steps.append(Step("deskew", f"{lean:.2f} degrees"))
        # From the pixels that were read, which stand in quarters, to the upright page.
        rows, columns = page.level(0).shape
        upright = geometry.Upright(columns, rows, 0, lean)
        known = [strip for strip, script in zip(strips, told.lines, strict=True) if script is None]
        lines = self._lines(known, upright)
        whole = geometry.Upright(width, height, turned, lean)
        blocks = arrange(lines, *whole.size)
        language, sureness = identify("\n".join(block.text for block in blocks))
        return Page(
            number,
            *whole.size,
            dpi,
            blocks,
            rotation=turned,
            skew=lean,
            to_source=whole.to_source,
            language=language,
            language_confidence=sureness,
            grade=grade(lines, len(strips) - len(lines), told),
            steps=tuple(steps),
        )

    def _strips(self, page: Pyramid, regions: Sequence[Region]) -> list[Strip]:
        """Read all regions; tall ones are read upwards and downwards, and the better reading counts."""
        recogniser = Recogniser(self._reader, page)
        level = recogniser.split([r for r in regions if not r.tall])
        tall = [r.turned() for r in regions if r.tall]
        strips = recogniser.read([*level, *tall, *(r.flipped() for r in tall)])
        upwards = strips[len(level) : len(level) + len(tall)]
        downwards = strips[len(level) + len(tall) :]
        best = [max(pair, key=_weight) for pair in zip(upwards, downwards, strict=True)]
        return [*strips[: len(level)], *best]

    def _quarter(self, page: Pyramid, regions: Sequence[Region]) -> int:
        """How far a page on its side is turned clockwise: 90 or 270."""
        chosen = [r.turned() for r in orient.probes([r for r in regions if r.tall])]
        recogniser = Recogniser(self._reader, page)
        upwards, downwards = recogniser.read(chosen), recogniser.read([r.flipped() for r in chosen])
        return 270 if orient.quality(upwards) >= orient.quality(downwards) else 90

    def _upside_down(self, page: Pyramid, strips: Sequence[Strip]) -> bool:
        """Whether lines read better from the other side."""
        chosen = orient.probes([strip.region for strip in strips])
        recogniser = Recogniser(self._reader, page)
        as_is, flipped = recogniser.read(chosen), recogniser.read([r.flipped() for r in chosen])
        return orient.quality(flipped) > orient.quality(as_is) + 0.05

    def _lines(self, strips: Sequence[Strip], upright: Upright) -> list[Line]:
        """The strips' lines on the upright page, but for those where nothing was read well enough to be believed."""
        believed = [strip for strip in strips if strip.read.confidence >= LEAST_CONFIDENCE]
        found = decode.words([(strip.read, strip.cut) for strip in believed], self._spacing)
        from_source = upright.from_source.tolist()
        return [_line(strip, words, from_source) for strip, words in zip(believed, found, strict=True) if words]


def _line(strip: Strip, found: Sequence[decode.Found], from_source: Sequence[Sequence[float]]) -> Line:
    height, width = strip.cut.pixels.shape
    (a, b, c), (d, e, f) = strip.region.frame(width, height).tolist()
    # Boxes go from edge to edge of the pixels, the frame from centre to centre.
    matrix = geometry.chained(((a, b, c + 0.5 - (a + b) / 2), (d, e, f + 0.5 - (d + e) / 2)), from_source)
    words = tuple([Word(w.text, geometry.corners(matrix, *w.box), min(1.0, w.confidence)) for w in found])
    left, top, right, bottom = zip(*[w.box for w in found], strict=True)
    around = geometry.corners(matrix, min(left), min(top), max(right), max(bottom))
    return Line(words, around, min(1.0, strip.read.confidence))


def _weight(strip: Strip) -> float:
    return float(strip.read.confidence * len(strip.read.characters) ** 0.5)
