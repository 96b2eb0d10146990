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
        if (run.ending, run.code) == (Ending.EXIT, 0) and not _words(experiment, run) and run.opened_input
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


def _words(experiment: Experiment, run: Ran) -> int:
    """How many words the output has, as far as bytes tell."""
    output = run.stdout if experiment.command.on_stdout else run.output
    return len(output.open().split()) if output is not None else 0


def _wrong(experiment: Experiment, run: Ran) -> str:
    """What is wrong with the way in which a bad input ended, or nothing."""
    match run.ending, run.code:
        case Ending.TIMEOUT, _:
            return "it did not end on a bad input"
        case Ending.SIGNAL, _:
            return "it crashed on a bad input instead of refusing it"
        case Ending.EXIT, 0:
            bad = experiment.stimuli[run.case].bad
            if bad == CUT and grounds.came_back(experiment, run):
                return ""
            empty = not _words(experiment, run)
            usual = "a bad input gave an empty success" if empty else "a bad input was passed off as read"
            return _PASSED_OFF.get(bad, usual)
        case Ending.EXIT, _ if not run.stderr.open().strip() and not run.stdout.open().strip():
            return "it failed without a word"
        case _:
            return ""
