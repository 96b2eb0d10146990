"""Blocks of a page: paragraphs by spacing, height and indent; headers, footers and sidebars."""

from __future__ import annotations

from cloister.document import BlockKind
from cloister.ocr.engine.rows import Piece, Row, median, rows_of

_MARGIN = 0.1
"""Headers and footers lie within this share of the page's height."""
_APART = 0.9
"""White space between margin and body, in heights."""
_MARGIN_ROWS = 2
_LEAST_ROWS = 4
"""A page of fewer rows has no margins to tell."""
_RESIZED = 1.2
"""A step in the height and width of type by this factor starts a new block."""
_SPACED = 0.4
"""So much more than the usual step from line to line, in heights, parts paragraphs."""
_SIDEBAR = 0.36
"""A sidebar is at most this share of the page's width."""
_ASIDE_ROWS = 6
"""A block of fewer rows is no sidebar: it may be an address, or the particulars of an invoice."""
_NARROWER = 0.6
"""A sidebar is narrower than this share of the text beside it …"""
_SHORTER = 0.88
"""… or set smaller, and ends before this share of its height."""


def _edge(rows: list[Row], height: float, sign: int) -> int:
    """How many of the rows, taken from the page's edge, are a header or footer."""
    found = 0
    for i in range(min(_MARGIN_ROWS, len(rows) - 1)):
        row, following = rows[i], rows[i + 1]
        h = max(p.h for p in row)
        inner = max(p.v1 for p in row) if sign > 0 else height - min(p.v0 for p in row)
        if inner > _MARGIN * height or any(p.title for p in row):
            break
        gap = (
            min(p.v0 for p in following) - max(p.v1 for p in row)
            if sign > 0
            else min(p.v0 for p in row) - max(p.v1 for p in following)
        )
        if gap > _APART * min(h, max(p.h for p in following)):
            found = i + 1
    return found


def margins(pieces: list[Piece], height: float) -> tuple[list[Row], list[Piece], list[Row]]:
    """The header's rows, the body's pieces and the footer's rows."""
    rows = rows_of(pieces)
    if len(rows) < _LEAST_ROWS:
        return [], pieces, []
    top = _edge(rows, height, 1)
    rest = rows[top:]
    bottom = _edge(rest[::-1], height, -1)
    body = rest[: len(rest) - bottom]
    return rows[:top], [p for row in body for p in row], rest[len(rest) - bottom :]


def paragraphs(region: list[Row]) -> list[list[Row]]:
    """The rows of a region as paragraphs."""
    if not region[1:]:
        return [region] if region else []
    tops, bottoms = [min(p.v0 for p in r) for r in region], [max(p.v1 for p in r) for r in region]
    heights, pitches = [max(p.h for p in r) for r in region], [_pitch(r) for r in region]
    # From line to line, by tops or bottoms, whichever is less: outlines are tight, and one of the two is
    # moved where a line has no ascenders or descenders.
    steps = [min(tops[i] - tops[i - 1], bottoms[i] - bottoms[i - 1]) for i in range(1, len(region))]
    usual, h = median(steps), median(heights)
    left = sorted(r[0].u0 for r in region)[len(region) // 4]
    blocks = [[region[0]]]
    for i in range(1, len(region)):
        wide = steps[i - 1] > usual + _SPACED * h
        larger, smaller = (heights[i], pitches[i]), (heights[i - 1], pitches[i - 1])
        if larger[0] < smaller[0]:
            larger, smaller = smaller, larger
        resized = larger[0] > _RESIZED * smaller[0] and larger[1] > _RESIZED * smaller[1]
        indented = (
            0.8 * h < region[i][0].u0 - left < 5 * h
            and abs(region[i - 1][0].u0 - left) < 0.5 * h
            and i + 1 < len(region)
            and abs(region[i + 1][0].u0 - left) < 0.5 * h
        )
        if wide or resized or indented:
            blocks.append([])
        blocks[-1].append(region[i])
    return blocks


def _pitch(row: Row) -> float:
    """The mean width of a character: tells the size of type better than a tight outline's height."""
    return sum(p.u1 - p.u0 for p in row) / max(1, sum(p.chars + len(p.words) - 1 for p in row))


def asides(regions: list[list[Row]], width: float) -> list[BlockKind]:
    """What part each region plays: text, or a sidebar.

    A sidebar is an outer column that is much narrower than its neighbour, or one that ends before the column
    beside it and is set smaller; at the left it need not be smaller, as text that flows through columns fills
    the left one first.
    """
    boxes = [_box(region) for region in regions]
    found = []
    for i, box in enumerate(boxes):
        beside = [j for j, other in enumerate(boxes) if j != i and _level(box, other)]
        left = bool(beside) and all(boxes[j][0] >= box[2] for j in beside)
        right = bool(beside) and all(boxes[j][2] <= box[0] for j in beside)
        aside = False
        if (left or right) and len(regions[i]) >= _ASIDE_ROWS and box[2] - box[0] < _SIDEBAR * width:
            near = min(beside, key=lambda j: abs(boxes[j][0] - box[0]))
            size, usual = _height(regions[i]), _height(regions[near])
            wide, tall = box[2] - box[0], box[3] - box[1]
            narrow = wide < _NARROWER * (boxes[near][2] - boxes[near][0])
            early = tall < _SHORTER * (boxes[near][3] - boxes[near][1]) and size < (1.1 if left else 0.95) * usual
            aside = (narrow and size < 1.1 * usual) or early
        found.append(BlockKind.SIDEBAR if aside else BlockKind.TEXT)
    return found


_Extent = tuple[float, float, float, float]


def _box(region: list[Row]) -> _Extent:
    ps = [p for row in region for p in row]
    return min(p.u0 for p in ps), min(p.v0 for p in ps), max(p.u1 for p in ps), max(p.v1 for p in ps)


def _level(box: _Extent, other: _Extent) -> bool:
    """Whether the other stands beside the box, over at least half of its height."""
    return min(box[3], other[3]) - max(box[1], other[1]) > 0.5 * (box[3] - box[1])


def _height(region: list[Row]) -> float:
    return median(p.h for row in region for p in row)
