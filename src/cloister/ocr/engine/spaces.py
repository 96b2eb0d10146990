"""Where words part: what the recogniser saw of spaces, weighed against the paper between the characters.

The recogniser alone drops one space in twelve of tightly set text; blank columns alone take a loose pair of
letters for two words. A small network (one hidden layer, fitted on generated lines by training/spacing.py)
looks at both, at the line's own habits, and at the neighbours of each pair.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from itertools import pairwise
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


def starts(read: Read, ink: Ink | None, spacing: Spacing) -> list[int]:
    """The characters, by index, at which a new word starts, the first of all left out."""
    solid = [k for k, c in enumerate(read.characters) if c and not c.isspace()]
    said = [k for before, k in pairwise(solid) if k - before > 1]
    if ink is None or len(solid) < 3:
        return said
    chosen = spacing.parts(features(read, ink, solid))
    return [
        k
        for part, before, k in zip(chosen, solid, solid[1:], strict=False)
        if (k - before > 1 if _wide(read.characters[before]) or _wide(read.characters[k]) else part)
    ]


def features(read: Read, ink: Ink, solid: list[int]) -> NDArray[np.float32]:
    """What is known of each pair of successive characters: one row a pair."""
    places = read.places[solid]
    gaps = _gaps(places, ink) / CUT_HEIGHT
    apart = np.diff(places) / CUT_HEIGHT
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
    own = np.column_stack([
        gaps, np.minimum(gaps, 0.6) - usual, (gaps - usual) / (pace + 0.05), apart - pace, apart / (pace + 0.02),
        odds, np.sqrt(gaps), gaps > 0, np.full(len(gaps), usual), np.full(len(gaps), pace),
        digits, digits * gaps, one_hot, odds * gaps,
    ])  # fmt: skip
    near = np.zeros((len(gaps) + 2, len(_CONTEXT)))
    near[1:-1] = own[:, _CONTEXT]
    return np.column_stack([own, near[:-2], near[2:]]).astype(np.float32)


def _gaps(places: NDArray[np.float32], ink: Ink) -> NDArray[np.float64]:
    """The widest blank run between each two places."""
    if not len(ink.starts):
        return np.zeros(len(places) - 1)
    lo = np.maximum(ink.starts[None, :], places[:-1, None])
    hi = np.minimum(ink.ends[None, :], places[1:, None])
    widest: NDArray[np.float64] = np.maximum((hi - lo).max(1), 0)
    return widest


def _between(read: Read, solid: list[int]) -> NDArray[np.float64]:
    """The highest probability of a space between each two solid characters, spaces that were read included."""
    each = zip(read.characters, read.spaces, read.shares, strict=True)
    seen = np.array([max(space, share) if character.isspace() else space for character, space, share in each])
    found = [seen[before + 1 : after + 1].max() for before, after in itertools.pairwise(solid)]
    held: NDArray[np.float64] = np.clip(np.array(found, dtype=float), 1e-6, 1 - 1e-6)
    return held


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
