"""The tool reads what documents look like, as well as asked: by kind of page, with confidence intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import accuracy, grounds
from cloister.review.experiment import MEASURED
from cloister.review.verdict import Exhibit, Finding, Ground, Need, Verdict, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment

CLAIM = "reads"


def check(experiment: Experiment) -> Finding:
    """Verified where the lower bound of every kind of page is above what was asked, refuted where an upper is below."""
    runs = experiment.of(MEASURED)
    asked = experiment.plan.recall
    if asked is None:
        return Finding(
            CLAIM, Verdict.NOT_CLAIMED, "no least recall was asked for", coverage=grounds.coverage(experiment, runs)
        )
    told = accuracy.strata(experiment)
    short = tuple(
        Exhibit(f"{each.high:.1%} of the words at best where {asked:.1%} were asked for", each.name, MEASURED)
        for each in told
        if each.high < asked
    )
    unsure = [each for each in told if each.low < asked]
    scope = Ground(Need.SCOPE, met=True, why=f"{sum(each.words for each in told)} words of {len(told)} kinds of page")
    if not told:
        scope = Ground(Need.SCOPE, met=False, why="no output could be compared with its truth as text")
    elif unsure:
        scope = Ground(Need.SCOPE, met=False, why="too few pages to tell for every kind: raise --pages")
    return judge(
        CLAIM,
        grounds=(
            grounds.read_back(experiment, experiment.of("again")),
            Ground(Need.CONTROL, met=True, why="the truth is exact, as the pages were drawn from it"),
            scope,
            Ground(Need.HORIZON, met=True, why="nothing more can come"),
        ),
        exhibits=short,
        coverage=grounds.coverage(experiment, runs, "generated pages, not the owner's own"),
    )
