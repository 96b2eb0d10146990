"""How much of each kind of page came back: words, without their order, with 95% confidence intervals."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from cloister.review.checks.same import output_of
from cloister.review.experiment import MEASURED
from cloister.review.result import Stratum

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment

_OUTER = ".,:;!?()[]{}\"'`“”‘’«»„-_*|/\\=~•·—–¬"
_Z = 1.959964
"""The normal distribution's quantile of a 95% interval."""
_TEXT = frozenset({"txt", "md"})


def words(text: str) -> Counter[str]:
    """The words of a text, folded, without punctuation around them."""
    folded = (word.casefold().strip(_OUTER) for word in unicodedata.normalize("NFC", text).split())
    return Counter(word for word in folded if word)


def interval(hits: int, of: int, clusters: int) -> tuple[float, float]:
    """The bounds of Wilson's interval, widened for words that come in pages: one page's words fare alike.

    The effective number is that of words, divided by a design effect of 1 + (words a page - 1) × 0.05.
    """
    if not of:
        return 0.0, 1.0
    effect = 1 + (of / max(clusters, 1) - 1) * 0.05
    n, share = of / max(effect, 1.0), hits / of
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n)) / (1 + _Z**2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def strata(experiment: Experiment) -> tuple[Stratum, ...]:
    """Every kind of page that was measured. Empty where outputs are no plain text: only text is compared."""
    if not experiment.command.on_stdout and experiment.plan.output_suffix not in _TEXT:
        return ()
    sums: dict[str, list[int]] = {}
    for run in experiment.of(MEASURED):
        stimulus = experiment.stimuli[run.case]
        true = words(stimulus.truth.open().decode())
        read = words(output_of(experiment, run).decode(errors="replace"))
        told = sums.setdefault(stimulus.stratum, [0, 0, 0, 0])
        for i, value in enumerate((1, true.total(), (true & read).total(), read.total())):
            told[i] += value
    return tuple(
        Stratum(
            name, pages, true, hits / true if true else 0.0, *interval(hits, true, pages), hits / read if read else 0.0
        )
        for name, (pages, true, hits, read) in sums.items()
    )
