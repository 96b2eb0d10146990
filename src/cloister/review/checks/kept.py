"""Nothing of a document is kept: not after it was read, not after a failure, not after a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, MEASURED, SOUND, TOGETHER, UNTRACED, Place
from cloister.review.seen import Observer
from cloister.review.verdict import Finding, Ground, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.review.experiment import Experiment
    from cloister.review.seen import Ran

_PLACES = (Place.FILE, Place.NAME, Place.TARGET)


def _check(
    claim: str, experiment: Experiment, runs: Sequence[Ran], stimulus: Ground, observers: Sequence[Observer]
) -> Finding:
    return judge(
        claim,
        grounds=(
            stimulus,
            grounds.controlled(experiment, runs, observers),
            grounds.joined(grounds.searched(experiment, runs, *_PLACES), grounds.undiffering(experiment)),
            grounds.over(runs),
        ),
        exhibits=grounds.exhibits(experiment, runs, *_PLACES),
        coverage=grounds.coverage(experiment, runs, "memory of processes that had ended was not searched"),
        broken=grounds.broken(experiment),
    )


def after_reading(experiment: Experiment) -> Finding:
    """After a run that read its document."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, MEASURED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    watched = (Observer.WALK, Observer.PROCESSES)
    return _check("nothing-kept", experiment, runs, grounds.read_back(experiment, must), watched)


def after_failure(experiment: Experiment) -> Finding:
    """After a run that could not read its input."""
    runs = experiment.of(BAD)
    watched = (Observer.WALK, Observer.PROCESSES, Observer.TRACE)
    return _check("nothing-kept-after-failure", experiment, runs, grounds.failed(experiment, runs), watched)


def after_kill(experiment: Experiment) -> Finding:
    """After a run that was killed. What stands in the output's own place was asked for, finished or not."""
    runs = experiment.of(KILLED)
    watched = (Observer.WALK, Observer.PROCESSES, Observer.TRACE)
    return _check("nothing-kept-after-kill", experiment, runs, grounds.killed(experiment, runs), watched)
