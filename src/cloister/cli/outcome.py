"""What came of each input, and of a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cloister.document import Facts
from cloister.errors import CloisterError


@dataclass(slots=True)
class Outcome:
    """What came of one input. `output` is None where it went to standard output or nowhere."""

    path: str
    number: int = 1
    """Its place among all inputs, from 1."""
    output: str | None = None
    facts: Facts | None = None
    problem: CloisterError | None = None
    skipped: bool = False
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    languages: dict[str, int] = field(default_factory=dict)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0 if every input was read; the failures' exit code if they share one; else 15."""
    codes = {outcome.problem.exit for outcome in outcomes if outcome.problem and not outcome.skipped}
    if not codes:
        return 0
    return codes.pop() if len(codes) == 1 else CloisterError.exit


def summary(outcomes: list[Outcome], seconds: float) -> dict[str, object]:
    """The batch, for programs."""
    return {
        "schema": "cloister-summary/1",
        "exit": exit_code(outcomes),
        "seconds": round(seconds, 3),
        "files": [_entry(outcome) for outcome in outcomes],
    }


def _entry(outcome: Outcome) -> dict[str, object]:
    entry: dict[str, object] = {"input": outcome.path, "seconds": round(outcome.seconds, 3)}
    if outcome.output is not None:
        entry["output"] = outcome.output
    if outcome.facts is not None:
        entry |= {"pages": outcome.facts.pages, "source": outcome.facts.source, "grade": outcome.facts.grade.name}
        entry["languages"] = sorted(outcome.languages, key=lambda tag: -outcome.languages[tag])
    if outcome.problem is not None:
        problem = outcome.problem
        entry["error"] = {"code": problem.code, "exit": problem.exit, "message": problem.args[0]}
    if outcome.skipped:
        entry["skipped"] = True
    if outcome.notes:
        entry["notes"] = outcome.notes
    return entry
