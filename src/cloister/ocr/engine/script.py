"""Which script lines and pages are written in, so that no page is read by a head that does not know its letters.

The recogniser answers something for any ink. Features of its last layers tell a script that it was never taught
from the letters that it knows: a small network looks at them at every step of a line, takes the mean over the
line, and gives the odds of each script. It is fitted by training/scripts.py to lines that were drawn. What all
lines of a page say together decides for the page, with a margin: to refuse a page wrongly is as bad as to hand
out rubbish for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.languages import Script
from cloister.ocr.engine.shapes import CUT_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cloister.ocr.engine.recognise import Strip
    from cloister.ocr.engine.runtime import Floats

_SURE = 0.98
"""Probability of a foreign script from which a single line is left out."""
LEAST_CONFIDENCE = 0.65
"""Mean probability of its characters from which what was read in a line is believed."""
_WORD = 2.0
"""Length of a line, as all lengths here, below which it is ink and no line, where nothing in it is read well enough."""
_MOST_ODDS = 6.0
"""Logarithmic odds beyond which a line says no more."""
_MARGIN, _MORE = 1.0, 2.0
"""Mean odds from which a page is foreign: a page full of text, and what is added for one that holds hardly any."""
_LITTLE = 10.0
"""Length of text with which a page has half of the margin that is added for little text."""
_LONGEST = 15.0
"""A longer line says no more than one of this length."""
_PITCH = 0.38
"""Width of a digit, usually; as all lengths here, in heights of a line."""
_SURELY_HAN, _SOME_HAN = 0.9, 3.0
"""Lines that are Chinese or Japanese with this probability, of this length in all, ask for the full head."""


class Foreign(Exception):
    """The page is written in a script that this head does not know."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.script = script


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the lines of a page that may be read: each one's script where it is foreign, else None."""

    lines: tuple[Script | None, ...]
    doubtful: float
    """Share of the text that is rather foreign than not."""

    @property
    def says(self) -> str:
        """What is left out, in words; nothing where all is read."""
        found = Counter(script.value for script in self.lines if script is not None).most_common()
        parts = (f"{count} line{'s' * (count > 1)} that look{'s' * (count == 1)} like {name}" for name, count in found)
        return "not read: " + ", ".join(parts) if found else ""


@dataclass(frozen=True, slots=True)
class Scripts:
    """The network: features × hidden, hidden, hidden × scripts, scripts; and the scripts in their order.

    Its first layer runs within the recogniser, at every step.
    """

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    names: tuple[Script, ...]

    def shares(self, seen: Floats) -> NDArray[np.float32]:
        """The probability of each script for each line: lines × scripts."""
        logits = seen @ self.second + self.second_bias
        chances = np.exp(logits - logits.max(1, keepdims=True))
        told: NDArray[np.float32] = chances / chances.sum(1, keepdims=True)
        return told

    def tell(self, strips: Sequence[Strip], *, full: bool) -> Told:
        """Look at all lines of a page; raises `Foreign` where the page is not for this head (the `full` one or not)."""
        if not strips:
            return Told((), 0.0)
        shares = self.shares(np.stack([strip.seen for strip in strips]))
        weights = np.array([_weight(strip) for strip in strips])
        latin, han = self.names.index(Script.LATIN), self.names.index(Script.HAN)
        foreign = shares.copy()
        foreign[:, [latin, han]] = 0
        chances = foreign.sum(1)
        rest = np.maximum(1 - chances, 0)  # rounding can leave a little less than nothing
        odds = np.clip(np.log(chances + 1e-9) - np.log(rest + 1e-9), -_MOST_ODDS, _MOST_ODDS)
        text = float(weights.sum())
        if float(odds @ weights) > (_MARGIN + _MORE * _LITTLE / (_LITTLE + text)) * text:
            raise Foreign(self.names[int((weights @ foreign).argmax())])
        is_han = shares[:, han] > _SURELY_HAN
        if not full and float(weights[is_han].sum()) >= _SOME_HAN:
            raise Foreign(Script.HAN)
        out: list[Script | None] = [None] * len(strips)
        for k in np.flatnonzero((chances > _SURE) | (is_han & (not full))).tolist():
            if not is_han[k] and weights[k] < _WORD and strips[k].read.confidence < LEAST_CONFIDENCE:
                continue
            out[k] = Script.HAN if is_han[k] else self.names[int(foreign[k].argmax())]
        doubted = (chances > 0.5) | (is_han & (not full))
        return Told(tuple(out), float(weights[doubted].sum()) / max(text, 1e-9))


def pooled(features: Floats, steps: int) -> Floats:
    """What tells the script of one line: the mean over its steps, the first ones of features × steps."""
    mean: Floats = features[:, :steps].mean(1)
    return mean


def _weight(strip: Strip) -> float:
    """How much a line says of its page's script: its length without digits and signs, which every script shares."""
    length = strip.cut.width / CUT_HEIGHT
    marks = sum(not (c.isalpha() or c.isspace()) for c in strip.read.characters)
    return min(_LONGEST, length) * (1 - min(1.0, marks * _PITCH / length))
