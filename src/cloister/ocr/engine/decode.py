"""From the recogniser's steps to characters, and from characters to words with their boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine import spaces
from cloister.ocr.engine.models import BLANK
from cloister.ocr.engine.shapes import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.ocr.engine.crop import Cut
    from cloister.ocr.engine.runtime import Floats, Whole


@dataclass(frozen=True, slots=True)
class Read:
    """The characters of one line; `places` are their middles in pixels of the cut, `shares` their probabilities."""

    characters: tuple[str, ...]
    places: Floats
    shares: Floats
    spaces: Floats
    """The probability of a space at every step."""
    left: int
    """Where in the cut the reading starts."""
    stretch: float
    """Pixels that were read to one pixel of the cut."""

    @property
    def confidence(self) -> float:
        """The mean probability of the characters."""
        return float(self.shares.mean()) if len(self.shares) else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A word in its crop: text, confidence, and the box of its ink in the crop's pixels."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]


def collapse(best: Whole, shares: Floats, space: Floats, classes: Sequence[str], left: int, stretch: float) -> Read:
    """Connectionist temporal classification: runs of a class are one character, blanks part them.

    `left` and `stretch` lead from the pixels that were read back to the pixels of the cut.
    """
    edges = np.flatnonzero(np.diff(best)) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(best)]))
    chosen = best[starts]
    keep = chosen != BLANK
    if not keep.any():
        nothing = np.zeros(0, np.float32)
        return Read((), nothing, nothing, space.copy(), left, stretch)
    peaks = np.minimum(np.maximum.reduceat(shares, starts)[keep], 1.0)
    places = ((starts + ends) / 2)[keep] * (STEP / stretch) + left
    return Read(tuple(classes[k] for k in chosen[keep]), places, peaks, space.copy(), left, stretch)


def words(read: Read, cut: Cut, spacing: spaces.Spacing) -> list[Found]:
    """Part a line's characters into words and fit each one's box to its ink."""
    first = set(spaces.starts(read, cut.ink, spacing))
    groups: list[list[int]] = [[]]
    for k, character in enumerate(read.characters):
        if k in first:
            groups.append([])
        if character and not character.isspace():
            groups[-1].append(k)
    groups = [group for group in groups if group]
    out: list[Found] = []
    left = 0.0
    height, width = cut.pixels.shape
    for number, group in enumerate(groups):
        last = float(read.places[group[-1]])
        right: float = width
        if number + 1 < len(groups):
            after = float(read.places[groups[number + 1][0]])
            right = cut.ink.blank_between(last, after)[1] if cut.ink else (last + after) / 2
        text = "".join(read.characters[k] for k in group)
        box = cut.ink.tight(round(left), max(round(left) + 1, round(right))) if cut.ink else None
        start, end = max(left, float(read.places[group[0]]) - STEP), max(left + 1, min(right, last + STEP))
        plain = start, height * 0.2, end, height * 0.8
        out.append(Found(text, float(read.shares[group].mean()), box or plain))
        left = right
    return out
