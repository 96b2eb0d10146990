"""The four grounds of a finding, each from what was seen in the runs that a check looks at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cloister.review.experiment import UNTRACED, Place
from cloister.review.seen import Ending, Observer, What
from cloister.review.verdict import Coverage, Exhibit, Ground, Need, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloister.review.experiment import Experiment, Found
    from cloister.review.seen import Ran

_FEWEST_KILLS = 3
_HOLD_NOTHING = {What.FOLDER, What.SOCKET, What.PIPE}


def read_back(experiment: Experiment, runs: Sequence[Ran]) -> Ground:
    """Whether every one of these runs gave back what had been printed on its page."""
    if not runs:
        return Ground(Need.STIMULUS, met=False, why="there was no such run")
    if "pixels" not in experiment.surfaces:
        return Ground(Need.STIMULUS, met=False, why="no canary was on the pages, so nothing shows that they were read")
    for run in runs:
        if run.opened_input is False:
            return Ground(Need.STIMULUS, met=False, why="the tool never opened its input")
        if not came_back(experiment, run):
            return Ground(Need.STIMULUS, met=False, why="the canary on the page is not in the output of every run")
    return Ground(Need.STIMULUS, met=True, why=f"the canary of the page came back in {len(runs)} of {len(runs)} runs")


def came_back(experiment: Experiment, run: Ran) -> bool:
    """Whether the token on this run's page is in its output."""
    slot = experiment.stimuli[run.case].slot
    places = (Place.STDOUT,) if experiment.command.on_stdout else (Place.OUTPUT,)
    return any(found.slot == slot and found.surface == "pixels" for found in experiment.found_in(run, *places))


def failed(experiment: Experiment, runs: Sequence[Ran]) -> Ground:
    """Whether these runs failed indeed, with the input opened."""
    base = read_back(experiment, experiment.of("again"))
    if not base.met:
        return base
    fired = [run for run in runs if run.opened_input and (run.ending, run.code) != (Ending.EXIT, 0)]
    if not fired:
        return Ground(Need.STIMULUS, met=False, why="no run is known to have opened a bad input and failed on it")
    return Ground(Need.STIMULUS, met=True, why=f"{len(fired)} of {len(runs)} bad inputs were opened and failed")


def killed(experiment: Experiment, runs: Sequence[Ran]) -> Ground:
    """Whether enough runs were killed while they had the input."""
    base = read_back(experiment, experiment.of("again"))
    if not base.met:
        return base
    fired = [run for run in runs if run.opened_input and run.ending is Ending.KILLED]
    if len(fired) < _FEWEST_KILLS:
        why = f"{len(fired)} runs are known to have been killed with the input open; {_FEWEST_KILLS} are needed"
        return Ground(Need.STIMULUS, met=False, why=why)
    return Ground(Need.STIMULUS, met=True, why=f"{len(fired)} of {len(runs)} runs were killed with the input open")


def controlled(
    experiment: Experiment, runs: Sequence[Ran], observers: Iterable[Observer], *, content: bool = True
) -> Ground:
    """Whether each observer proved in each run that it sees, and, for content, the scanner that it finds."""
    for observer in observers:
        for run in runs:
            if observer is Observer.TRACE and not run.traced and run.case.startswith(UNTRACED):
                continue
            watch = run.watch(observer)
            if not (watch.present and watch.controlled):
                why = watch.why or f"the {observer.value} observer did not see what was put before it"
                return Ground(Need.CONTROL, met=False, why=why)
    if content:
        if experiment.recall < 1:
            why = f"the scanner found only {experiment.recall:.1%} of the leaks that were seeded"
            return Ground(Need.CONTROL, met=False, why=why)
        if experiment.missing_surfaces:
            why = "no canary was planted at: " + ", ".join(experiment.missing_surfaces)
            return Ground(Need.CONTROL, met=False, why=why)
    seen = ", ".join(observer.value for observer in observers)
    found = "; every seeded leak was found and no decoy" if content else ""
    return Ground(Need.CONTROL, met=True, why=f"what was put before each observer was seen ({seen}){found}")


