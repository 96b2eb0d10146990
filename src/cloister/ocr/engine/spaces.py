"""Where words part: what the recogniser saw of spaces, weighed against the paper between the characters.

The recogniser alone drops one space in twelve of tightly set text; blank columns alone take a loose pair of
letters for two words. A small network (one hidden layer, fitted on generated lines by training/spacing.py)
looks at both, at the line's own habits, and at the neighbours of each pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from cloister.ocr.engine.ink import blanks
from cloister.ocr.engine.shapes import CUT_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cloister.ocr.engine.decode import Read
    from cloister.ocr.engine.ink import Ink
    from cloister.ocr.engine.runtime import Floats

_CLASSES = 8
_WHITE, _NOTHING = 8, 9
"""Kinds of what is no character of a pair."""
_WIDE = "\u2e80"
"""Chinese and Japanese, beyond it, are set without spaces."""
_AT_ONCE = 128
"""Pairs multiplied at once: the library under numpy would wake threads for many more, and they wait busily."""
_CONTEXT = (0, 1, 2, 3, 5)
"""Features of the neighbouring pairs that a pair sees as well."""
_FAR, _FARTHEST = 1.5, 2.5
"""Heights of a line: wider paper than the first, and characters farther apart than the second, say no more."""
_LONG = 40
"""Pairs of a long line."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """The weights: features × hidden, hidden, hidden, and the last bias."""

    first: NDArray[np.float32]
    first_bias: NDArray[np.float32]
    second: NDArray[np.float32]
    second_bias: float

    def parts(self, pairs: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether a word ends between the two characters of each pair."""
        chosen = np.zeros(len(pairs), np.bool_)
        for k in range(0, len(pairs), _AT_ONCE):
            hidden = np.maximum(pairs[k : k + _AT_ONCE] @ self.first + self.first_bias, 0)
            chosen[k : k + _AT_ONCE] = hidden @ self.second + self.second_bias > 0
        return chosen


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every two successive characters of some lines, white space left out; the lines' pairs follow each other."""

    line: NDArray[np.intp]
    """Which line each pair is of."""
    second: NDArray[np.intp]
    """Where each pair's second character stands in its line."""
    before: Floats
    after: Floats
    """Their places."""
    kinds: NDArray[np.intp]
    """The kinds of both, 2 × pairs."""
    said: NDArray[np.bool_]
    """Whether white space was read between the two."""
    wide: NDArray[np.bool_]
    """Whether one of the two is of a script that is set without spaces."""
    space: Floats
    """The highest probability of a space between the two, spaces that were read included."""


def pairs(reads: Sequence[Read]) -> Pairs:
    """The pairs of all of a page's lines at once: calls for each line on its own would take most of the time."""
    characters = [c for read in reads for c in read.characters]
    lengths = np.array([len(read.characters) for read in reads], np.intp)
    line = np.repeat(np.arange(len(reads)), lengths)
    kinds = np.array([_kind(c) for c in characters], np.intp)
    wide = np.array([c > _WIDE for c in characters], np.bool_)
    solid = np.flatnonzero(kinds < _CLASSES)
    first, second = solid[:-1], solid[1:]
    same = line[first] == line[second]
    first, second = first[same], second[same]
    places = np.concatenate([read.places for read in reads])
    shares = np.concatenate([read.shares for read in reads])
    spaces = np.concatenate([read.spaces for read in reads])
    seen = np.append(np.where(kinds == _WHITE, np.maximum(spaces, shares), spaces), 0)
    return Pairs(
        line[first],
        second - (np.cumsum(lengths) - lengths)[line[first]],
        places[first],
        places[second],
        np.array([kinds[first], kinds[second]]),
        second - first > 1,
        wide[first] | wide[second],
        np.maximum.reduceat(seen, np.column_stack([first, second]).ravel() + 1)[::2] if len(first) else seen[:0],
    )


