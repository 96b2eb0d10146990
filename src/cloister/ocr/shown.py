"""What of a reading a page shows as text already, so that a search in its searchable PDF finds it once.

A word is passed over where the page has nearly the same one at the same place as text that is not hidden.
Where its own text is another one (a lost encoding, or deceit), what was read stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from cloister.document import Box, Line, Page, Word
from cloister.ocr.frames import Shown

_POINTS = 72.0
_CELL = 36
_ALIKE = 0.6
_ROOM = 1.5
"""Points around a box: the ink's and the font's differ."""


def not_shown_yet(page: Page, shown: Sequence[Shown]) -> Page:
    """The page without the words that it shows as text."""
    if not shown:
        return page
    there = defaultdict[tuple[int, int], list[Shown]](list)
    for word in shown:
        there[_cell(*_middle(word.box))].append(word)
    blocks = []
    for block in page.blocks:
        lines = (_left(line, page, there) for line in block.lines)
        if kept := tuple(line for line in lines if line.words):
            blocks.append(replace(block, lines=kept))
    return replace(page, blocks=tuple(blocks))


def _left(line: Line, page: Page, there: dict[tuple[int, int], list[Shown]]) -> Line:
    words = tuple(word for word in line.words if not _is_there(word, page, there))
    return line if len(words) == len(line.words) else replace(line, words=words)


def _is_there(word: Word, page: Page, there: dict[tuple[int, int], list[Shown]]) -> bool:
    a, b, c, d, e, f, *_ = page.to_source
    x, y = _middle(word.box)
    scale = _POINTS / page.dpi
    x, y = (a * x + b * y + c) * scale, (d * x + e * y + f) * scale
    column, row = _cell(x, y)
    near = (one for i in (-1, 0, 1) for j in (-1, 0, 1) for one in there.get((column + i, row + j), ()))
    return any(_holds(one.box, x, y) and _alike(one.text, word.text) for one in near)


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _cell(x: float, y: float) -> tuple[int, int]:
    return int(x // _CELL), int(y // _CELL)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] - _ROOM <= x <= box[2] + _ROOM and box[1] - _ROOM <= y <= box[3] + _ROOM


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio() >= _ALIKE
