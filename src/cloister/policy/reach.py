"""Where documents can get to under a policy, by trying every combination there is.

The domain is finite: each listed kind and an unlisted one, each set of evidence, read well or badly, each placement,
each sink. `rules` forbids what leads astray and `Policy.rule` narrows it; this believes neither and looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from cloister.model import Evidence, Placement, Sensitivity
from cloister.policy.values import Policy

EVERY_EVIDENCE = tuple(found for size in range(len(Evidence) + 1) for found in combinations(Evidence, size))


class Astray(Enum):
    """What may never be."""

    OUT = "a document of level high reaches a cloud"
    LOW_SINK = "a document reaches a sink that is not cleared for it"
    LOWERED = "evidence or poor reading lowered a level"
    LONGER = "a document is kept longer than its level allows"


@dataclass(frozen=True, slots=True)
class Reached:
    """One document and where it gets: to a placement, or from there to a sink (None: to no sink)."""

    kind: str | None
    found: tuple[Evidence, ...]
    well_read: bool
    sensitivity: Sensitivity
    placement: Placement
    sink: str | None


def every(policy: Policy) -> Iterator[Reached]:
    """Give every combination that the policy lets through."""
    for kind in (*policy.kinds, None):
        for found in EVERY_EVIDENCE:
            for well_read in (True, False):
                sensitivity = policy.sensitivity(kind, found, well_read=well_read)
                rule = policy.rule(kind, sensitivity)
                for placement in rule.placements:
                    for sink in (None, *rule.sinks):
                        yield Reached(kind, found, well_read, sensitivity, placement, sink)


def astray(policy: Policy) -> tuple[int, tuple[tuple[Astray, Reached], ...]]:
    """Try every combination: how many get anywhere, and those that get where they may not."""
    tried, wrong = 0, []
    for reached in every(policy):
        tried += 1
        wrong += [(what, reached) for what in _judge(policy, reached)]
    return tried, tuple(wrong)


def _judge(policy: Policy, reached: Reached) -> Iterator[Astray]:
    high = reached.sensitivity is Sensitivity.HIGH
    if high and reached.placement in {Placement.HYBRID, Placement.CLOUD}:
        yield Astray.OUT
    if reached.sink is not None and policy.sinks[reached.sink].clearance < reached.sensitivity:
        yield Astray.LOW_SINK
    listed = policy.kinds.get(reached.kind) if reached.kind is not None else None
    floor = listed.level if listed else Sensitivity.HIGH
    if reached.sensitivity < floor or not (reached.well_read or high):
        yield Astray.LOWERED
    kept, most = (
        policy.rule(reached.kind, reached.sensitivity).retention,
        policy.levels.of(reached.sensitivity).retention,
    )
    if kept != kept.shorter(most):
        yield Astray.LONGER
