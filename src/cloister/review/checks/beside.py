"""While it runs, the tool writes to no file but its output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, SOUND, TOGETHER, UNTRACED, Place
from cloister.review.seen import Observer
from cloister.review.verdict import Exhibit, Finding, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def check(experiment: Experiment) -> Finding:
    """Both observers: the trace for what is gone by the end, the walk for what it does not name."""
    must = experiment.of(AGAIN, SOUND, TOGETHER, UNTRACED)
    traced = experiment.of(AGAIN, SOUND, TOGETHER, BAD, KILLED)
    every = experiment.of(AGAIN, SOUND, TOGETHER, UNTRACED, BAD, KILLED)
    wrote = [
        Exhibit("a file beside the output was written", wrote.path, run.case)
        for run in traced
        for wrote in run.wrote
        if not wrote.output and not wrote.memory_only
    ]
    left = [
        Exhibit("a file beside the output was left", left.path, run.case)
        for run in every
        for left in run.left
        if not left.output and left.path.startswith("/")  # shared memory and keys are no files
    ]
    return judge(
        "nothing-written-beside",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.controlled(experiment, every, (Observer.TRACE, Observer.WALK), content=False),
            grounds.joined(grounds.searched(experiment, every, Place.FILE), grounds.undiffering(experiment)),
            grounds.over(every),
        ),
        exhibits=_once((*wrote, *left)),
        coverage=grounds.coverage(experiment, every),
    )


def _once(exhibits: tuple[Exhibit, ...]) -> tuple[Exhibit, ...]:
    """One exhibit for each place."""
    return tuple({exhibit.where: exhibit for exhibit in reversed(exhibits)}.values())[::-1]