def starts(reads: Sequence[Read], inks: Sequence[Ink | None], spacing: Spacing) -> list[list[tuple[int, float]]]:
    """Where new words start in each line, the first left out: each one's first character, and the column."""
    out: list[list[tuple[int, float]]] = [[] for _ in reads]
    if not reads:
        return out
    found = pairs(reads)
    gaps, middles = blanks(inks, found.line, found.before, found.after)
    told = np.array([ink is not None for ink in inks]) & (np.bincount(found.line, minlength=len(reads)) > 1)
    parts = np.where(told[found.line] & ~found.wide, spacing.parts(features(found, gaps)), found.said)
    ends = np.flatnonzero(parts)
    chosen = (a[ends].tolist() for a in (found.line, found.second, middles))
    for line, second, middle in zip(*chosen, strict=True):
        out[line].append((second, middle))
    return out


def features(found: Pairs, blanks: NDArray[np.float64]) -> NDArray[np.float32]:
    """What is known of each pair of successive characters: one row a pair. `blanks` is the paper between them."""
    # Beyond these the network would be asked for what it was never shown: it once glued a name to its far price.
    gaps = np.minimum(blanks / CUT_HEIGHT, _FAR)
    apart = np.minimum((found.after - found.before) / CUT_HEIGHT, np.float32(_FARTHEST))
    space = np.clip(found.space.astype(float), 1e-6, 1 - 1e-6)
    odds = np.log(space / (1 - space))
    usual, pace = _median(gaps, found.line, 0.75), _median(apart, found.line, 1.0)
    digits = (found.kinds == 0).all(0)
    least, most, count = _range(gaps, found.line)
    own = (
        gaps, np.minimum(gaps, 0.6) - usual, (gaps - usual) / (pace + 0.05), apart - pace, apart / (pace + 0.02),
        odds, np.sqrt(gaps), gaps > 0, usual, pace, digits, digits * gaps, least, most, count,
    )  # fmt: skip
    ends, near = len(own) + 2 * _CLASSES + 1, len(_CONTEXT)
    out = np.zeros((len(gaps), ends + 2 * near), np.float32)
    for column, values in enumerate(own):
        out[:, column] = values
    out[:, ends - 1] = odds * gaps
    rows = np.arange(len(gaps))
    for side, kinds in enumerate(found.kinds):
        out[rows, len(own) + side * _CLASSES + kinds] = 1
    # The neighbours of each pair, where they are of the same line.
    same = np.flatnonzero(found.line[1:] == found.line[:-1])
    shared = out[:, _CONTEXT]
    out[same + 1, ends : ends + near] = shared[same]
    out[same, ends + near :] = shared[same + 1]
    return out


def _median(values: NDArray[np.floating[Any]], line: NDArray[np.intp], share: float) -> NDArray[np.float64]:
    """For each pair the median of the lowest values of its line: of that `share` of them, or of one."""
    ordered = values[np.lexsort((values, line))]
    counts = np.bincount(line)
    first = (np.cumsum(counts) - counts)[line]
    kept = np.maximum(1, (share * counts).astype(int))[line]
    middle: NDArray[np.float64] = (ordered[first + (kept - 1) // 2] + ordered[first + kept // 2]) / 2
    return middle


def _range(
    values: NDArray[np.floating[Any]], line: NDArray[np.intp]
) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """For each pair the lowest and the highest value of its line, and how many there are, as a share of a long line."""
    first = np.flatnonzero(np.diff(line, prepend=-1))
    counts = np.diff(first, append=len(line))
    if not len(first):
        return values, values, values
    low, high = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    return np.repeat(low, counts), np.repeat(high, counts), np.repeat(np.minimum(counts, _LONG) / _LONG, counts)


@lru_cache(maxsize=4096)
def _kind(character: str) -> int:
    if not character:
        return _NOTHING
    if character.isspace():
        return _WHITE
    if character.isdigit():
        return 0
    if character.isalpha():
        return 1 if character.islower() else 2
    for kind, members in enumerate((".,:;!?", ")]}»”", "([{«“", "-–—/'’"), 3):
        if character in members:
            return kind
    return 7