def searched(experiment: Experiment, runs: Sequence[Ran], *places: Place) -> Ground:
    """Whether all that changed in these runs was looked at, and each byte at these places accounted for."""
    cases = {run.case for run in runs}
    if any(run.ending is Ending.KILLED for run in runs) and (unheard := _unheard(experiment)):
        return Ground(Need.SCOPE, met=False, why=f"it has an answer to {unheard}, which was not seen")
    for run in runs:
        if why := _unsearched(experiment, run, places):
            return Ground(Need.SCOPE, met=False, why=why)
    for item, why in experiment.unexplained:
        if item.case in cases and item.place in places:
            return Ground(Need.SCOPE, met=False, why=f"bytes in {item.place.value} are not accounted for: {why}")
    return Ground(Need.SCOPE, met=True, why="all that was seen to change was searched")


def _unsearched(experiment: Experiment, run: Ran, places: Sequence[Place]) -> str:
    """Why not all of a run was looked at; "" if it was."""
    if run.unseen:
        return run.unseen[0]
    if run.ending in {Ending.TIMEOUT, Ending.NOT_STARTED}:
        return f"a run ended by {run.ending.value}"
    if Place.FILE in places and (why := _unread(run)):
        return why
    if places and any(found.perhaps for found in experiment.found_in(run, *places)):
        return "something there may be a canary, or may be chance"
    return ""


def _unheard(experiment: Experiment) -> str:
    """A signal to which the tool has an answer that was not seen with the input open; "" if there is none."""
    most: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    for run in experiment.runs:
        most |= Counter(run.answers)
        if run.opened_input:
            heard |= Counter(run.answered)
    return min(most - heard, default="")


def _unread(run: Ran) -> str:
    """What of the things that a run left could not be looked at, or may say anything; nothing where that is nothing."""
    for left in run.left:
        if left.output:
            continue
        if left.data is None and left.what not in _HOLD_NOTHING:
            return "something that it left could not be read whole"
        if left.timed:
            return "it set times of what it left, which may say anything"
    return ""


def undiffering(experiment: Experiment) -> Ground:
    """Whether the run without a trace came out as the same run with one."""
    again, untraced = experiment.of("again"), experiment.of("untraced")
    if not again or not untraced:
        return Ground(Need.SCOPE, met=False, why="no run without a trace to compare with")
    with_trace, without = again[0], untraced[0]
    same = (
        (with_trace.ending, with_trace.code) == (without.ending, without.code)
        and (with_trace.output is None) == (without.output is None)
        and _shape(with_trace) == _shape(without)
    )
    if not same:
        return Ground(Need.SCOPE, met=False, why="the tool behaves otherwise when it is not traced")
    return Ground(Need.SCOPE, met=True, why="the run without a trace did not differ")


def _shape(run: Ran) -> list[tuple[str, str]]:
    """What a run left, without the parts of names that may be drawn by chance."""
    return sorted((left.what.value, left.path.rpartition("/")[0]) for left in run.left if not left.output)


def over(runs: Sequence[Ran]) -> Ground:
    """Whether nothing of these runs can still happen."""
    if any(run.stayed for run in runs):
        return Ground(Need.HORIZON, met=False, why="processes stayed, so what they would still do is not known")
    return Ground(Need.HORIZON, met=True, why="all its processes had ended")


def joined(*grounds: Ground) -> Ground:
    """Several grounds for the same need as one: met if all are."""
    unmet = [ground for ground in grounds if not ground.met]
    if unmet:
        return unmet[0]
    return Ground(grounds[0].need, met=True, why="; ".join(dict.fromkeys(ground.why for ground in grounds)))


def exhibits(experiment: Experiment, runs: Sequence[Ran], *places: Place) -> tuple[Exhibit, ...]:
    """One exhibit for each canary that was found at these places in these runs."""
    return tuple(_exhibit(found) for run in runs for found in experiment.found_in(run, *places) if not found.perhaps)


def _exhibit(found: Found) -> Exhibit:
    what = f"something of the document is in {found.item.place.value}"
    return Exhibit(what, found.item.where, found.item.case, found.surface, found.form)


def broken(experiment: Experiment) -> str:
    """Why nothing that the scanner found can be believed, or nothing."""
    return "the scanner found a canary that was never submitted" if experiment.decoys else ""


def coverage(experiment: Experiment, runs: Sequence[Ran], *limits: str) -> Coverage:
    """How far a finding reaches that looked at these runs."""
    there = {watch.observer.value for run in runs for watch in run.watches if watch.present}
    told = tuple(dict.fromkeys(watch.why for run in runs for watch in run.watches if not watch.present and watch.why))
    return Coverage(
        View.GREY,
        tuple(sorted(there)),
        experiment.privileges,
        experiment.scanned,
        experiment.recall,
        (*limits, *told, f"{len(runs)} runs, and what these may do only at another time was not seen"),
    )
