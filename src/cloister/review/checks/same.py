"""The same input gives the same output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, UNTRACED
from cloister.review.seen import Ending, Observer
from cloister.review.verdict import Exhibit, Finding, Ground, Need, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment
    from cloister.review.seen import Ran

_PLAIN = frozenset({"txt", "md", "json", "csv", "tsv", "hocr", "html", "xml", "alto"})
"""Formats in which every byte is said on purpose. Others carry dates and numbers drawn by chance."""


def output_of(experiment: Experiment, run: Ran) -> bytes:
    """What a run gave as its output."""
    output = run.stdout if experiment.command.on_stdout else run.output
    return output.open() if output is not None else b""


def check(experiment: Experiment) -> Finding:
    """One document, several times in the same surroundings and once in others."""
    runs = experiment.of(AGAIN, UNTRACED)
    ended = [run for run in runs if run.ending is not Ending.TIMEOUT]  # what was cut off by us has no output
    outputs = [output_of(experiment, run) for run in ended]
    differing = [run for run, output in zip(ended, outputs, strict=True) if output != outputs[0]]
    plain = experiment.command.on_stdout or experiment.plan.output_suffix in _PLAIN
    scope = Ground(Need.SCOPE, met=True, why=f"the outputs of {len(ended)} runs were compared byte by byte")
    if len(ended) < len(runs):
        scope = Ground(Need.SCOPE, met=False, why=f"a run ended by {Ending.TIMEOUT.value}")
    elif differing and not plain:
        scope = Ground(Need.SCOPE, met=False, why="the bytes differ, in a format that may carry dates and chance")
    return judge(
        "same-output",
        grounds=(
            grounds.read_back(experiment, runs),
            grounds.controlled(experiment, runs, (Observer.STREAMS,), content=False),
            scope,
            grounds.over(runs),
        ),
        exhibits=tuple(Exhibit("the same document gave another output", "", run.case) for run in differing if plain),
        coverage=grounds.coverage(experiment, runs),
    )
