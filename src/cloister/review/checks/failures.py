"""What cannot be read ends with an exit code and a message, and never with an empty success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review import grounds
from cloister.review.experiment import AGAIN, BAD
from cloister.review.seen import Ending, Observer
from cloister.review.stimuli import CUT, NO_PLACE
from cloister.review.verdict import Exhibit, Finding, judge

if TYPE_CHECKING:
    from cloister.review.experiment import Experiment
    from cloister.review.seen import Ran

_PASSED_OFF = {NO_PLACE: "its output could not be written, and it says that all went well"}


def check(experiment: Experiment) -> Finding:
    """Empty, cut off, damaged, and no document at all; and a sound page must not come out empty either."""
    bad, sound = experiment.of(BAD), experiment.of(AGAIN)
    told = [(run, what) for run in bad if (what := _wrong(experiment, run))]
    told += [
        (run, "a readable page came out empty, as a success")
        for run in sound
        if (run.ending, run.code) == (Ending.EXIT, 0) and _is_empty(experiment, run) and run.opened_input
    ]
    return judge(
        "failures-told",
        grounds=(
            grounds.failed(experiment, bad),
            grounds.controlled(experiment, bad, (Observer.STREAMS, Observer.TRACE), content=False),
            grounds.searched(experiment, bad),
            grounds.over(bad),
        ),
        exhibits=tuple(Exhibit(what, run.case.partition("/")[2], run.case) for run, what in told),
        coverage=grounds.coverage(experiment, bad),
    )


def _heard(run: Ran) -> bool:
    """Whether what it said could be heard: what is not there says nothing where nobody listened."""
    return run.watch(Observer.STREAMS).present


def _is_empty(experiment: Experiment, run: Ran) -> bool:
    """Whether the output has no word, as far as bytes tell."""
    if experiment.command.on_stdout:
        return _heard(run) and not run.stdout.open().split()
    return run.output is None or not run.output.open().split()


def _wrong(experiment: Experiment, run: Ran) -> str:
    """What is wrong with the way in which a bad input ended, or nothing."""
    match run.ending, run.code:
        case Ending.TIMEOUT, _:
            return "it did not end on a bad input"
        case Ending.SIGNAL, _:
            return "it crashed on a bad input instead of refusing it"
        case Ending.EXIT, 0:
            return _passed(experiment, run)
        case Ending.EXIT, _ if _heard(run) and not run.stderr.open().strip() and not run.stdout.open().strip():
            return "it failed without a word"
        case _:
            return ""


def _passed(experiment: Experiment, run: Ran) -> str:
    """What is wrong with a bad input that ended as a success, or nothing: half a page may be enough to read."""
    bad = experiment.stimuli[run.case].bad
    if (bad == CUT and grounds.came_back(experiment, run)) or (experiment.command.on_stdout and not _heard(run)):
        return ""
    empty = _is_empty(experiment, run)
    usual = "a bad input gave an empty success" if empty else "a bad input was passed off as read"
    return _PASSED_OFF.get(bad, usual)
