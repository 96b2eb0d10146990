"""Which ways the data took: declared by the command, observed in the runs. Drawn by `cloister review map`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from cloister.review.experiment import Place
from cloister.review.result import Edge
from cloister.review.seen import Ending, What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloister.review.experiment import Experiment
    from cloister.review.seen import Ran

_MOST = 40
_CHANCE = re.compile(r"(?=[A-Za-z_]*\d|[a-z0-9_]{8})[A-Za-z0-9_]{6,}")
"""What may be drawn by chance in a name, such as tmpq3x81k2f."""
INPUT, TOOL, OUTPUT, STDOUT = "input", "tool", "output", "standard output"


def edges(experiment: Experiment) -> tuple[Edge, ...]:
    """Every way, once: what was declared first, then the worst of what was not. At most 40: the findings have all."""
    out = STDOUT if experiment.command.on_stdout else OUTPUT
    opened = any(run.opened_input for run in experiment.runs)
    gave = any(run.output is not None or experiment.command.on_stdout for run in experiment.runs)
    told = [
        Edge(INPUT, TOOL, "the document", "as its owner keeps it", "read only", declared=True, observed=opened),
        Edge(
            TOOL, out, "its text", "as who asked for it keeps it", _protection(experiment), declared=True, observed=gave
        ),
    ]
    return (*told, *_beside(experiment))[:_MOST]


def _protection(experiment: Experiment) -> str:
    modes = {_mode(left.mode) for run in experiment.runs for left in run.left if left.output}
    return ", ".join(sorted(modes)) or _mode(None)


def _mode(mode: int | None) -> str:
    return "unknown" if mode is None else f"mode {mode & 0o777:03o}"


def _beside(experiment: Experiment) -> Iterator[Edge]:
    """What the runs did beside what was declared, each place once for each time that things stay there."""
    places = (Place.FILE, Place.NAME, Place.TARGET)
    holding = {found.item.where for found in experiment.found if found.item.place in places}
    named = _Names(experiment.runs)
    ways: dict[tuple[str, str], tuple[int, set[str]]] = {}
    for run in experiment.runs:
        for rank, target, lifetime, protection in _of(run, holding, named):
            worst, protections = ways.get((target, lifetime), (rank, set()))
            ways[target, lifetime] = min(worst, rank), protections | {protection}
    for (target, lifetime), (rank, held) in sorted(ways.items(), key=lambda each: each[1][0]):
        protection = ", ".join(sorted(held))
        yield Edge(TOOL, target, _CARRIES[rank], lifetime, protection, declared=False, observed=True)


_HOLDS, _SENT, _LOGGED, _STAYS, _GONE = range(5)
_CARRIES = (
    "something of the document",
    "an attempt; it led nowhere",
    "messages",
    "nothing of the document was found",
    "not seen: gone by the end",
)
"""What went that way, the worst first."""


class _Names:
    """Names of places without what was drawn by chance in them, so that the same place has one name in all runs.

    What a run made below a folder of its own making is one place.
    """

    def __init__(self, runs: tuple[Ran, ...]) -> None:
        left, wrote = [left for run in runs for left in run.left], [wrote for run in runs for wrote in run.wrote]
        self._folders = {each.path for each in left if each.what is What.FOLDER and not each.changed}
        self._folders |= {each.path for each in wrote if each.folder}
        paths = {each.path for each in left} | {each.path for each in wrote}
        names = {self._place(path)[0].rpartition("/")[2] for path in paths}
        count = Counter(word for name in names for word in _CHANCE.findall(name))
        self._fixed = {word for word, times in count.items() if times > 1}
        """What stands in several names was not drawn."""

    def of(self, path: str) -> str:
        """The name of the place of a path."""
        place, is_folder = self._place(path)
        folder, slash, name = place.rpartition("/")
        starred = _CHANCE.sub(lambda match: match[0] if match[0] in self._fixed else "*", name)
        return f"{folder}{slash}{starred}{'/' if is_folder else ''}"

    def _place(self, path: str) -> tuple[str, bool]:
        """The topmost folder of a run's own making on the way to it, or the path itself."""
        steps = path.split("/")
        above = ("/".join(steps[:end]) for end in range(2, len(steps) + 1))
        folder = next((each for each in above if each in self._folders), None)
        return (folder, True) if folder else (path, False)


def _of(run: Ran, holding: set[str], named: _Names) -> Iterator[tuple[int, str, str, str]]:
    """What one run did beside what was declared: how bad, where, how long it stays, and its permissions."""
    there = {left.path for left in run.left}
    stays = "stays, of a killed run" if run.ending is Ending.KILLED else "stays"
    for left in run.left:
        if not left.output and left.what is not What.FOLDER:
            rank = _HOLDS if left.path in holding else _STAYS
            yield rank, named.of(left.path), stays, _mode(left.mode)
    for wrote in run.wrote:
        if not (wrote.output or wrote.memory_only or wrote.path in there):
            yield _GONE, named.of(wrote.path), "gone when it ended", _mode(wrote.mode)
    for sent in run.sent:
        yield _SENT, f"{sent.protocol} {sent.to}", "out of reach", "none"
    if run.logged:
        yield _LOGGED, "system log", "as the host keeps it", "the host's"
