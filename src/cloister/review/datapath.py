"""Which ways the data took: declared by the command, observed in the runs. Drawn by `cloister review map`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cloister.review.experiment import Place
from cloister.review.result import Edge
from cloister.review.seen import What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloister.review.experiment import Experiment
    from cloister.review.seen import Ran

_MOST = 40
_CHANCE = re.compile(r"(?=[A-Za-z_]*\d|[a-z0-9_]{8})[A-Za-z0-9_]{6,}")
"""What looks drawn by chance in a name, such as tmpq3x81k2f."""
INPUT, TOOL, OUTPUT, STDOUT = "input", "tool", "output", "standard output"


def edges(experiment: Experiment) -> tuple[Edge, ...]:
    """Every way, once; what was declared first. At most 40: the rest is in the findings."""
    out = STDOUT if experiment.command.on_stdout else OUTPUT
    opened = any(run.opened_input for run in experiment.runs)
    gave = any(run.output is not None or experiment.command.on_stdout for run in experiment.runs)
    told = [
        Edge(INPUT, TOOL, "the document", "as its owner keeps it", "read only", declared=True, observed=opened),
        Edge(
            TOOL, out, "its text", "as who asked for it keeps it", _protection(experiment), declared=True, observed=gave
        ),
    ]
    places = (Place.FILE, Place.NAME, Place.TARGET)
    holding = {pattern(found.item.where) for found in experiment.found if found.item.place in places}
    told += [edge for run in experiment.runs for edge in _of(run, holding)]
    return tuple(dict.fromkeys(told))[:_MOST]


def _protection(experiment: Experiment) -> str:
    modes = {left.mode & 0o777 for run in experiment.runs for left in run.left if left.output}
    return ", ".join(f"mode {mode:03o}" for mode in sorted(modes)) or "unknown"


def pattern(path: str) -> str:
    """A path without what was drawn by chance in it, so that the same place has one name."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + _CHANCE.sub("*", name)


def _of(run: Ran, holding: set[str]) -> Iterator[Edge]:
    """What one run did beside what was declared; `holding` are the places in which something was ever found."""
    there = {left.path for left in run.left}
    for left in run.left:
        if left.output or left.what is What.FOLDER:
            continue
        carries = "something of the document" if pattern(left.path) in holding else "nothing of the document was found"
        mode = f"mode {left.mode & 0o777:03o}"
        yield Edge(TOOL, pattern(left.path), carries, "stays", mode, declared=False, observed=True)
    for wrote in run.wrote:
        if wrote.output or wrote.memory_only or wrote.path in there:
            continue
        mode = "unknown" if wrote.mode is None else f"mode {wrote.mode & 0o777:03o}"
        lasts = "gone when it ended"
        yield Edge(TOOL, pattern(wrote.path), "not seen: gone by the end", lasts, mode, declared=False, observed=True)
    for sent in run.sent:
        to = f"{sent.protocol} {sent.to}"
        yield Edge(TOOL, to, "an attempt; it led nowhere", "out of reach", "none", declared=False, observed=True)
    if run.logged:
        yield Edge(TOOL, "system log", "messages", "as the host keeps it", "the host's", declared=False, observed=True)
