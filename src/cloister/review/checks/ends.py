"""When the tool is done, no process of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, MEASURED, SOUND, TOGETHER, UNTRACED
from cloister.review.seen import Ending, Observer
from cloister.review.verdict import Exhibit, Finding, Ground, Need, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def check(experiment: Experiment) -> Finding:
    """In a process namespace of its own, so that no process can hide by leaving its parent."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, BAD, KILLED, MEASURED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    return judge(
        "ends",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.controlled(experiment, runs, (Observer.PROCESSES,), content=False),
            grounds.searched(experiment, runs),
            Ground(Need.HORIZON, met=True, why="looked at after a time of grace"),
        ),
        exhibits=tuple(
            Exhibit("a process stayed when the tool had ended", stayed.name, run.case)
            for run in runs
            if run.ending is not Ending.TIMEOUT  # we ended it: the scope is not met then
            for stayed in run.stayed
        ),
        coverage=grounds.coverage(experiment, runs),
    )
