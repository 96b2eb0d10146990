"""No other user of the machine may read, or write, a file that the tool makes."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD, KILLED, SOUND, TOGETHER, UNTRACED, Place
from cloister.review.seen import Observer, Ran, What, Wrote
from cloister.review.verdict import Exhibit, Finding, Ground, Need, judge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cloister.review.experiment import Experiment

_OTHERS, _ENTER = 0o066, 0o011


def check(experiment: Experiment) -> Finding:
    """The output and all else that is left; a file in a folder that is closed to others is closed itself."""
    runs = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER, BAD, KILLED)
    must = experiment.of(AGAIN, SOUND, UNTRACED, TOGETHER)
    private, shut = _private(runs), _shut(runs)
    return judge(
        "private-files",
        grounds=(
            grounds.read_back(experiment, must),
            grounds.controlled(experiment, runs, (Observer.WALK,), content=False),
            grounds.joined(
                grounds.searched(experiment, runs, Place.FILE), grounds.undiffering(experiment), _made_once(runs)
            ),
            grounds.over(runs),
        ),
        exhibits=tuple(exhibit for run in runs for exhibit in _open_to_others(run, private, shut)),
        coverage=grounds.coverage(experiment, runs, "the usual file creation mask (022) was in force"),
    )


def _made(run: Ran) -> dict[str, Wrote]:
    """The first time that each path was opened in a way that can make it: later ones leave its mode as it is."""
    made: dict[str, Wrote] = {}
    for wrote in run.wrote:
        if wrote.mode is not None and not wrote.source:
            made.setdefault(wrote.path, wrote)
    return made


def _open(wrote: Wrote) -> bool:
    return wrote.mode is not None and bool(wrote.mode & ~0o022 & _OTHERS)


def _private(runs: Sequence[Ran]) -> frozenset[str]:
    """The paths that some run made private: another run, in the same home, may have opened what was there already."""
    return frozenset(path for run in runs for path, wrote in _made(run).items() if not _open(wrote))


def _made_once(runs: Sequence[Ran]) -> Ground:
    """A file that was made private, taken away and made anew would be open to others, and nobody saw which it was."""
    private = _private(runs)
    opened = [wrote for run in runs for wrote in run.wrote if _open(wrote) and not wrote.memory_only]
    if any(wrote.path in private for wrote in opened):
        why = "a file that was private may have been made anew, open to others"
        return Ground(Need.SCOPE, met=False, why=why)
    if any(wrote.source for wrote in opened):
        why = "the input was opened for writing, and may have been made anew, open to others"
        return Ground(Need.SCOPE, met=False, why=why)
    return Ground(Need.SCOPE, met=True, why="no file was made a second time")


def _shut(runs: Sequence[Ran]) -> frozenset[str]:
    """The folders that others could not enter from their making to their end, as temporary ones are made.

    None where something may have been moved out of them, or where permissions were changed so that others may enter
    what may be one of them: a path of a change can lead through links.
    """
    wrote = [each for run in runs for each in run.wrote]
    if any(not each.folder and (each.mode or 0) & _ENTER for each in wrote):
        return frozenset()
    made = [each for each in wrote if each.folder and each.mode is not None]
    shut = {each.path for each in made} - {each.path for each in made if (each.mode or 0) & _ENTER}
    other = (each for each in wrote if each.mode is None and not (each.output or each.memory_only))
    return frozenset() if any(not _below(each.path, shut) for each in other) else frozenset(shut)


def _open_to_others(run: Ran, private: frozenset[str], shut: frozenset[str]) -> Iterator[Exhibit]:
    closed = {left.path for left in run.left if left.what is What.FOLDER and not left.mode & _ENTER}
    told = set()
    for left in run.left:
        if left.what is not What.FILE or not left.mode & _OTHERS or _below(left.path, closed):
            continue
        may = "read and write" if left.mode & 0o022 else "read"
        which = "the output" if left.output else "a file that it left"
        told.add(left.path)
        yield Exhibit(f"other users may {may} {which} (mode {left.mode & 0o777:03o})", left.path, run.case)
    for wrote in _made(run).values():
        if wrote.memory_only or not _open(wrote) or wrote.path in private or wrote.path in told:
            continue
        if (wrote.mode or 0) & 0o111 or _below(wrote.path, closed | shut):
            continue
        yield Exhibit("other users could read a file for a time", wrote.path, run.case)


def _below(path: str, folders: Collection[str]) -> bool:
    return any(str(parent) in folders for parent in PurePosixPath(path).parents)
