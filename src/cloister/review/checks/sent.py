"""The tool reaches for no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, MEASURED, SOUND, TOGETHER, UNTRACED
from cloister.review.seen import Observer
from cloister.review.verdict import Exhibit, Finding, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def check(experiment: Experiment) -> Finding:
    """In every run, whether it was to succeed or not; packets by the capture, attempts by the trace."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, BAD, KILLED, MEASURED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    exhibits = tuple(
        Exhibit(f"it tried to reach the network ({sent.by.value})", f"{sent.protocol} {sent.to}", run.case)
        for run in runs
        for sent in run.sent
    )
    traced = experiment.of(AGAIN, SOUND, TOGETHER)
    return judge(
        "nothing-sent",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.joined(
                grounds.controlled(experiment, runs, (Observer.NETWORK,), content=False),
                grounds.controlled(experiment, traced, (Observer.TRACE,), content=False),
            ),
            grounds.joined(grounds.searched(experiment, runs), grounds.undiffering(experiment)),
            grounds.over(runs),
        ),
        exhibits=exhibits,
        coverage=grounds.coverage(experiment, runs, "it had a network of its own that leads nowhere"),
    )
