"""Experiments made by hand: what the observers would have seen of an honest tool, and ways to change it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from cloister.model import Plain
from cloister.review.experiment import Experiment, Found, Item, Place, Plan
from cloister.review.seen import Ending, Left, Observer, Ran, Watch, What
from cloister.review.stimuli import Stimulus
from cloister.review.targets.command import Command

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = (
    *(f"again/{i}" for i in (1, 2, 3)),
    "sound/1",
    "sound/2",
    "untraced/1",
    *(f"together/{i}" for i in (1, 2, 3)),
    *(f"bad/{name}" for name in ("empty", "cut off", "no document", "damaged")),
    *(f"killed/{i}" for i in range(1, 6)),
    "measured/clean-1",
)
OUT = "/documents/1/out.txt"


def watches() -> tuple[Watch, ...]:
    """Every observer there, and shown to see."""
    return tuple(Watch(observer, present=True, controlled=True) for observer in Observer)


def ran(case: str) -> Ran:
    """A run of an honest tool."""
    group = case.partition("/")[0]
    fails, killed = group == "bad", group == "killed"
    text = Plain(b"AMBERFOX KILNDUSK and more words\n")
    output = None if fails or killed else text
    left = () if output is None else (Left(OUT, What.FILE, 0o600, len(text), text, output=True),)
    return Ran(
        case=case,
        ending=Ending.KILLED if killed else Ending.EXIT,
        code=3 if fails else -9 if killed else 0,
        seconds=0.4,
        memory=10_000_000,
        stdout=Plain(b""),
        stderr=Plain(b"cannot read this\n" if fails else b""),
        output=output,
        left=left,
        wrote=(),
        sent=(),
        logged=(),
        stayed=(),
        opened_input=None if group in {"untraced", "measured"} else True,
        input_as_before=True,
        watches=watches(),
        traced=group not in {"untraced", "measured"},
    )


def slot(case: str) -> str:
    """The document of a case."""
    return "first" if case.startswith(("again", "untraced")) or case == "together/1" else case


def honest() -> Experiment:
    """What an honest tool gives."""
    runs = tuple(ran(case) for case in CASES)
    truth = Plain(b"AMBERFOX KILNDUSK and more words")
    stimuli = {
        case: Stimulus(
            slot(case),
            "page.png",
            Plain(case.encode()),
            {"pixels": "AMBERFOX KILNDUSK"},
            truth,
            bad=case.partition("/")[2] if case.startswith("bad") else "",
            stratum="clean" if case.startswith("measured") else "",
        )
        for case in CASES
    }
    found = tuple(
        Found(Item(run.case, Place.OUTPUT, ""), slot(run.case), "pixels", "plain") for run in runs if run.output
    )
    return Experiment(
        plan=Plan(recall=0.2),
        command=Command(("/usr/bin/tool", "{input}", "{output}"), "00"),
        runs=runs,
        stimuli=stimuli,
        found=found,
        unexplained=(),
        scanned=10_000,
        recall=1.0,
        decoys=0,
        surfaces=("pixels", "xmp"),
    )


def changed(experiment: Experiment, change: Callable[[Ran], Ran], *groups: str) -> Experiment:
    """The experiment with the runs of these groups changed (all, where none is named)."""
    runs = tuple(change(run) if not groups or run.case.partition("/")[0] in groups else run for run in experiment.runs)
    return dataclasses.replace(experiment, runs=runs)


def without(observer: Observer, *, present: bool = False) -> Callable[[Ran], Ran]:
    """Takes an observer away, or only the proof that it sees."""

    def change(run: Ran) -> Ran:
        kept = tuple(watch for watch in run.watches if watch.observer is not observer)
        opened = None if observer is Observer.TRACE and not present else run.opened_input
        is_deaf = observer is Observer.STREAMS and not present
        return dataclasses.replace(
            run,
            watches=(*kept, Watch(observer, present=present, controlled=False)),
            opened_input=opened,
            stdout=Plain(b"") if is_deaf else run.stdout,
            stderr=Plain(b"") if is_deaf else run.stderr,
        )

    return change


def found(experiment: Experiment, case: str, place: Place, where: str = "/tmp/x", whose: str = "") -> Experiment:
    """The experiment in which a canary was found besides."""
    more = Found(Item(case, place, where), whose or slot(case), "pixels", "gzip > base64")
    return dataclasses.replace(experiment, found=(*experiment.found, more))
