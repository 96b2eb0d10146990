"""What a generated page really says, and where: exact text and the tight boxes of its ink.

Coordinates are continuous pixels of the image as it is given (rotated and skewed pages included):
pixel i covers the stretch from i to i + 1. Polygons go clockwise from the top left corner of the text
as it is read, so the first side of a polygon runs along the writing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from cloister.document import Box, Matrix, Point, Polygon, box_of


def through(matrix: Matrix, point: Point) -> Point:
    """A point taken through a 3×3 matrix."""
    a, b, c, d, e, f, g, h, i = matrix
    x, y = point
    w = g * x + h * y + i
    return (a * x + b * y + c) / w, (d * x + e * y + f) / w


def times(second: Matrix, first: Matrix) -> Matrix:
    """The matrix that applies `first`, then `second`."""
    rows = [second[0:3], second[3:6], second[6:9]]
    columns = [first[0::3], first[1::3], first[2::3]]
    values = [sum(r * c for r, c in zip(row, column, strict=True)) for row in rows for column in columns]
    a, b, c, d, e, f, g, h, i = values
    return a, b, c, d, e, f, g, h, i


def inverse(m: Matrix) -> Matrix:
    """The matrix that undoes `m`."""
    a, b, c, d, e, f, g, h, i = m
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    p, q, r = (e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole
    s, t, u = (f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole
    v, w, x = (d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole
    return p / x, q / x, r / x, s / x, t / x, u / x, v / x, w / x, 1.0


def turned(degrees: float, about: Point, onto: Point) -> Matrix:
    """A clockwise turn (y runs down) that takes the point `about` to `onto`."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    (x, y), (u, v) = about, onto
    return cos, -sin, u - cos * x + sin * y, sin, cos, v - sin * x - cos * y, 0, 0, 1


@dataclass(frozen=True, slots=True)
class TrueWord:
    """A word and the tight outline of its ink."""

    text: str
    polygon: Polygon

    @property
    def box(self) -> Box:
        """The upright box around the ink."""
        return box_of(self.polygon)

    def moved(self, matrix: Matrix) -> TrueWord:
        """The word after the page went through `matrix`."""
        a, b, c, d = self.polygon
        moved = (through(matrix, a), through(matrix, b), through(matrix, c), through(matrix, d))
        return TrueWord(self.text, moved)


@dataclass(frozen=True, slots=True)
class TrueLine:
    """Words that stand on one line."""

    words: tuple[TrueWord, ...]

    @property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The upright box around the words' ink."""
        boxes = [word.box for word in self.words]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


@dataclass(frozen=True, slots=True)
class TrueBlock:
    """Lines that belong together; `kind` is text, header, footer, sidebar, title, table, form or mrz."""

    kind: str
    lines: tuple[TrueLine, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is on a page, in reading order. `rotation` and `skew` are clockwise degrees away from upright."""

    blocks: tuple[TrueBlock, ...]
    kind: str
    language: str
    quality: str
    seed: int
    width: int
    height: int
    dpi: float
    rotation: int = 0
    skew: float = 0.0
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[TrueLine, ...]:
        """Every line, in reading order."""
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def words(self) -> tuple[TrueWord, ...]:
        """Every word, in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def text(self) -> str:
        """The blocks, parted by an empty line."""
        return "\n\n".join("\n".join(line.text for line in block.lines) for block in self.blocks)

    def moved(self, matrix: Matrix, width: int, height: int) -> Truth:
        """The truth after the page went through `matrix` into an image of the given size."""
        blocks = tuple(
            TrueBlock(b.kind, tuple(TrueLine(tuple(w.moved(matrix) for w in line.words)) for line in b.lines))
            for b in self.blocks
        )
        return replace(self, blocks=blocks, width=width, height=height)

    def as_json(self) -> dict[str, Any]:
        """As it stands in a set's truth/NAME.json: "text", "lines", "words" and more."""
        number = 0
        blocks = []
        for block in self.blocks:
            blocks.append({"kind": block.kind, "lines": list(range(number, number + len(block.lines)))})
            number += len(block.lines)
        return {
            "text": self.text,
            "lines": [_line(line) for line in self.lines],
            "words": [_word(word) for word in self.words],
            "blocks": blocks,
            "kind": self.kind,
            "language": self.language,
            "quality": self.quality,
            "seed": self.seed,
            "width": self.width,
            "height": self.height,
            "dpi": self.dpi,
            "rotation": self.rotation,
            "skew": round(self.skew, 4),
            "fields": self.fields,
        }


def _word(word: TrueWord) -> dict[str, Any]:
    polygon = [[round(x, 1), round(y, 1)] for x, y in word.polygon]
    return {"text": word.text, "box": _box(word.box), "polygon": polygon}


def _box(box: Box) -> list[float]:
    return [round(value, 1) for value in box]


def _line(line: TrueLine) -> dict[str, Any]:
    words = [{"text": word.text, "box": _box(word.box)} for word in line.words]
    return {"text": line.text, "box": _box(line.box), "words": words}
