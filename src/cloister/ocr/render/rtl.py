"""Letters and words of right-to-left scripts in the order in which they are read.

pdfium puts most of such text in logical order, but not what one glyph stands for (a ligature comes
back to front), nor text that was stored as it looks. Where letters lie tells which it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from cloister.document import Box
from cloister.ocr.render.run import Run

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_NEAR = 0.01

Glyph = tuple[str, Box]


def right_to_left(text: str) -> bool:
    """Whether most letters of a text are written from right to left."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in letters) > len(letters)


def in_reading_order(glyphs: Sequence[Glyph]) -> str:
    """The word that some glyphs make."""
    text = "".join(character for character, _ in glyphs)
    if text.isascii() or not all(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT or not c.isalnum() for c in text):
        return text
    groups: list[list[Glyph]] = []
    for glyph in glyphs:
        if groups and _same(groups[-1][-1][1], glyph[1]):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    centres = [group[0][1][0] + group[0][1][2] for group in groups]
    if _ascending(centres):
        groups.reverse()
    return "".join(character for group in groups for character, _ in reversed(group))


def words_in_order(line: list[Run]) -> list[Run]:
    """The words of a line; a right-to-left line that came as it looks is turned round."""
    if not right_to_left("".join(run.text for run in line)):
        return line
    return line[::-1] if _ascending([run.box[0] + run.box[2] for run in line]) else line


def _same(one: Box, other: Box) -> bool:
    return all(abs(a - b) < _NEAR for a, b in zip(one, other, strict=True))


def _ascending(centres: Sequence[float]) -> bool:
    steps = [b > a for a, b in pairwise(centres)]
    return bool(steps) and 2 * sum(steps) > len(steps)
