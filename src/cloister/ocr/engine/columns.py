"""Columns of a page: gutters of white space, told from the gaps in tables and forms.

A recursive XY-cut (Nagy and Seth, 1984) over the tallest white gutters (in the spirit of Breuel,
2002), so that a heading across columns ends a gutter and does not hide it. A gutter counts only if
what stands at its sides reads down and not across: running text that fills its column, or rows that
do not stand level. Otherwise the region is read row by row, as tables, forms and receipts are.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from cloister.ocr.engine.rows import Piece, Row, rows_of

_BIN = 0.4
_INSET = 0.2
"""Detectors draw boxes around text with a margin; so much, in heights, is taken off at each end."""
_TRIES = 8
_LEAST_ROWS = 3
_SECTION_GAP = 1.3
_CELL_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Gutter:
    """White space from `top` to `bottom` around `u`."""

    u: float
    top: float
    bottom: float


def split(pieces: list[Piece], depth: int = 0) -> list[list[Piece]]:
    """The pieces as regions in reading order; each is to be read row by row."""
    if len(pieces) < 2 * _LEAST_ROWS or depth > 12 or (gutter := _gutter(pieces)) is None:
        return [pieces] if pieces else []
    above = [p for p in pieces if p.vc < gutter.top]
    below = [p for p in pieces if p.vc > gutter.bottom]
    level = [p for p in pieces if gutter.top <= p.vc <= gutter.bottom]
    left = [p for p in level if p.u0 + p.u1 < 2 * gutter.u]
    right = [p for p in level if p.u0 + p.u1 >= 2 * gutter.u]
    return [region for part in (above, left, right, below) for region in split(part, depth + 1)]


def _gutter(pieces: list[Piece]) -> Gutter | None:
    """The tallest gutter that parts columns."""
    h = median(p.h for p in pieces)
    for gutter in _candidates(pieces, h)[:_TRIES]:
        if (found := _trusted(pieces, gutter, h)) is not None:
            return found
    return None


def _candidates(pieces: list[Piece], h: float) -> list[Gutter]:
    """White runs through the pieces, tallest first, at most one in a few heights of width."""
    origin, end = min(p.u0 for p in pieces), max(p.u1 for p in pieces)
    size = max(_BIN * h, (end - origin) / 400)
    count = int((end - origin) / size) + 1
    start = min(p.v0 for p in pieces)
    last = [start] * count
    best = [(0.0, start, start)] * count
    inset = _INSET * h

    def ends(i: int, top: float) -> None:
        run = top - last[i]
        if run > best[i][0]:
            best[i] = (run, last[i], top)

    for piece in sorted(pieces, key=lambda p: p.v0):
        first = int((piece.u0 + inset - origin) / size)
        after = int((piece.u1 - inset - origin) / size) + 1
        top, bottom = piece.v0, piece.v1
        for i in range(max(0, first), min(after, count)):
            if top - last[i] > best[i][0]:
                best[i] = (top - last[i], last[i], top)
            if bottom > last[i]:
                last[i] = bottom
    stop = max(p.v1 for p in pieces)
    for i in range(count):
        ends(i, stop)
    taken: list[Gutter] = []
    apart = 2 * h
    for run, i in sorted(((best[i][0], i) for i in range(count)), reverse=True):
        if run < _LEAST_ROWS * h:
            break
        # The middle of the bins that are as white as this one.
        j = i
        while j > 0 and best[j - 1] == best[i]:
            j -= 1
        k = i
        while k + 1 < count and best[k + 1] == best[i]:
            k += 1
        u = origin + (j + k + 1) / 2 * size
        _, top, bottom = best[i]
        if any(abs(g.u - u) < apart and g.top < bottom and top < g.bottom for g in taken):
            continue
        left = sum(p.u1 - inset <= u and top <= p.vc <= bottom for p in pieces)
        right = sum(p.u0 + inset >= u and top <= p.vc <= bottom for p in pieces)
        if left >= _LEAST_ROWS and right >= _LEAST_ROWS:
            taken.append(Gutter(u, top, bottom))
            if len(taken) == _TRIES:
                break
    return taken


def _trusted(pieces: list[Piece], gutter: Gutter, h: float) -> Gutter | None:
    """The part of the gutter whose sides read down, or None.

    The gutter is judged in sections parted by white space across both sides: a table below two
    columns may have a gap just where the gutter is.
    """
    level = sorted((p for p in pieces if gutter.top <= p.vc <= gutter.bottom), key=lambda p: p.v0)
    sections: list[list[Piece]] = [[]]
    bottom = level[0].v1
    for piece in level:
        if piece.v0 - bottom > _SECTION_GAP * h:
            sections.append([])
        sections[-1].append(piece)
        bottom = max(bottom, piece.v1)
    verdicts = [_reads_down(section, gutter.u, h) for section in sections]
    if verdicts.count(True) == 0:
        whole = _reads_down(level, gutter.u, h) if len(sections) > 1 and False not in verdicts else None
        return gutter if whole else None
    best, at = (0.0, 0, 0), 0
    while at < len(sections):
        if verdicts[at] is False:
            at += 1
            continue
        to = at
        while to < len(sections) and verdicts[to] is not False:
            to += 1
        if True in verdicts[at:to]:
            tall = max(p.v1 for p in sections[to - 1]) - sections[at][0].v0
            best = max(best, (tall, at, to))
        at = to
    _, at, to = best
    run = [p for section in sections[at:to] for p in section]
    return Gutter(gutter.u, min(p.vc for p in run), max(p.vc for p in run))


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in one row beside the gutter."""

    vc: float
    width: float
    chars: int
    letters: int
    words: int


