"""Nothing of a document stands in the error messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import BAD, Place
from cloister.review.seen import Observer
from cloister.review.verdict import Finding, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def check(experiment: Experiment) -> Finding:
    """Of runs that failed: both streams, and an output that tells of the failure."""
    runs = experiment.of(BAD)
    places = (Place.STDERR, Place.STDOUT)
    return judge(
        "error-clean",
        grounds=(
            grounds.failed(experiment, runs),
            grounds.controlled(experiment, runs, (Observer.STREAMS, Observer.TRACE)),
            grounds.searched(experiment, runs, *places),
            grounds.over(runs),
        ),
        exhibits=grounds.exhibits(experiment, runs, *places),
        coverage=grounds.coverage(experiment, runs),
        broken=grounds.broken(experiment),
    )
