"""Columns of a page: gutters of white space, told from the gaps in tables and forms.

A recursive XY-cut (Nagy and Seth, 1984) over the tallest white gutters (in the spirit of Breuel,
2002), so that a heading across columns ends a gutter and does not hide it. A gutter counts only if
what stands at its sides reads down and not across: running text that fills its column, or rows that
do not stand level. Otherwise the region is read row by row, as tables, forms and receipts are.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

from cloister.ocr.engine.rows import Piece, Row, median, rows_of

_BIN = 0.4
"""The resolution at which white space is looked for, in heights."""
_MOST_BINS = 400
_INSET = 0.2
"""Detectors draw boxes around text with a margin; so much, in heights, is taken off at each end."""
_TRIES = 8
_DEEPEST = 12
_LEAST_ROWS = 3
"""A gutter has at least so many rows at each side."""
_SECTION_GAP = 1.3
"""White space that goes across both sides of a gutter, in heights, starts a new section."""
_CELL_GAP = 0.9
"""Pieces further apart, in heights, are not of one column."""
_FULL, _OVER = 0.7, 1.3
"""A line that fills its column is at least so much of the widest, one that is no longer of it more than so much."""


@dataclass(frozen=True, slots=True)
class Gutter:
    """White space from `top` to `bottom` around `u`."""

    u: float
    top: float
    bottom: float


def split(pieces: list[Piece], depth: int = 0) -> list[list[Piece]]:
    """The pieces as regions in reading order; each is to be read row by row."""
    if len(pieces) < 2 * _LEAST_ROWS or depth > _DEEPEST or (gutter := _gutter(pieces)) is None:
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
    for gutter in _candidates(pieces, h):
        if (found := _trusted(pieces, gutter, h)) is not None:
            return found
    return None


def _candidates(pieces: list[Piece], h: float) -> list[Gutter]:
    """White runs through the pieces, tallest first, one for each place."""
    by_top = sorted(pieces, key=lambda p: p.v0)
    # In one column no two neighbours from top to bottom stand side by side.
    beside = sum(a.u1 < b.u0 or b.u1 < a.u0 for a, b in pairwise(by_top))
    if beside < _LEAST_ROWS:
        return []
    origin, inset = min(p.u0 for p in pieces), _INSET * h
    size = max(_BIN * h, (max(p.u1 for p in pieces) - origin) / _MOST_BINS)
    runs = _white_runs(by_top, origin, size, inset)
    edges = [(p.u1 - inset, p.u0 + inset, p.vc) for p in pieces]
    from_left, from_right = sorted(e[0] for e in edges), sorted(e[1] for e in edges)
    first, last = from_left[_LEAST_ROWS - 1], from_right[-_LEAST_ROWS]
    taken: list[Gutter] = []
    tried = 0
    for run, i in sorted(((bottom - top, i) for i, (top, bottom) in enumerate(runs)), reverse=True):
        if run < _LEAST_ROWS * h or tried == 3 * _TRIES:
            break
        j = k = i  # the middle of the bins that are as white as this one
        while j > 0 and runs[j - 1] == runs[i]:
            j -= 1
        while k + 1 < len(runs) and runs[k + 1] == runs[i]:
            k += 1
        u, (top, bottom) = origin + (j + k + 1) / 2 * size, runs[i]
        if not first <= u <= last or any(abs(g.u - u) < 2 * h and g.top < bottom and top < g.bottom for g in taken):
            continue
        tried += 1
        left = sum(u1 <= u and top <= vc <= bottom for u1, _, vc in edges)
        right = sum(u0 >= u and top <= vc <= bottom for _, u0, vc in edges)
        if left >= _LEAST_ROWS and right >= _LEAST_ROWS:
            taken.append(Gutter(u, top, bottom))
            if len(taken) == _TRIES:
                break
    return taken


def _white_runs(by_top: list[Piece], origin: float, size: float, inset: float) -> list[tuple[float, float]]:
    """For each strip of `size` from left to right, the top and bottom of its tallest white run."""
    end, start, stop = max(p.u1 for p in by_top), by_top[0].v0, max(p.v1 for p in by_top)
    count = int((end - origin) / size) + 1
    covered, tallest, runs = [start] * count, [0.0] * count, [(start, start)] * count
    for piece in by_top:
        top, bottom = piece.v0, piece.v1
        for i in range(int((piece.u0 + inset - origin) / size), int((piece.u1 - inset - origin) / size) + 1):
            if top - covered[i] > tallest[i]:
                tallest[i], runs[i] = top - covered[i], (covered[i], top)
            if bottom > covered[i]:  # noqa: PLR1730  (max() is twice as slow, and this is the inner loop)
                covered[i] = bottom
    return [(covered[i], stop) if stop - covered[i] > tallest[i] else runs[i] for i in range(count)]


def _trusted(pieces: list[Piece], gutter: Gutter, h: float) -> Gutter | None:
    """The part of the gutter whose sides read down, or None.

    The gutter is judged in sections parted by white space across both sides: a table below two
    columns may have a gap just where the gutter is.
    """
    level = sorted((p for p in pieces if gutter.top <= p.vc <= gutter.bottom), key=lambda p: p.v0)
    sections = _sections(level, h)
    sides = [_sides(section, gutter.u, h) for section in sections]
    verdicts = [_verdict(sections, sides, i, h) for i in range(len(sections))]
    if True not in verdicts:
        whole = _reads_down(_sides(level, gutter.u, h), h) if len(sections) > 1 and False not in verdicts else None
        return gutter if whole else None
    best, at = (0.0, 0, 0), 0
    for sure, group in groupby(verdicts, key=lambda verdict: verdict is not False):
        to = at + len(list(group))
        if sure and True in verdicts[at:to]:
            first, last = _trimmed(verdicts, sides, at, to, h)
            tall = max(p.v1 for p in sections[last - 1]) - sections[first][0].v0
            best = max(best, (tall, first, last))
        at = to
    _, first, last = best
    run = [p for section in sections[first:last] for p in section]
    return Gutter(gutter.u, min(p.vc for p in run), max(p.vc for p in run))


def _verdict(sections: list[list[Piece]], sides: list[_Sides], i: int, h: float) -> bool | None:
    """Whether a section reads down."""
    if not all(sides[i]) and all(p.title for p in sections[i]):
        # A title that stands alone goes across, though it may not reach the gutter.
        return False if all(any(later[side] for later in sides[i + 1 :]) for side in (0, 1)) else None
    return _reads_down(sides[i], h)


def _trimmed(verdicts: list[bool | None], sides: list[_Sides], at: int, to: int, h: float) -> tuple[int, int]:
    """Sections `at` to `to` without short lines at the ends: a date above two columns, a greeting below them.

    Short lines that begin where their columns begin, one in each, are headings and stay.
    """
    sure = [i for i in range(at, to) if verdicts[i]]
    columns = [[cell for i in sure for cell in sides[i][side]] for side in (0, 1)]
    widths = [max(cell.width for cell in column) for column in columns]
    lefts = [median(cell.left for cell in column) for column in columns]

    def belongs(i: int) -> bool:
        most = [max((cell.width for cell in sides[i][side]), default=0.0) for side in (0, 1)]
        if any(width > _OVER * widths[side] for side, width in enumerate(most)):
            return False
        if any(width >= _FULL * widths[side] for side, width in enumerate(most)):
            return True
        return all(sides[i]) and all(abs(sides[i][side][0].left - lefts[side]) < h for side in (0, 1))

    while not verdicts[at] and not belongs(at):
        at += 1
    while not verdicts[to - 1] and not belongs(to - 1):
        to -= 1
    return at, to


def _sections(level: list[Piece], h: float) -> list[list[Piece]]:
    """The pieces, cut where white space or a title goes across."""
    sections: list[list[Piece]] = []
    bottom, title = -inf, False
    for piece in level:
        apart, big = piece.v0 - bottom, piece.title
        if apart > _SECTION_GAP * h or (apart > -0.3 * h and (big or title)):
            sections.append([])
        title = big and not sections[-1]
        sections[-1].append(piece)
        bottom = max(bottom, piece.v1)
    return sections


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in one row beside the gutter."""

    vc: float
    left: float
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
    start = min(p.u0 for p in kept)
    width = max(p.u1 for p in kept) - start
    return _Cell(kept[0].vc, start, width, len(text), sum(map(str.isalpha, text)), sum(len(p.words) for p in kept))


