"""Pieces of lines on a straightened page, and the rows that they make.

A detector gives fragments: a printed row may come in several, and one fragment may run across a
gutter. So lines are cut where words stand far apart, ordered as pieces, and joined again by row.
Rows are judged in a frame (u, v) that is turned by the residual skew of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot

from cloister.document import Line, Point, Polygon, Word

_WORD_GAP = 1.0
"""Words further apart than this, in line heights, may belong to two columns or cells."""
_SAME_ROW = 0.45
"""Pieces of one row have centres nearer than this, in heights of the smaller."""
_SAME_SIZE = 1.8
"""Pieces of one row differ at most by this factor in height: a logo is no part of the address beside it."""
_LARGE, _LARGER = 1.35, 1.15
"""Type so much higher than most, or a little higher and so much wider, makes a title."""
_MARK = 2
"""Characters of a piece that may be a mark alone."""
_TOWER = 2
"""A figure alone is higher than wide; more characters than this run downwards."""
_ROWS_BACK = 6
"""Only this many of the last rows may still grow: rows come sorted by their centres."""
_WIDE = 5.0
"""Lines this much wider than high tell the skew of the page."""


def median(values: Iterable[float]) -> float:
    """The upper median. The module `statistics` would bring OpenSSL along, through `random`."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


class Piece:
    """A line, or a part of one, in the straightened frame."""

    __slots__ = ("chars", "h", "line", "title", "u0", "u1", "v0", "v1", "vc", "whole", "words")

    def __init__(
        self, line: Line, words: Sequence[Word], extent: tuple[float, float, float, float], *, whole: bool
    ) -> None:
        self.line, self.words, self.whole = line, words, whole
        self.u0, self.v0, self.u1, self.v1 = extent
        self.vc = (self.v0 + self.v1) / 2
        self.h = max(1.0, self.v1 - self.v0)
        self.title = False
        self.chars = sum([len(word.text) for word in words])
        """How many characters the piece has."""

    @property
    def pitch(self) -> float:
        """The mean width of a character: tells the size of type better than a tight outline's height."""
        return (self.u1 - self.u0) / max(1, self.chars + len(self.words) - 1)

    @property
    def vertical(self) -> bool:
        """Whether the text runs from top to bottom, as on the spine of a book or in upright Japanese."""
        return self.h > 2 * (self.u1 - self.u0) and self.chars > _TOWER


Row = list[Piece]


def slope_of(lines: Iterable[Line]) -> float:
    """The residual skew of a page as a slope: the median over its wide lines."""
    slopes = []
    for line in lines:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line.polygon
        if x1 - x0 > _WIDE * hypot(x3 - x0, y3 - y0) > 0 and x2 > x3:
            slopes.append((y1 - y0 + y2 - y3) / (x1 - x0 + x2 - x3))
    slope = median(slopes) if slopes else 0.0
    return slope if abs(slope) < 1 else 0.0


def _extent(polygon: Polygon, slope: float) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = polygon
    us = (x0 + slope * y0, x1 + slope * y1, x2 + slope * y2, x3 + slope * y3)
    vs = sorted((y0 - slope * x0, y1 - slope * x1, y2 - slope * x2, y3 - slope * x3))
    # The mean of the two upper and of the two lower corners: a corner that sticks out is noise.
    return min(us), (vs[0] + vs[1]) / 2, max(us), (vs[2] + vs[3]) / 2


def pieces_of(line: Line, slope: float) -> list[Piece]:
    """The line as pieces, cut where two words stand far apart."""
    extent = _extent(line.polygon, slope)
    u0, v0, u1, v1 = extent
    words, limit = line.words, _WORD_GAP * (v1 - v0)
    if not words[1:] or u1 - u0 < 3 * limit:
        return [Piece(line, words, extent, whole=True)]
    spans = [
        (word.polygon[0][0] + slope * word.polygon[0][1], word.polygon[1][0] + slope * word.polygon[1][1])
        for word in words
    ]
    cuts = [i for i in range(1, len(words)) if spans[i][0] - spans[i - 1][1] > limit]
    if not cuts:
        return [Piece(line, words, extent, whole=True)]
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, len(words)], strict=True):
        left, right = (u0 if start == 0 else spans[start][0]), (u1 if end == len(words) else spans[end - 1][1])
        pieces.append(Piece(line, words[start:end], (left, v0, max(left, right), v1), whole=False))
    return pieces


def mark_titles(pieces: Sequence[Piece]) -> None:
    """Mark the pieces that are set in much larger type than most of the page."""
    if not pieces:
        return
    h, pitch = median(p.h for p in pieces), median(p.pitch for p in pieces)
    for piece in pieces:
        piece.title = piece.h > _LARGE * h or (piece.h > _LARGER * h and piece.pitch > _LARGE * pitch)


def _fits(piece: Piece, row: Row) -> bool:
    near = row[0] if len(row) == 1 else min(row, key=lambda other: max(other.u0 - piece.u1, piece.u0 - other.u1))
    low, high = (piece.h, near.h) if piece.h < near.h else (near.h, piece.h)
    if piece.vertical:
        return False
    if high > _SAME_SIZE * low:
        # A dash or a full stop of its own has a low outline somewhere within its row.
        small, tall = (piece, near) if piece.h < near.h else (near, piece)
        if small.chars > _MARK or small.v0 < tall.v0 - low or small.v1 > tall.v1 + low:
            return False
    elif abs(piece.vc - near.vc) > _SAME_ROW * low:
        return False
    overlap = min(near.u1, piece.u1) - max(near.u0, piece.u0)
    return overlap < 0.3 * min(near.u1 - near.u0, piece.u1 - piece.u0)


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """The pieces by rows from top to bottom, each row from left to right."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda p: p.vc):
        for row in reversed(rows[-_ROWS_BACK:]):
            apart = piece.vc - row[-1].vc
            if (apart < 0.5 * piece.h or apart < 0.6 * row[-1].h) and _fits(piece, row):
                row.append(piece)
                break
        else:
            rows.append([piece])
    typical = median(row[0].h for row in rows) if rows else 0.0
    for row in rows:
        row.sort(key=lambda p: p.u0)
    # A row much higher than the others, as a logo or an initial, is read where it begins.
    rows.sort(key=lambda r: r[0].vc if r[0].h < _SAME_SIZE * typical else r[0].v0 + typical / 2)
    return rows


def joined(row: Row, slope: float) -> Line:
    """The row as one line."""
    first = row[0]
    if len(row) == 1 and first.whole:
        return first.line
    if all(piece.line is first.line for piece in row) and sum(len(p.words) for p in row) == len(first.line.words):
        return first.line
    u0, u1 = min(p.u0 for p in row), max(p.u1 for p in row)
    v0, v1 = min(p.v0 for p in row), max(p.v1 for p in row)
    scale = 1 + slope * slope

    def back(u: float, v: float) -> Point:
        return (u - slope * v) / scale, (v + slope * u) / scale

    weights = [max(1, piece.chars) for piece in row]
    confidence = sum(w * p.line.confidence for w, p in zip(weights, row, strict=True)) / sum(weights)
    words = tuple(word for piece in row for word in piece.words)
    return Line(words, (back(u0, v0), back(u1, v0), back(u1, v1), back(u0, v1)), confidence)
