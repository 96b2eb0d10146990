"""What was read: Document > Page > Block > Line > Word.

Coordinates are pixels of the *upright* page at `page.dpi`, origin top left, x right, y down.
`Page.to_source` leads back to the page as it came. Everything is frozen; nothing here does I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""
Point = tuple[float, float]
Polygon = tuple[Point, Point, Point, Point]
"""Clockwise from the top left corner of the text as it is read."""
Matrix = tuple[float, float, float, float, float, float, float, float, float]
"""A 3×3 matrix, row by row, that takes (x, y, 1) of the upright page to the page as it came."""

IDENTITY: Matrix = (1, 0, 0, 0, 1, 0, 0, 0, 1)


def box_of(polygon: Polygon) -> Box:
    """The upright box around a polygon."""
    xs, ys = [p[0] for p in polygon], [p[1] for p in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def polygon_of(box: Box) -> Polygon:
    """A box as a polygon."""
    x0, y0, x1, y1 = box
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


class Grade(IntEnum):
    """How well a page or document was read. Ordered."""

    POOR = 1
    FAIR = 2
    GOOD = 3
    EXCELLENT = 4


class BlockKind(Enum):
    """The part that a block plays on its page."""

    TEXT = "text"
    HEADER = "header"
    FOOTER = "footer"
    SIDEBAR = "sidebar"


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without white space. `confidence` is 0 to 1."""

    text: str
    polygon: Polygon
    confidence: float

    @property
    def box(self) -> Box:
        """The upright box around the word."""
        return box_of(self.polygon)


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one line, in reading order."""

    words: tuple[Word, ...]
    polygon: Polygon
    confidence: float

    @property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The upright box around the line."""
        return box_of(self.polygon)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, a column's part, a header."""

    lines: tuple[Line, ...]
    kind: BlockKind = BlockKind.TEXT

    @property
    def text(self) -> str:
        """The lines, joined by newlines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def box(self) -> Box:
        """The upright box around all lines."""
        boxes = [line.box for line in self.lines]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that ran on a page, in order, with the part that did it."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, upright.

    `rotation` (0, 90, 180 or 270) and `skew` are the clockwise degrees by which the page *as it came*
    was turned away from upright. `language` is a BCP 47 tag or "und".
    """

    number: int
    width: int
    height: int
    dpi: float
    blocks: tuple[Block, ...]
    rotation: int = 0
    skew: float = 0.0
    to_source: Matrix = IDENTITY
    language: str = "und"
    language_confidence: float = 0.0
    grade: Grade = Grade.POOR
    from_text_layer: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def text(self) -> str:
        """The blocks, parted by an empty line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the page, in reading order."""
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def words(self) -> tuple[Word, ...]:
        """Every word of the page, in reading order."""
        return tuple(word for line in self.lines for word in line.words)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a whole reading, apart from its text.

    `models` maps a model's name to the SHA-256 of its file, `versions` a component to its version.
    `sandbox` names the layers that held while the document was read.
    """

    source: str
    pages: int
    grade: Grade
    models: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    sandbox: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What was read from one source."""

    pages: tuple[Page, ...]
    facts: Facts

    @property
    def text(self) -> str:
        """The pages' texts, parted by a form feed as pdftotext and tesseract do."""
        return "\f".join(page.text for page in self.pages)

    @property
    def grade(self) -> Grade:
        """The grade of the whole."""
        return self.facts.grade
