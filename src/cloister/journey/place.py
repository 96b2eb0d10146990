"""Place: where a document is read. The policy picks; whoever asks may ask for more confinement, never for less."""

from __future__ import annotations

from collections.abc import Collection

from cloister.errors import NotPlaced
from cloister.model import Placement
from cloister.policy import Rule


def place(rule: Rule, available: Collection[Placement], asked: Placement | None = None) -> Placement:
    """The most confined placement that is allowed and available, no less confined than `asked`; else `NotPlaced`."""
    may = [each for each in rule.placements if each in available and (asked is None or each <= asked)]
    if not may:
        raise NotPlaced
    return min(may)


def is_misplaced(rule: Rule, was: Placement) -> bool:
    """Whether it was read where it may not be, now that its level is known."""
    return was not in rule.placements
