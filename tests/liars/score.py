"""What a verifier's verdicts on a tool are worth, as the tool's faults are known.

The score of a tool is by claim. A claim that a fault breaks and that comes out VERIFIED is a *false VERIFIED*; a claim
that is REFUTED though no fault breaks or touches it is a *false REFUTED*. A tool is *named correctly* if neither
happened and every claim that its faults visibly break is REFUTED.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from cloister.review.claims import COMMAND
from cloister.review.result import Review
from cloister.review.verdict import Verdict
from tests.liars import workshop

CLAIMS = tuple(claim.id for claim in COMMAND)
ABSENT = "absent"
"""A claim without a finding."""
GOAL = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """One reviewed tool. `verdicts` is empty where the review did not come to an end; `trouble` says why."""

    faults: tuple[str, ...]
    verdicts: dict[str, str]
    seconds: float = 0.0
    trouble: str = ""
    false_verified: tuple[str, ...] = field(default=(), init=False)
    false_refuted: tuple[str, ...] = field(default=(), init=False)
    missed: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        every = [workshop.fault(name) for name in self.faults]
        must = {claim for fault in every for claim in fault.refutes}
        breaks = {claim for fault in every for claim in fault.breaks}
        may = breaks | {claim for fault in every for claim in fault.touches}
        said = self.verdicts
        verified = {claim for claim, verdict in said.items() if verdict == Verdict.VERIFIED.value}
        refuted = {claim for claim, verdict in said.items() if verdict == Verdict.REFUTED.value}
        object.__setattr__(self, "false_verified", _ordered(verified & breaks))
        object.__setattr__(self, "false_refuted", _ordered(refuted - may))
        object.__setattr__(self, "missed", _ordered(must - refuted))

    @property
    def named(self) -> bool:
        """Whether the verifier named what is wrong, and nothing else."""
        return bool(self.verdicts) and not (self.false_verified or self.false_refuted or self.missed)

    @classmethod
    def of(cls, faults: tuple[str, ...], review: Review, seconds: float = 0.0) -> Score:
        """The score of one review. Of several findings on a claim one that says VERIFIED counts."""
        said = dict.fromkeys(CLAIMS, ABSENT)
        for finding in review.findings:
            if finding.claim in said and said[finding.claim] != Verdict.VERIFIED.value:
                said[finding.claim] = finding.verdict.value
        return cls(faults, said, seconds)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some tools together."""

    name: str
    tools: int
    finished: int
    named: int
    false_verified: int
    """Claims, over all tools."""
    false_refuted: int
    verified: int
    """Claims that came out VERIFIED, over all tools: a verifier that never says it is of no use."""

    @property
    def share(self) -> float:
        """The share that was named correctly."""
        return self.named / self.tools if self.tools else 0.0

    @property
    def low(self) -> float:
        """The lower bound of that share's 95% confidence interval (Wilson)."""
        if not self.tools:
            return 0.0
        n, p, z = self.tools, self.share, 1.959964
        middle = p + z * z / (2 * n)
        return (middle - z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def group(name: str, scores: Iterable[Score]) -> Group:
    """Add up."""
    every = list(scores)
    return Group(
        name,
        len(every),
        sum(bool(score.verdicts) for score in every),
        sum(score.named for score in every),
        sum(len(score.false_verified) for score in every),
        sum(len(score.false_refuted) for score in every),
        sum(verdict == Verdict.VERIFIED.value for score in every for verdict in score.verdicts.values()),
    )


def groups(scores: Iterable[Score], frozen: frozenset[str]) -> tuple[Group, ...]:
    """The figures of each sort of tool; those written before the checks existed apart."""
    every = list(scores)
    alone = [score for score in every if len(score.faults) == 1]
    return (
        group("alone, written before the checks", [score for score in alone if set(score.faults) <= frozen]),
        group("alone, written later", [score for score in alone if not set(score.faults) <= frozen]),
        group("in pairs", [score for score in every if len(score.faults) > 1]),
        group("honest", [score for score in every if not score.faults]),
    )


def reached(scores: Iterable[Score], frozen: frozenset[str]) -> bool:
    """Whether the verifier is as honest as it must be, on all that was drawn."""
    every = list(scores)
    wrong = [score for score in every if score.faults]
    named = group("", wrong)
    return (
        bool(every)
        and not sum(len(score.false_verified) for score in every)
        and all(score.verdicts and not score.false_refuted for score in every if not score.faults)
        and (not wrong or named.share >= GOAL)
        and all(told.share >= GOAL for told in groups(every, frozen)[:3] if told.tools)
    )


def as_json(score: Score) -> dict[str, Any]:
    """As plain values, what is computed included."""
    return {**asdict(score), "named": score.named}


def from_json(held: dict[str, Any]) -> Score:
    """From what `as_json` gave; what is computed is computed again."""
    return Score(tuple(held["faults"]), dict(held["verdicts"]), float(held["seconds"]), str(held["trouble"]))


def _ordered(claims: set[str]) -> tuple[str, ...]:
    return tuple(claim for claim in CLAIMS if claim in claims)
