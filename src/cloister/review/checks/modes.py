"""No other user of the machine may read, or write, a file that the tool makes."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, SOUND, TOGETHER, UNTRACED, Place
from cloister.review.seen import Observer, Ran, What
from cloister.review.verdict import Exhibit, Finding, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloister.review.experiment import Experiment

_OTHERS = 0o066


def check(experiment: Experiment) -> Finding:
    """The output and all else that is left; a file in a folder that is closed to others is closed itself."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, BAD, KILLED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    return judge(
        "private-files",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.controlled(experiment, runs, (Observer.WALK,), content=False),
            grounds.joined(grounds.searched(experiment, runs, Place.FILE), grounds.undiffering(experiment)),
            grounds.over(runs),
        ),
        exhibits=tuple(exhibit for run in runs for exhibit in _open_to_others(run)),
        coverage=grounds.coverage(experiment, runs, "the usual file creation mask (022) was in force"),
    )


def _open_to_others(run: Ran) -> Iterator[Exhibit]:
    closed = {left.path for left in run.left if left.what is What.FOLDER and not left.mode & 0o011}
    for left in run.left:
        if left.what is not What.FILE or not left.mode & _OTHERS:
            continue
        if any(str(parent) in closed for parent in PurePosixPath(left.path).parents):
            continue
        may = "read and write" if left.mode & 0o022 else "read"
        which = "the output" if left.output else "a file that it left"
        yield Exhibit(f"other users may {may} {which} (mode {left.mode & 0o777:03o})", left.path, run.case)
    for wrote in run.wrote:
        if wrote.mode is None or wrote.memory_only or not wrote.mode & ~0o022 & _OTHERS:
            continue
        if wrote.mode & 0o111 or any(left.path == wrote.path for left in run.left):
            continue
        yield Exhibit("other users could read a file while it was there", wrote.path, run.case)