_Sides = tuple[list[_Cell], list[_Cell]]


def _sides(section: list[Piece], u: float, h: float) -> _Sides:
    """What stands beside the gutter at its left and at its right."""
    left = [_cell(row, from_right=True, h=h) for row in rows_of(p for p in section if p.u0 + p.u1 < 2 * u)]
    right = [_cell(row, from_right=False, h=h) for row in rows_of(p for p in section if p.u0 + p.u1 >= 2 * u)]
    return left, right


def _reads_down(sides: _Sides, h: float) -> bool | None:
    """Whether what stands at the sides of the gutter reads down; None if there is too little to tell."""
    left, right = sides
    if min(len(left), len(right)) < _LEAST_ROWS:
        return None
    if _running(left, h) and _running(right, h):
        return True
    few, many = sorted((left, right), key=len)
    centres = sorted(cell.vc for cell in many)
    level = sum(bisect(centres, a.vc + 0.2 * h) > bisect(centres, a.vc - 0.2 * h) for a in few)
    return (level < 0.5 * len(few) or _own_steps(left, right, h)) and _wordy(left) and _wordy(right)


def _own_steps(left: list[_Cell], right: list[_Cell], h: float) -> bool:
    """Whether each side goes down in regular steps of its own, as an address beside the particulars of a letter.

    The sides of a table share their rows; where one has two lines to a row, it steps twice as often.
    """
    usual = []
    for cells in (left, right):
        steps = [b.vc - a.vc for a, b in pairwise(cells)]
        usual.append(median(steps))
        if sum(abs(step - usual[-1]) < 0.15 * h for step in steps) < 0.6 * len(steps):
            return False
    short, long = sorted(usual)
    return 1.06 * short < long < 1.6 * short


def _wordy(cells: list[_Cell]) -> bool:
    """Text rather than numbers and marks."""
    chars = sum(c.chars for c in cells)
    return chars >= 6 * len(cells) and sum(c.letters for c in cells) >= 0.6 * chars


def _running(cells: list[_Cell], h: float) -> bool:
    """Running text: words in most rows, which fill most of the column."""
    widest = sorted(c.width for c in cells)[-1 - len(cells) // 10]
    full = sum(c.width >= _FULL * widest for c in cells)
    chars = sum(c.chars for c in cells)
    return (
        widest > 5 * h
        and full >= 0.5 * len(cells)
        and chars >= 12 * len(cells)
        and sum(c.words for c in cells) >= 2 * len(cells)
        and sum(c.letters for c in cells) >= 0.6 * chars
    )
