"""The operators that show one line of text (ISO 32000-1, 9.4).

Each word is a text of its own, with the font and the stretch that make its box fit; between words
stands a space that fills the gap, so that phrases are found across it.

A line can also be shown *whole*, as one text. That is for lines that run to the left or at a slant on the
page as it is shown: pdfium puts texts at about the same height in the order of their places from left to
right, which would turn the words of such a line around, or mix them with those of the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cloister.formats.pdf.jailed import space, visual
from cloister.formats.pdf.jailed.font import EVEN, reaching
from cloister.formats.pdf.jailed.truetype import UNITS

if TYPE_CHECKING:
    from cloister.document import Matrix, Point
    from cloister.formats.pdf.jailed.font import Face, Fonts
    from cloister.formats.pdf.jailed.layout import Placed, Row
    from cloister.formats.pdf.jailed.truetype import Box

NameOf = Callable[["Face"], bytes]

_LEAST = 0.05
"""Ems that a word, and a space, take at least."""
_GAP = 0.18
"""Ems by which words are parted at least: poppler takes words closer than 0.15 for one."""
_WIDTH_STEP = 0.01
"""Widths of cells in mixed fonts are rounded down to this, so that they are few; the next space makes up for it."""
_SPACE_REACH = (0.0, 0.5)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A line on the page: where its baseline starts, the size of its em, and the text matrix's first four numbers."""

    start: Point
    along: Point
    size: float
    scale: float
    turn: bytes

    def at(self, distance: float) -> tuple[float, float]:
        """The place so far along the baseline, in the reading's pixels."""
        way = distance * self.scale
        return self.start[0] + way * self.along[0], self.start[1] + way * self.along[1]


def shown(row: Row, to_user: Matrix, fonts: Fonts, name_of: NameOf, *, whole: bool) -> bytes:
    """Give the operators of a line, word by word or as a whole."""
    frame = _frame(row, to_user)
    if frame is None:
        return b""
    to_left = visual.reads_to_left(word.text for word in row.words)
    words = _parted(sorted(row.words, key=lambda word: word.left) if to_left else row.words, _GAP * row.size)
    cells = [visual.cells(word.text, line_to_left=to_left) for word in words]
    if whole:
        return _as_one(list(zip(words, cells, strict=True)), row.size, frame, fonts, name_of)
    return _word_by_word(list(zip(words, cells, strict=True)), row.size, frame, fonts, name_of)


def _parted(words: Sequence[Placed], gap: float) -> list[Placed]:
    """The words, those that touch or overlap the next one cut back from it, by half their width at most."""
    made = []
    for word, after in zip(words, [*words[1:], None], strict=True):
        if after is None or word.right <= after.left - gap:
            made.append(word)
        else:
            made.append(replace(word, right=max(after.left - gap, (word.left + word.right) / 2)))
    return made


def _frame(row: Row, to_user: Matrix) -> _Frame | None:
    (ox, oy), (ux, uy) = row.origin, row.along
    x, y = space.through(to_user, row.origin)
    ax, ay = space.through(to_user, (ox + ux * row.size, oy + uy * row.size))
    bx, by = space.through(to_user, (ox + uy * row.size, oy - ux * row.size))
    size = math.hypot(ax - x, ay - y)
    if not (size > 0 and math.isfinite(size)):
        return None
    along = (ax - x) / size, (ay - y) / size
    turn = b"%.5f %.5f %.5f %.5f" % (*along, (bx - x) / size, (by - y) / size)
    return _Frame((x, y), along, size, size / row.size, turn)


def _word_by_word(
    words: list[tuple[Placed, list[str]]], size: float, frame: _Frame, fonts: Fonts, name_of: NameOf
) -> bytes:
    blank = fonts.codes(" ")
    made = []
    for number, (word, cells) in enumerate(words, start=1):
        name = name_of(fonts.even(word.bottom, word.top))
        stretch = _stretch((word.right - word.left) / size, len(cells))
        codes = fonts.codes(cells)
        made.append(
            b"%s %.3f Tf %.3f Tz %s %.3f %.3f Tm <%s> Tj\n"
            % (name, frame.size, stretch, frame.turn, *frame.at(word.left), codes)
        )
        if number < len(words):
            gap = (words[number][0].left - word.right) / size
            made.append(b"%.3f Tz <%s> Tj\n" % (_stretch(gap, 1), blank))
    return b"".join(made)


def _stretch(width: float, cells: int) -> float:
    """The horizontal scaling, in percent, that makes so many even cells so many ems wide."""
    return 100 * max(width, _LEAST) / (cells * EVEN / UNITS)


def _as_one(words: list[tuple[Placed, list[str]]], size: float, frame: _Frame, fonts: Fonts, name_of: NameOf) -> bytes:
    made: list[tuple[str, Box]] = []
    first = at = words[0][0].left / size
    for word, cells in words:
        if made:
            gap = reaching(*_SPACE_REACH, _WIDTH_STEP * round(max(_LEAST, word.left / size - at) / _WIDTH_STEP))
            made.append((" ", gap))
            at += gap.width / UNITS
        width = max(_LEAST, (word.right / size - at) / len(cells))
        box = reaching(word.bottom, word.top, _WIDTH_STEP * int(width / _WIDTH_STEP))
        made += [(cell, box) for cell in cells]
        at += len(cells) * box.width / UNITS
    font, codes = fonts.mixed(made)
    place = frame.at(first * size)
    return b"%s %.3f Tf 100 Tz %s %.3f %.3f Tm <%s> Tj\n" % (
        name_of(font),
        frame.size,
        frame.turn,
        *place,
        codes,
    )
