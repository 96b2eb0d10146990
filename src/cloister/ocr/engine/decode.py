"""From the recogniser's steps to characters, and from characters to words with their boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine import ink as inks
from cloister.ocr.engine import spaces
from cloister.ocr.engine.models import BLANK
from cloister.ocr.engine.shapes import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.ocr.engine.runtime import Floats, Pixels, Whole


@dataclass(frozen=True, slots=True)
class Read:
    """The characters of one line; `places` are their middles in steps, `shares` their probabilities."""

    characters: tuple[str, ...]
    places: Floats
    shares: Floats
    spaces: Floats
    """The probability of a space at every step."""

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


def collapse(best: Whole, shares: Floats, space: Floats, classes: Sequence[str]) -> Read:
    """Connectionist temporal classification: runs of a class are one character, blanks part them."""
    edges = np.flatnonzero(np.diff(best)) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(best)]))
    chosen = best[starts]
    keep = chosen != BLANK
    starts, ends, chosen = starts[keep], ends[keep], chosen[keep]
    peaks = np.maximum.reduceat(shares, starts) if len(starts) else np.zeros(0, np.float32)
    return Read(
        tuple(classes[k] for k in chosen),
        ((starts + ends) / 2).astype(np.float32),
        np.minimum(peaks, 1.0) if len(starts) else peaks,
        space.copy(),
    )


def words(read: Read, crop: Pixels, stretch: float) -> list[Found]:
    """Part a line's characters into words and fit each one's box to its ink."""
    ink = inks.find(crop)
    missing = spaces.repair(read, ink, stretch)
    out: list[Found] = []
    groups: list[list[int]] = [[]]
    for k, character in enumerate(read.characters):
        if character.isspace() or not character:
            groups.append([])
            continue
        if missing[k]:
            groups.append([])
        groups[-1].append(k)
    groups = [group for group in groups if group]
    left = 0.0
    for number, group in enumerate(groups):
        last = float(read.places[group[-1]]) * STEP
        right: float = crop.shape[1]
        if number + 1 < len(groups):
            after = float(read.places[groups[number + 1][0]]) * STEP
            right = ink.blank_between(last, after)[1] if ink else (last + after) / 2
        text = "".join(read.characters[k] for k in group)
        box = ink.tight(round(left), max(round(left) + 1, round(right))) if ink else None
        first = float(read.places[group[0]]) * STEP
        plain = (max(left, first - STEP), crop.shape[0] * 0.15, min(right, last + STEP), crop.shape[0] * 0.85)
        out.append(Found(text, float(read.shares[group].mean()), box or plain))
        left = right
    return out
