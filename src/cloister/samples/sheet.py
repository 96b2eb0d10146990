"""A sheet of paper to draw on: words leave ink and truth, rules and tints leave only ink."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from cloister.samples.truth import TrueBlock, TrueLine, TrueWord, inverse, times, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.document import Matrix
    from cloister.samples.typefaces import Face

Colour = int | tuple[int, int, int]
Pen = tuple[str, "Face", float]
"""A word, its face, and where it starts (x in pixels)."""
MM_PER_INCH = 25.4
PT_PER_INCH = 72


class Part:
    """A block in the making."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.lines: list[TrueLine] = []


class Sheet:
    """An upright page of `width` × `height` millimetres. Blocks come in reading order."""

    def __init__(self, width: float, height: float, dpi: int, *, mode: str = "L", paper: Colour = 255) -> None:
        self.dpi = dpi
        self.mode = mode
        self.width = self.mm(width)
        self.height = self.mm(height)
        if mode == "RGB" and isinstance(paper, int):
            paper = (paper, paper, paper)
        self.image = Image.new(mode, (self.width, self.height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self._parts: list[Part] = []

    @classmethod
    def of_pixels(cls, width: int, height: int, dpi: int) -> Sheet:
        """A white grey sheet measured in pixels, for what is drawn apart and then put on another."""
        return cls(width * MM_PER_INCH / dpi, height * MM_PER_INCH / dpi, dpi)

    def mm(self, length: float) -> int:
        """Millimetres in pixels."""
        return round(length * self.dpi / MM_PER_INCH)

    def pt(self, length: float) -> float:
        """Points in pixels."""
        return length * self.dpi / PT_PER_INCH

    def colour(self, value: Colour) -> Colour:
        """A colour that fits the sheet's mode."""
        if self.mode == "L":
            return value if isinstance(value, int) else (value[0] * 299 + value[1] * 587 + value[2] * 114) // 1000
        return (value, value, value) if isinstance(value, int) else value

    def block(self, kind: str = "text") -> Part:
        """A new block at the end of the reading order."""
        part = Part(kind)
        self._parts.append(part)
        return part

    def affix(
        self, slip: Sheet, x: float, y: float, *, angle: float = 0.0, ink: Colour = 0, veil: Image.Image | None = None
    ) -> None:
        """Put a grey slip's ink on this sheet in one colour, centred at x, y, turned clockwise; its truth comes along.

        `veil` (grey, any size) thins the ink out where it is dark, as a worn stamp does.
        """
        move = self._paste(slip, (x, y), angle, ink, veil)
        for block in slip.blocks:
            part = self.block(block.kind)
            part.lines.extend(TrueLine(tuple(word.moved(move) for word in line.words)) for line in block.lines)

    def ink_of(
        self, slip: Sheet, x: float, y: float, *, angle: float = 0.0, ink: Colour = 0, veil: Image.Image | None = None
    ) -> list[TrueWord]:
        """Like `affix`, but the words are handed back instead of becoming blocks of this sheet."""
        move = self._paste(slip, (x, y), angle, ink, veil)
        return [word.moved(move) for block in slip.blocks for line in block.lines for word in line.words]

    def _paste(
        self, slip: Sheet, centre: tuple[float, float], angle: float, ink: Colour, veil: Image.Image | None
    ) -> Matrix:
        mask = ImageChops.invert(slip.image)
        if veil is not None:
            mask = ImageChops.multiply(mask, veil.resize(mask.size, Image.Resampling.BICUBIC))
        side = math.ceil(math.hypot(*mask.size)) + 2
        left, top = round(centre[0] - side / 2), round(centre[1] - side / 2)
        turn = turned(angle, (slip.width / 2, slip.height / 2), (side / 2, side / 2))
        mask = mask.transform((side, side), Image.Transform.AFFINE, inverse(turn)[:6], Image.Resampling.BICUBIC)
        self.image.paste(self.colour(ink), (left, top), mask)
        onto: Matrix = (1, 0, left, 0, 1, top, 0, 0, 1)
        return times(onto, turn)

    def crop(self, height: int) -> None:
        """Cut the sheet off below `height` pixels, as a till does."""
        self.height = height
        self.image = self.image.crop((0, 0, self.width, height))
        self.draw = ImageDraw.Draw(self.image)

    @property
    def blocks(self) -> tuple[TrueBlock, ...]:
        """The blocks that have any text."""
        return tuple(TrueBlock(part.kind, tuple(part.lines)) for part in self._parts if part.lines)

    def line(self, part: Part | None, pens: Sequence[Pen], baseline: int, *, ink: Colour = 0) -> None:
        """Draw words on a baseline. `part` None leaves ink without truth, as for a signature or a logo."""
        words = []
        for text, face, x in pens:
            tile = face.tile(text)
            left, top = round(x) + tile.left, baseline + tile.top
            self.image.paste(self.colour(ink), (left, top), tile.mask)
            if tile.ink is not None:
                x0, y0, x1, y1 = left + tile.ink[0], top + tile.ink[1], left + tile.ink[2], top + tile.ink[3]
                words.append(TrueWord(text, ((x0, y0), (x1, y0), (x1, y1), (x0, y1))))
        if part is not None and words:
            part.lines.append(TrueLine(tuple(words)))

    def text(
        self, part: Part | None, text: str, face: Face, x: float, baseline: int, *, align: str = "left", ink: Colour = 0
    ) -> float:
        """Draw one line of text; `x` is its left, centre or right. Returns where the pen ends."""
        space = face.length(" ")
        names = text.split()
        total = sum(face.length(name) for name in names) + space * (len(names) - 1)
        pen = x - {"left": 0.0, "centre": total / 2, "right": total}[align]
        pens: list[Pen] = []
        for name in names:
            pens.append((name, face, pen))
            pen += face.length(name) + space
        self.line(part, pens, baseline, ink=ink)
        return pen - space

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.25, ink: Colour = 0) -> None:
        """A straight line, `width` in millimetres."""
        self.draw.line((x0, y0, x1, y1), fill=self.colour(ink), width=max(1, self.mm(width)))

    def frame(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.25, ink: Colour = 0) -> None:
        """An empty box."""
        self.draw.rectangle((x0, y0, x1, y1), outline=self.colour(ink), width=max(1, self.mm(width)))

    def tint(self, x0: float, y0: float, x1: float, y1: float, *, ink: Colour = 230) -> None:
        """A filled box."""
        self.draw.rectangle((x0, y0, x1, y1), fill=self.colour(ink))
