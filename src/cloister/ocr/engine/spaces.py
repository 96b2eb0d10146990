"""Where words part: what the recogniser saw of spaces, weighed against the paper between the characters.

The recogniser alone drops one space in twelve of tightly set text; blank columns alone take a loose pair of
letters for two words. A small network (one hidden layer, fitted on generated lines by training/spacing.py)
looks at both, at the line's own habits, and at the neighbours of each pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine.shapes import CUT_HEIGHT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.ocr.engine.decode import Read
    from cloister.ocr.engine.ink import Ink

_CLASSES = 8
_CONTEXT = (0, 1, 2, 3, 5)
"""Features of the neighbouring pairs that a pair sees as well."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """The weights: features × hidden, hidden, hidden, and the last bias."""

    first: NDArray[np.float32]
    first_bias: NDArray[np.float32]
    second: NDArray[np.float32]
    second_bias: float

    def parts(self, pairs: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether a word ends between the two characters of each pair."""
        hidden = np.maximum(pairs @ self.first + self.first_bias, 0)
        chosen: NDArray[np.bool_] = hidden @ self.second + self.second_bias > 0
        return chosen


def starts(read: Read, ink: Ink | None, spacing: Spacing) -> list[tuple[int, float]]:
    """Where new words start, the first left out: the index of each one's first character, and the column."""
    solid = [k for k, c in enumerate(read.characters) if c and not c.isspace()]
    if len(solid) < 2:
        return []
    said = np.diff(solid) > 1
    places = read.places[solid]
    middles = (places[:-1] + places[1:]) / 2
    parts = said
    if ink is not None:
        gaps, middles = ink.blanks(places[:-1], places[1:])
        if len(solid) > 2:
            parts = spacing.parts(features(read, solid, gaps))
        wide = np.array([_wide(read.characters[k]) for k in solid])
        parts = np.where(wide[:-1] | wide[1:], said, parts)
    return [(solid[k + 1], float(middles[k])) for k in np.flatnonzero(parts)]


def features(read: Read, solid: list[int], blanks: NDArray[np.float64]) -> NDArray[np.float32]:
    """What is known of each pair of successive characters: one row a pair. `blanks` is the paper between them."""
    gaps = blanks / CUT_HEIGHT
    apart = np.diff(read.places[solid]) / CUT_HEIGHT
    space = _between(read, solid)
    odds = np.log(space / (1 - space))
    usual = float(np.median(np.sort(gaps)[: max(1, int(0.75 * len(gaps)))]))
    pace = float(np.median(apart))
    kinds = np.array([_kind(read.characters[k]) for k in solid])
    before, after = kinds[:-1], kinds[1:]
    digits = ((before == 0) & (after == 0)).astype(np.float32)
    one_hot = np.zeros((len(gaps), 2 * _CLASSES), np.float32)
    one_hot[np.arange(len(gaps)), before] = 1
    one_hot[np.arange(len(gaps)), _CLASSES + after] = 1
    level = np.ones_like(gaps)
    own = np.vstack([
        gaps, np.minimum(gaps, 0.6) - usual, (gaps - usual) / (pace + 0.05), apart - pace, apart / (pace + 0.02),
        odds, np.sqrt(gaps), gaps > 0, level * usual, level * pace, digits, digits * gaps, one_hot.T, odds * gaps,
    ]).T  # fmt: skip
    near = np.zeros((len(gaps) + 2, len(_CONTEXT)))
    near[1:-1] = own[:, _CONTEXT]
    return np.hstack([own, near[:-2], near[2:]]).astype(np.float32)


def _between(read: Read, solid: list[int]) -> NDArray[np.float64]:
    """The highest probability of a space between each two solid characters, spaces that were read included."""
    blank = np.array([c.isspace() for c in read.characters])
    seen = np.where(blank, np.maximum(read.spaces, read.shares), read.spaces)[: solid[-1] + 1]
    found = np.maximum.reduceat(seen, np.array(solid[:-1]) + 1)
    held: NDArray[np.float64] = np.clip(found.astype(float), 1e-6, 1 - 1e-6)
    return held


@lru_cache(maxsize=4096)
def _kind(character: str) -> int:
    if character.isdigit():
        return 0
    if character.isalpha():
        return 1 if character.islower() else 2
    for kind, members in enumerate((".,:;!?", ")]}»”", "([{«“", "-–—/'’"), 3):
        if character in members:
            return kind
    return 7


def _wide(character: str) -> bool:
    """Chinese and Japanese are set without spaces."""
    return character > "\u2e80"
