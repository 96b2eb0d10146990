"""How well a page was read, in the four words that users see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cloister.document import Grade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.document import Line
    from cloister.ocr.engine.script import Told

_EXCELLENT, _GOOD, _FAIR = 0.97, 0.93, 0.80
_WEAK_WORD = 0.6


def grade(lines: Sequence[Line], dropped: int, told: Told) -> Grade:
    """Grade a page by its words' confidences, and by the shares of it that gave no text or are in a foreign script.

    A page on which nothing was found is poor: only evidence of good reading lets a document pass as well read.
    """
    reached = _reached(lines, dropped, told.doubtful)
    return min(reached, Grade.GOOD) if told.says else reached


def _reached(lines: Sequence[Line], dropped: int, doubtful: float) -> Grade:
    words = [word for line in lines for word in line.words]
    if not words:
        return Grade.POOR
    sizes = np.array([len(word.text) for word in words], dtype=float)
    marks = np.array([word.confidence for word in words])
    mean = float((sizes * marks).sum() / sizes.sum())
    weak = float(sizes[marks < _WEAK_WORD].sum() / sizes.sum()) + 0.5 * dropped / (dropped + len(lines))
    weak += doubtful
    if mean >= _EXCELLENT and weak < 0.03:
        return Grade.EXCELLENT
    if mean >= _GOOD and weak < 0.10:
        return Grade.GOOD
    return Grade.FAIR if mean >= _FAIR and weak < 0.25 else Grade.POOR