def _cell(row: Row, *, from_right: bool, h: float) -> _Cell:
    run = row[::-1] if from_right else row
    kept = [run[0]]
    for piece in run[1:]:
        gap = kept[-1].u0 - piece.u1 if from_right else piece.u0 - kept[-1].u1
        if gap > _CELL_GAP * h:
            break
        kept.append(piece)
    text = "".join(word.text for piece in kept for word in piece.words)
    width = max(p.u1 for p in kept) - min(p.u0 for p in kept)
    return _Cell(kept[0].vc, width, len(text), sum(c.isalpha() for c in text), sum(len(p.words) for p in kept))


def _reads_down(section: list[Piece], u: float, h: float) -> bool | None:
    """Whether what stands at the sides of the gutter reads down; None if there is too little to tell."""
    left = [_cell(row, from_right=True, h=h) for row in rows_of(p for p in section if p.u0 + p.u1 < 2 * u)]
    right = [_cell(row, from_right=False, h=h) for row in rows_of(p for p in section if p.u0 + p.u1 >= 2 * u)]
    if min(len(left), len(right)) < _LEAST_ROWS:
        return None
    if _running(left, h) and _running(right, h):
        return True
    few, many = sorted((left, right), key=len)
    level = sum(any(abs(a.vc - b.vc) < 0.2 * h for b in many) for a in few)
    return level < 0.5 * len(few) and _wordy(left) and _wordy(right)


def _wordy(cells: list[_Cell]) -> bool:
    """Text rather than numbers and marks."""
    chars = sum(c.chars for c in cells)
    return chars >= 6 * len(cells) and sum(c.letters for c in cells) >= 0.6 * chars


def _running(cells: list[_Cell], h: float) -> bool:
    """Running text: words in most rows, which fill most of the column."""
    widest = sorted(c.width for c in cells)[-1 - len(cells) // 10]
    full = sum(c.width >= 0.7 * widest for c in cells)
    chars = sum(c.chars for c in cells)
    return (
        widest > 5 * h
        and full >= 0.5 * len(cells)
        and chars >= 12 * len(cells)
        and sum(c.words for c in cells) >= 2 * len(cells)
        and sum(c.letters for c in cells) >= 0.6 * chars
    )
