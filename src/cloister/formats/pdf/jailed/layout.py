"""Where the words of a page stand: one size and one baseline a line, and each word's own extent.

Readers of PDFs find lines by size and baseline, and words by their boxes. A reading has boxes of ink
only, so size and baseline are worked out from which letters a word has: "ace" is as high as an x,
"Hand" as a capital, "pay" reaches below. All in pixels of the upright page.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from cloister.document import Line, Page, Point, Polygon
from cloister.formats.pdf.jailed import space

_HIGH, _SHORT, _MIDDLE, _LOW = 0.71, 0.64, 0.51, -0.21
"""Ems above the baseline that capitals, a t, an x and a p reach in common text faces."""
_FULL_TOP, _FULL_BOTTOM = 0.84, -0.1
"""The same for scripts whose letters fill the em."""
_REACHING_DOWN = frozenset("gjpqyQμβγζηξρφχψцщруфДЦЩÇçŞşŢţŅņĢķļ,;()[]{}|/\\@$§_„‚")  # noqa: RUF001
_MIDDLES = frozenset("acegmnopqrsuvwxyzıαγεηικμνοπρςστυχωавгеёжзийклмнопрстуфхцчшщъыьэюя")  # noqa: RUF001
_LARGER = 1.3
"""Sizes are given so much larger than they are, which moves no box: poppler takes a gap of 0.7 em for one
between columns, and justified lines have such gaps between words."""
_SHORTS = frozenset("tij")
_DOWNWARDS = 0.5
"""A step across a line by a pixel that leads so far to an edge of the page as it came will meet that edge."""
_SAME_BLOCK = 1.3
"""Lines of one block whose sizes differ by less than this from its median are as large as that."""
_SAME_SIZE = 1.15
"""Lines whose sizes differ by less share one."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A word on its line: from `left` to `right` along it, from `bottom` to `top` in ems above the baseline."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line: `origin` on its baseline, `along` of length 1 in reading direction of the page, `size` of the em."""

    origin: Point
    along: Point
    size: float
    words: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class _Ink:
    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Sized:
    origin: Point
    along: Point
    inks: tuple[_Ink, ...]
    size: float
    baseline: float


def rows(page: Page) -> list[Row]:
    """Give the lines of a page, in reading order."""
    sized: list[_Sized] = []
    sizes: list[tuple[float, int]] = []
    for block in page.blocks:
        lines = [_sized(line) for line in block.lines if line.words]
        usual = median(line.size for line in lines) if lines else 1.0
        for line in lines:
            alike = usual / _SAME_BLOCK < line.size < usual * _SAME_BLOCK
            sizes.append((usual if alike else line.size, len(line.inks)))
        sized += lines
    return [_row(line, size, page) for line, size in zip(sized, _common(sizes), strict=True)]


def _row(line: _Sized, size: float, page: Page) -> Row:
    (x, y), (ux, uy), baseline = line.origin, line.along, _on_page(line, page)
    placed = tuple(
        Placed(ink.text, ink.left, ink.right, (baseline - ink.bottom) / size, (baseline - ink.top) / size)
        for ink in line.inks
    )
    return Row((x - uy * baseline, y + ux * baseline), line.along, size, placed)


def _on_page(line: _Sized, page: Page) -> float:
    """The baseline, lifted onto the page if its edge cuts the line: poppler passes over text that starts outside."""
    (x, y), (ux, uy), lowest = line.origin, line.along, line.baseline
    sides, matrix = space.size_as_read(page), page.to_source
    for along in (line.inks[0].left, line.inks[-1].right):
        start = x + ux * along, y + uy * along
        here, below = space.through(matrix, start), space.through(matrix, (start[0] - uy, start[1] + ux))
        for side, place, step in zip(sides, here, (below[0] - here[0], below[1] - here[1]), strict=True):
            if abs(step) > _DOWNWARDS:
                lowest = min(lowest, ((side - 1 if step > 0 else 1) - place) / step)
    return lowest


def _sized(line: Line) -> _Sized:
    origin, along = line.polygon[0], _direction(line)
    inks = tuple(_ink(word.text, word.polygon, origin, along) for word in line.words)
    judged = [(ink, reach) for ink in inks if (reach := _reach(ink.text))]
    if judged:
        # The larger letters tell more: a face's x is between 0.42 and 0.55 em high, its H 0.7.
        most = max(top for _, (_, top) in judged)
        telling = [(ink, reach) for ink, reach in judged if reach[1] == most]
        size = median((ink.bottom - ink.top) / (top - bottom) for ink, (bottom, top) in telling)
        baseline = median(ink.bottom + bottom * size for ink, (bottom, _) in judged)
    else:  # nothing but signs
        size = max(ink.bottom for ink in inks) - min(ink.top for ink in inks)
        baseline = max(ink.bottom for ink in inks)
    return _Sized(origin, along, inks, max(size * _LARGER, 1.0), baseline)


def _direction(line: Line) -> Point:
    """Along the line's lower edge and upper edge, of length 1; level if it has no length."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.polygon
    x, y = bx - ax + cx - dx, by - ay + cy - dy
    length = math.hypot(x, y)
    return (x / length, y / length) if length > 0 else (1.0, 0.0)


def _ink(text: str, polygon: Polygon, origin: Point, along: Point) -> _Ink:
    """A word's box in the frame of its line."""
    (ox, oy), (ux, uy) = origin, along
    xs = [(x - ox) * ux + (y - oy) * uy for x, y in polygon]
    ys = [(y - oy) * ux - (x - ox) * uy for x, y in polygon]
    return _Ink(text, min(xs), max(xs), min(ys), max(ys))


def _reach(text: str) -> tuple[float, float] | None:
    """How far a word's letters reach below and above the baseline, in ems; None if it has no letters."""
    bottom, top, any_letter = 0.0, 0.0, False
    for character in text:
        if not character.isalnum():
            bottom = min(bottom, _LOW if character in _REACHING_DOWN else 0.0)
            continue
        any_letter = True
        if unicodedata.bidirectional(character) != "L" and not character.isdecimal():
            return _FULL_BOTTOM, _FULL_TOP
        if unicodedata.east_asian_width(character) in "WF":
            return _FULL_BOTTOM, _FULL_TOP
        if character in _REACHING_DOWN:
            bottom = _LOW
        top = max(top, _MIDDLE if character in _MIDDLES else _SHORT if character in _SHORTS else _HIGH)
    return (bottom, top) if any_letter else None


def _common(sizes: Sequence[tuple[float, int]]) -> list[float]:
    """Sizes that are nearly the same made the same: the median of each group, words counted."""
    order = sorted(range(len(sizes)), key=lambda index: sizes[index][0])
    given = [0.0] * len(sizes)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and sizes[order[end]][0] <= sizes[order[start]][0] * _SAME_SIZE:
            end += 1
        group = order[start:end]
        shared = median(size for index in group for size in [sizes[index][0]] * sizes[index][1])
        for index in group:
            given[index] = shared
        start = end
    return given
