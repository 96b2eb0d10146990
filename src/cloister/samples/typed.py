"""A sheet of a born-digital page: it keeps what is drawn as text, rules and tints instead of ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloister.samples.sheet import Part, Sheet
from cloister.samples.truth import TrueLine, TrueWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from cloister.samples.sheet import Colour, Pen


@dataclass(frozen=True, slots=True)
class Written:
    """One line of text as it was set: its words with their pens, the baseline and the ink."""

    pens: tuple[Pen, ...]
    baseline: int
    ink: Colour


@dataclass(frozen=True, slots=True)
class Shape:
    """A line, an outline or a filled box, in pixels; `width` is a pen's, 0 for a filled box."""

    box: tuple[float, float, float, float]
    ink: Colour
    width: float
    outline: bool = False


class TypedSheet(Sheet):
    """A sheet whose image holds only what a program would lay in as a picture: logos, seals, signatures."""

    def __init__(self, width: float, height: float, dpi: int, *, mode: str = "L", paper: Colour = 255) -> None:
        super().__init__(width, height, dpi, mode=mode, paper=paper)
        self.shapes: list[Shape] = []
        self._written: dict[int, list[Written]] = {}

    @property
    def written(self) -> list[Written]:
        """Every line of text in reading order, as the truth has it."""
        return [line for part in self._parts for line in self._written.get(id(part), [])]

    def line(self, part: Part | None, pens: Sequence[Pen], baseline: int, *, ink: Colour = 0) -> None:
        """Keep a line of text; what has no truth is drawn."""
        if part is None:
            super().line(part, pens, baseline, ink=ink)
            return
        words, kept = [], []
        for text, face, x in pens:
            tile = face.tile(text)
            if tile.ink is None:
                continue
            left, top = round(x) + tile.left, baseline + tile.top
            x0, y0, x1, y1 = left + tile.ink[0], top + tile.ink[1], left + tile.ink[2], top + tile.ink[3]
            words.append(TrueWord(text, ((x0, y0), (x1, y0), (x1, y1), (x0, y1))))
            kept.append((text, face, x))
        if words:
            part.lines.append(TrueLine(tuple(words)))
            self._written.setdefault(id(part), []).append(Written(tuple(kept), baseline, self.colour(ink)))

    def affix(
        self, slip: Sheet, x: float, y: float, *, angle: float = 0.0, ink: Colour = 0, veil: Image.Image | None = None
    ) -> None:
        """Signatures and seals are pictures; a rubber stamp's words have no place on a page that was never printed."""
        if not slip.blocks:
            super().affix(slip, x, y, angle=angle, ink=ink, veil=veil)

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.25, ink: Colour = 0) -> None:
        """Keep a straight line."""
        self.shapes.append(Shape((x0, y0, x1, y1), self.colour(ink), max(1, self.mm(width))))

    def frame(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.25, ink: Colour = 0) -> None:
        """Keep an empty box."""
        self.shapes.append(Shape((x0, y0, x1, y1), self.colour(ink), max(1, self.mm(width)), outline=True))

    def tint(self, x0: float, y0: float, x1: float, y1: float, *, ink: Colour = 230) -> None:
        """Keep a filled box."""
        self.shapes.append(Shape((x0, y0, x1, y1), self.colour(ink), 0))
