"""One check for each claim, one file each. A check takes the experiment and gives a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.review.checks import (
    apart,
    beside,
    ends,
    errors,
    failures,
    inputs,
    kept,
    logs,
    modes,
    same,
    sent,
    strata,
)
from cloister.review.verdict import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloister.review.experiment import Experiment

CHECKS: dict[str, Callable[[Experiment], Finding]] = {
    "nothing-kept": kept.after_reading,
    "nothing-kept-after-failure": kept.after_failure,
    "nothing-kept-after-kill": kept.after_kill,
    "nothing-written-beside": beside.check,
    "nothing-sent": sent.check,
    "log-clean": logs.check,
    "error-clean": errors.check,
    "private-files": modes.check,
    "failures-told": failures.check,
    "same-output": same.check,
    "runs-apart": apart.check,
    "ends": ends.check,
    "input-untouched": inputs.check,
    "reads": strata.check,
}


def findings(experiment: Experiment) -> tuple[Finding, ...]:
    """What every claim came to. A check that fails is inconclusive, never silent."""
    return tuple(_finding(claim, check, experiment) for claim, check in CHECKS.items())


def _finding(claim: str, check: Callable[[Experiment], Finding], experiment: Experiment) -> Finding:
    try:
        return check(experiment)
    except Exception as bug:  # noqa: BLE001 - whatever it is, the claim was not observed
        return Finding(claim, Verdict.INCONCLUSIVE, f"the check itself failed ({type(bug).__name__})")
