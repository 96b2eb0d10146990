"""A page as it crosses the wire between a jail and its parent.

Coordinates travel as 32-bit floats; counts and texts have the ceilings below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cloister.document import Block, BlockKind, Grade, Line, Matrix, Page, Polygon, Step, Word
from cloister.errors import JailLied, Why
from cloister.jail.wire import Pack, Unpack

MAX_PAGE_BYTES = 64 << 20
MAX_BLOCKS, MAX_LINES, MAX_WORDS, MAX_STEPS = 5_000, 20_000, 100_000, 64
MAX_TEXT = 1 << 14
MAX_SIDE = 1 << 16
MAX_PAGES = 100_000
_FAR = 4.0 * MAX_SIDE
_KINDS = tuple(BlockKind)
_ROTATIONS = (0, 90, 180, 270)

Item = TypeVar("Item")


def _polygon(pack: Pack, polygon: Polygon) -> None:
    (a, b), (c, d), (e, f), (g, h) = polygon
    pack.f32(a, b, c, d, e, f, g, h)


def pack_page(page: Page) -> bytes:
    """Give the bytes of a page."""
    pack = Pack().u32(page.number).u32(page.width).u32(page.height).f64(page.dpi, page.skew)
    pack.u8(_ROTATIONS.index(page.rotation)).f64(*page.to_source)
    pack.text(page.language).f64(page.language_confidence).u8(page.grade).u8(page.from_text_layer)
    pack.u8(len(page.steps))
    for step in page.steps:
        pack.text(step.name).text(step.detail)
    pack.u32(len(page.blocks))
    for block in page.blocks:
        pack.u8(_KINDS.index(block.kind)).u32(len(block.lines))
        for line in block.lines:
            _polygon(pack.f32(line.confidence), line.polygon)
            pack.u32(len(line.words))
            for word in line.words:
                _polygon(pack.text(word.text).f32(word.confidence), word.polygon)
    return pack.done()


class _Counted:
    """Reads counted lists, and holds the sum over a page to its ceiling."""

    def __init__(self, unpack: Unpack) -> None:
        self.unpack = unpack
        self.words = self.lines = 0

    def many(self, most: int, one: Callable[[], Item]) -> tuple[Item, ...]:
        return tuple(one() for _ in range(self.unpack.u32(most)))

    def polygon(self) -> Polygon:
        a, b, c, d, e, f, g, h = self.unpack.f32(8, -_FAR, _FAR)
        return (a, b), (c, d), (e, f), (g, h)

    def word(self) -> Word:
        self.words += 1
        if self.words > MAX_WORDS:
            raise JailLied(why=Why.TOO_MUCH)
        text = self.unpack.text(MAX_TEXT)
        (confidence,) = self.unpack.f32(1, 0, 1)
        if not text or any(c.isspace() for c in text):
            raise JailLied(why=Why.BAD_TEXT)
        return Word(text, self.polygon(), confidence)

    def line(self) -> Line:
        self.lines += 1
        if self.lines > MAX_LINES:
            raise JailLied(why=Why.TOO_MUCH)
        (confidence,) = self.unpack.f32(1, 0, 1)
        polygon = self.polygon()
        return Line(self.many(MAX_WORDS, self.word), polygon, confidence)

    def block(self) -> Block:
        kind = _KINDS[self.unpack.u8(len(_KINDS) - 1)]
        lines = self.many(MAX_LINES, self.line)
        if not lines:
            raise JailLied(why=Why.BAD_NUMBER)
        return Block(lines, kind)


def unpack_page(payload: bytes) -> Page:
    """Give the page, or raise `JailLied`: nothing in `payload` is believed."""
    unpack = Unpack(payload)
    number = unpack.u32(MAX_PAGES, 1)
    width, height = unpack.u32(MAX_SIDE, 1), unpack.u32(MAX_SIDE, 1)
    (dpi,) = unpack.f64(1, 1, 10_000)
    (skew,) = unpack.f64(1, -180, 180)
    rotation = _ROTATIONS[unpack.u8(3)]
    m = unpack.f64(9, -1e7, 1e7)
    matrix: Matrix = (m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8])
    language = unpack.text(35)
    (sureness,) = unpack.f64(1, 0, 1)
    grade = Grade(unpack.u8(4, 1))
    layer = bool(unpack.u8(1))
    steps = tuple(Step(unpack.text(64), unpack.text(256)) for _ in range(unpack.u8(MAX_STEPS)))
    counted = _Counted(unpack)
    blocks = counted.many(MAX_BLOCKS, counted.block)
    unpack.end()
    return Page(number, width, height, dpi, blocks, rotation, skew, matrix, language, sureness, grade, layer, steps)
