"""Nothing of a document is kept: not after it was read, not after a failure, not after a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.checks import beside
from cloister.review.experiment import AGAIN, BAD, KILLED, MEASURED, SOUND, TOGETHER, UNTRACED, Place
from cloister.review.seen import Observer
from cloister.review.verdict import Finding, Ground, Need, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.review.experiment import Experiment
    from cloister.review.seen import Ran

_PLACES = (Place.FILE, Place.NAME, Place.TARGET)
_READ = (AGAIN, SOUND, UNTRACED, TOGETHER, MEASURED)


def _check(
    claim: str,
    experiment: Experiment,
    runs: Sequence[Ran],
    stimulus: Ground,
    observers: Sequence[Observer],
    *scopes: Ground,
) -> Finding:
    return judge(
        claim,
        grounds=(
            stimulus,
            grounds.controlled(experiment, runs, observers),
            grounds.joined(grounds.searched(experiment, runs, *_PLACES), grounds.undiffering(experiment), *scopes),
            grounds.over(runs),
        ),
        exhibits=grounds.exhibits(experiment, runs, *_PLACES),
        coverage=grounds.coverage(experiment, runs, "memory of processes that had ended was not searched"),
        broken=grounds.broken(experiment),
    )


def after_reading(experiment: Experiment) -> Finding:
    """After a run that read its document."""
    runs = experiment.of(*_READ)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    watched = (Observer.WALK, Observer.PROCESSES)
    return _check("nothing-kept", experiment, runs, grounds.read_back(experiment, must), watched)


def _keeps_nothing(experiment: Experiment) -> Ground:
    """A tool that keeps something when all goes well also keeps it when the same run fails or is killed at its end."""
    runs = experiment.of(*_READ)
    if grounds.exhibits(experiment, runs, *_PLACES):
        why = "runs that ended by themselves left something, so one that is stopped late may too"
        return Ground(Need.SCOPE, met=False, why=why)
    searched = grounds.searched(experiment, runs, *_PLACES)
    if not searched.met:
        why = f"whether runs that are not stopped leave something is not known: {searched.why}"
        return Ground(Need.SCOPE, met=False, why=why)
    return Ground(Need.SCOPE, met=True, why="runs that ended by themselves left nothing")


def _writes_nothing(experiment: Experiment) -> Ground:
    """What is written and taken away again stays when the kill falls in between, and ours need not have."""
    if beside.check(experiment).exhibits:
        why = "it writes files beside its output, which a kill at another moment would leave"
        return Ground(Need.SCOPE, met=False, why=why)
    return Ground(Need.SCOPE, met=True, why="it writes no file that a kill at another moment could leave")


def after_failure(experiment: Experiment) -> Finding:
    """After a run that could not read its input."""
    runs = experiment.of(BAD)
    watched = (Observer.WALK, Observer.PROCESSES, Observer.TRACE)
    stimulus = grounds.failed(experiment, runs)
    return _check("nothing-kept-after-failure", experiment, runs, stimulus, watched, _keeps_nothing(experiment))


def after_kill(experiment: Experiment) -> Finding:
    """After a run that was killed. What stands in the output's own place was asked for, finished or not."""
    runs = experiment.of(KILLED)
    watched = (Observer.WALK, Observer.PROCESSES, Observer.TRACE)
    scopes = (_keeps_nothing(experiment), _writes_nothing(experiment))
    return _check("nothing-kept-after-kill", experiment, runs, grounds.killed(experiment, runs), watched, *scopes)
