"""A page made of its own text layer, in reading order."""

from __future__ import annotations

from math import ceil

from cloister.document import Box, Grade, Line, Page, Polygon, Step, Word
from cloister.formats.packed import MAX_BLOCKS, MAX_LINES, MAX_SIDE, MAX_WORDS
from cloister.ocr.engine.order import arrange
from cloister.ocr.frames import LAYER_DPI, Verdict
from cloister.ocr.render.run import Run
from cloister.ocr.render.textlayer import TextLayer
from cloister.ocr.render.tongue import Tongues


def page_of(layer: TextLayer, number: int, size: tuple[float, float], tongues: Tongues) -> Page | None:
    """The page, at 72 dpi; None if it has more on it than may cross the wire. Its words are as sure as text can be."""
    width, height = (max(1, min(MAX_SIDE, ceil(side))) for side in size)
    lines = [_line(part) for runs in layer.lines for part in _by_quarter(runs)]
    blocks = arrange(lines, width, height)
    count = sum(len(block.lines) for block in blocks)
    if len(blocks) > MAX_BLOCKS or count > MAX_LINES or len(layer.runs) > MAX_WORDS:
        return None
    steps = (Step("text layer", Verdict.TRUSTED.says),)
    language, sureness = tongues.identify("\n".join(block.text for block in blocks))
    return Page(
        number,
        width,
        height,
        LAYER_DPI,
        blocks,
        language=language,
        language_confidence=sureness,
        grade=Grade.EXCELLENT,
        from_text_layer=True,
        steps=steps,
    )


def _by_quarter(runs: list[Run]) -> list[list[Run]]:
    """A line cut wherever its text turns."""
    parts: list[list[Run]] = []
    for run in runs:
        if parts and parts[-1][-1].style.quarter == run.style.quarter:
            parts[-1].append(run)
        else:
            parts.append([run])
    return parts


def _line(runs: list[Run]) -> Line:
    quarter = runs[0].style.quarter
    x0, y0 = min(run.tall[0] for run in runs), min(run.tall[1] for run in runs)
    x1, y1 = max(run.tall[2] for run in runs), max(run.tall[3] for run in runs)
    words = tuple(Word(run.text, _polygon(run.box, quarter), 1.0) for run in runs)
    return Line(words, _polygon((x0, y0, x1, y1), quarter), 1.0)


def _polygon(box: Box, quarter: int | None) -> Polygon:
    """The corners of a box, from the top left one of its text clockwise."""
    x0, y0, x1, y1 = box
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    first = quarter or 0
    return corners[first], corners[(first + 1) % 4], corners[(first + 2) % 4], corners[(first + 3) % 4]
