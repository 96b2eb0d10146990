"""The input is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, SOUND, TOGETHER, UNTRACED
from cloister.review.seen import Observer
from cloister.review.verdict import Exhibit, Finding, Ground, Need, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def check(experiment: Experiment) -> Finding:
    """Its bytes, its mode and its name."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, BAD, KILLED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    unknown = [run for run in runs if run.input_as_before is None]
    scope = Ground(Need.SCOPE, met=not unknown, why="the input was compared after every run")
    if unknown:
        scope = Ground(Need.SCOPE, met=False, why="the input could not be looked at after every run")
    return judge(
        "input-untouched",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.controlled(experiment, runs, (Observer.WALK,), content=False),
            scope,
            grounds.over(runs),
        ),
        exhibits=tuple(Exhibit("the input was changed", "", run.case) for run in runs if run.input_as_before is False),
        coverage=grounds.coverage(experiment, runs),
    )
