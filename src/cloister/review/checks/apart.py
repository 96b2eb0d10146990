"""Runs at the same time know nothing of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.checks.same import output_of
from cloister.review.experiment import AGAIN, SOUND, TOGETHER, Place
from cloister.review.seen import Observer
from cloister.review.verdict import Exhibit, Finding, Ground, Need, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def check(experiment: Experiment) -> Finding:
    """No output holds another document's canary, and the first document reads as it does alone."""
    runs = experiment.of(TOGETHER)
    places = (Place.OUTPUT, Place.STDOUT, Place.STDERR)
    mixed = [
        Exhibit("something of another document is in it", found.item.place.value, run.case, found.surface, found.form)
        for run in experiment.of(TOGETHER, AGAIN, SOUND)
        for found in experiment.found_in(run, *places)
        if found.surely and found.slot != experiment.stimuli[run.case].slot
    ]
    alone = [output_of(experiment, run) for run in experiment.of(AGAIN)]
    if runs and alone and output_of(experiment, runs[0]) not in alone:
        why = "a document reads otherwise at the same time as others than alone"
        if len(set(alone)) > 1:
            why = "its output differs from run to run even alone, so whether others change it cannot be told"
        scope = Ground(Need.SCOPE, met=False, why=why)
    else:
        scope = Ground(Need.SCOPE, met=True, why=f"{len(runs)} runs at the same time, in the same home")
    return judge(
        "runs-apart",
        grounds=(
            grounds.read_back(experiment, runs),
            grounds.controlled(experiment, runs, (Observer.STREAMS,)),
            scope,
            grounds.over(runs),
        ),
        exhibits=tuple(mixed),
        coverage=grounds.coverage(experiment, runs),
        broken=grounds.broken(experiment),
    )
