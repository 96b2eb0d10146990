"""What a review comes to, as one value and as JSON: the source of the record, its exports and its evidence."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from cloister.review.verdict import Coverage, Exhibit, Finding, Ground, Need, Verdict, View, total

SCHEMA = "cloister-review/1"


@dataclass(frozen=True, slots=True)
class Stratum:
    """How well one kind of page was read.

    `recall` is the share of the truth's words that came back, `low` and `high` the bounds of its 95% confidence
    interval; `precision` the share of what came back that is in the truth.
    """

    name: str
    pages: int
    words: int
    recall: float
    low: float
    high: float
    precision: float


@dataclass(frozen=True, slots=True)
class Edge:
    """One way that data may take or took: what goes from where to where, how long it stays, how it is protected.

    `declared` by policy or by the command line; `observed` in this run.
    """

    source: str
    target: str
    carries: str
    lifetime: str
    protection: str
    declared: bool
    observed: bool


@dataclass(frozen=True, slots=True)
class Review:
    """One review. Times are RFC 3339 in UTC; hashes SHA-256 in hex. `command` is a target's: hostile text."""

    target: str
    command: tuple[str, ...]
    tool_sha256: str
    """Of the program's file, "" where there is none to hash."""
    policy_name: str
    policy_sha256: str
    verifier: str
    """Our own name and version."""
    verifier_sha256: str
    """Of all the verifier's own files, in order."""
    samples_sha256: str
    nonce: str
    started: str
    ended: str
    valid_until: str
    seconds_median: float
    seconds_p95: float
    memory_peak: int
    runs: int
    token_sha256: tuple[str, ...]
    """Hashes of the canaries; the tokens themselves are in no record."""
    findings: tuple[Finding, ...]
    strata: tuple[Stratum, ...] = ()
    edges: tuple[Edge, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """What all findings come to."""
        return total(self.findings)

    def to_json(self) -> str:
        """As JSON, the same bytes for the same review."""
        held = {"schema": SCHEMA, "verdict": self.verdict.value, **dataclasses.asdict(self)}
        return json.dumps(held, indent=1, sort_keys=True, default=lambda member: member.value) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Review:
        """From what `to_json` wrote. ValueError, KeyError or TypeError on anything else."""
        held: dict[str, Any] = json.loads(text)
        if held.pop("schema") != SCHEMA:
            raise ValueError("not a review of this version")
        said = Verdict(held.pop("verdict"))
        held["findings"] = tuple(_finding(each) for each in held["findings"])
        held["strata"] = tuple(Stratum(**each) for each in held["strata"])
        held["edges"] = tuple(Edge(**each) for each in held["edges"])
        for key in ("command", "token_sha256", "notes"):
            held[key] = tuple(held[key])
        review = cls(**held)
        if review.verdict is not said:
            raise ValueError("the verdict is not what the findings come to")
        return review


def _finding(held: dict[str, Any]) -> Finding:
    coverage = dict(held["coverage"])
    coverage["view"] = View(coverage["view"])
    coverage["observers"] = tuple(coverage["observers"])
    coverage["limits"] = tuple(coverage["limits"])
    return Finding(
        held["claim"],
        Verdict(held["verdict"]),
        held["reason"],
        tuple(Ground(Need(each["need"]), each["met"], each["why"]) for each in held["grounds"]),
        tuple(Exhibit(**each) for each in held["exhibits"]),
        Coverage(**coverage),
    )
