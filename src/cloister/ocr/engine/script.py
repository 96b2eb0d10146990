"""Which script lines and pages are written in, so that no page is read by a head that does not know its letters.

The recogniser answers something for any ink. What its last layer looks at tells a script that it was never taught
from the letters that it knows: a small network (one hidden layer, fitted by training/scripts.py on lines that were
drawn) looks at the mean of these features over a line. What its lines say together decides for the page, with a
margin: a page that is refused wrongly is as bad as rubbish that is handed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.languages import Script

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.ocr.engine.runtime import Floats, Whole

_SURE = 0.98
"""Probability of not being Latin from which a line counts as foreign."""
_MOSTLY = 0.5
"""Share of a page's text, by length, from which its foreign lines stand for the page."""
_SOME = 2.0
"""Chinese or Japanese of so many characters on a page asks for the full head."""
_LONGEST = 15.0
"""Characters, about: a longer line says no more than one of this length."""


class Foreign(Exception):
    """The page is written in a script that this head does not know."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.script = script


def pooled(features: Floats, best: Whole) -> Floats:
    """What tells the script of one line, from its steps × features and the class read at each step."""
    del best
    mean: Floats = features.mean(0)
    return mean


@dataclass(frozen=True, slots=True)
class Scripts:
    """The network: features × hidden, hidden, hidden × scripts, scripts; and the scripts it tells apart."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    names: tuple[Script, ...]

    def shares(self, seen: Floats) -> NDArray[np.float32]:
        """The probability of each script for each line: lines × scripts."""
        logits = np.maximum(seen @ self.first + self.first_bias, 0) @ self.second + self.second_bias
        chances = np.exp(logits - logits.max(1, keepdims=True))
        told: NDArray[np.float32] = chances / chances.sum(1, keepdims=True)
        return told
