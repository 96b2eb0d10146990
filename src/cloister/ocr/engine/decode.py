"""From the recogniser's steps to characters, and from characters to words with their boxes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
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
        return sum(self.shares.tolist()) / len(self.shares) if len(self.shares) else 0.0

    def moved(self, scale: float, left: float) -> Read:
        """The same with other places."""
        return Read(self.characters, self.places * scale + left, self.shares, self.spaces)

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
    # In plain Python: after a network ran, a dozen calls of numpy find nothing of theirs in the caches.
    sure, parting = shares.tolist(), space.tolist()
    characters: list[str] = []
    middles: list[float] = []
    peaks: list[float] = []
    between: list[float] = []
    start = parted = 0
    for kind, run in groupby(best.tolist()):
        end = start + len(list(run))
        if kind != BLANK:
            middle = (start + end + 1) // 2
            characters.append(classes[kind])
            middles.append((start + end) / 2 * STEP)
            peaks.append(min(1.0, max(sure[start:end])))
            between.append(max(parting[parted:middle]))
            parted = middle
        start = end
    places, marks, spaces = (np.array(a, np.float32) for a in (middles, peaks, between))
    return Read(tuple(characters), places, marks, spaces)


def words(lines: Sequence[tuple[Read, Cut]], spacing: spaces.Spacing) -> list[list[Found]]:
    """Part each line's characters into words and fit each word's box to its ink."""
    parted = spaces.starts([read for read, _ in lines], [cut.ink for _, cut in lines], spacing)
    return [_words(read, cut, starts) for (read, cut), starts in zip(lines, parted, strict=True)]


def _words(read: Read, cut: Cut, starts: Sequence[tuple[int, float]]) -> list[Found]:
    height, width = cut.pixels.shape
    first, edges = [0], [0]
    for k, column in starts:
        first.append(k)
        edges.append(min(width - 1, max(edges[-1] + 1, round(column))))
    first.append(len(read.characters))
    edges.append(width)
    boxes = cut.ink.boxes(edges) if cut.ink else [None] * (len(edges) - 1)
    shares = read.shares.tolist()
    out = []
    for k, box in enumerate(boxes):
        held = range(first[k], first[k + 1])
        members = [i for i in held if read.characters[i] and not read.characters[i].isspace()]
        if members:
            text = "".join([read.characters[i] for i in members])
            plain = edges[k], height * 0.2, edges[k + 1], height * 0.8
            out.append(Found(text, sum([shares[i] for i in members]) / len(members), box or plain))
    return out
