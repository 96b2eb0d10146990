"""Nothing of a document stands in what the tool logs."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, MEASURED, SOUND, TOGETHER, UNTRACED, Place
from cloister.review.seen import Observer
from cloister.review.verdict import Exhibit, Finding, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment


def _a_log(path: str) -> bool:
    parts = PurePosixPath(path.lower())
    return "log" in parts.name or any(part in {"log", "logs"} for part in parts.parts)


def check(experiment: Experiment) -> Finding:
    """Standard error, the system log, and files that look like logs. Standard output where it is not the output."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, BAD, KILLED, MEASURED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    streams: tuple[Place, ...] = (Place.STDERR, Place.LOG)
    if not experiment.command.on_stdout:
        streams = (*streams, Place.STDOUT)
    files: tuple[Exhibit, ...] = tuple(
        exhibit for exhibit in grounds.exhibits(experiment, runs, Place.FILE, Place.NAME) if _a_log(exhibit.where)
    )
    return judge(
        "log-clean",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.controlled(experiment, runs, (Observer.STREAMS, Observer.SYSLOG, Observer.WALK)),
            grounds.joined(grounds.searched(experiment, runs, *streams, Place.FILE), grounds.undiffering(experiment)),
            grounds.over(runs),
        ),
        exhibits=(*grounds.exhibits(experiment, runs, *streams), *files),
        coverage=grounds.coverage(experiment, runs),
        broken=grounds.broken(experiment),
    )
