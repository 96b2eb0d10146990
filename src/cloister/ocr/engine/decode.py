"""From the recogniser's steps to characters, and from characters to words with their boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """The characters of one line, each with its probability.

    `places` are the characters' middles; `spaces` the highest probability of a space between a character
    and the one before it.
    """

    characters: tuple[str, ...]
    places: Floats
    shares: Floats
    spaces: Floats

    @property
    def confidence(self) -> float:
        """The mean probability of the characters."""
        return float(self.shares.mean()) if len(self.shares) else 0.0

    def moved(self, scale: float, left: float) -> Read:
        """The same with other places."""
        return replace(self, places=self.places * scale + left)

    def solid(self) -> Read:
        """The same without white space."""
        keep = [k for k, c in enumerate(self.characters) if c and not c.isspace()]
        chosen = tuple(self.characters[k] for k in keep)
        return Read(chosen, self.places[keep], self.shares[keep], self.spaces[keep])

    def replaced(self, first: int, end: int, other: Read) -> Read:
        """The same with some characters replaced by others; what lies before them stays as it was."""
        spaces = other.spaces.copy()
        if len(spaces):
            spaces[0] = self.spaces[first]
        return Read(
            (*self.characters[:first], *other.characters, *self.characters[end:]),
            np.concatenate((self.places[:first], other.places, self.places[end:])),
            np.concatenate((self.shares[:first], other.shares, self.shares[end:])),
            np.concatenate((self.spaces[:first], spaces, self.spaces[end:])),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A word in its crop: text, confidence, and the box of its ink in the crop's pixels."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]


def collapse(best: Whole, shares: Floats, space: Floats, classes: Sequence[str]) -> Read:
    """Connectionist temporal classification: runs of a class are one character, blanks part them.

    Places are in pixels of what was read.
    """
    edges = np.flatnonzero(np.diff(best)) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(best)]))
    chosen = best[starts]
    keep = chosen != BLANK
    if not keep.any():
        nothing = np.zeros(0, np.float32)
        return Read((), nothing, nothing, nothing)
    peaks = np.minimum(np.maximum.reduceat(shares, starts)[keep], 1.0)
    middles = ((starts + ends) / 2)[keep]
    after = np.concatenate(([0], (middles - 0.5).astype(int) + 1))
    between = np.maximum.reduceat(np.append(space, 0), after)[:-1]
    return Read(
        tuple(classes[k] for k in chosen[keep]),
        (middles * STEP).astype(np.float32),
        peaks,
        between.astype(np.float32),
    )


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
