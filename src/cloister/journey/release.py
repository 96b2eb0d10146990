"""Release: whether an output may go to whoever asks. Text is as guarded as its source."""

from __future__ import annotations

from dataclasses import dataclass

from cloister.errors import NotAllowed
from cloister.model import Role, Sensitivity
from cloister.policy import Rule
from cloister.policy.values import Sink


@dataclass(frozen=True, slots=True)
class Released:
    """An output that may go: the level is its label, and travels with it."""

    level: Sensitivity


def release(rule: Rule, to: frozenset[Role] | Sink) -> Released:
    """To a person, by what they are to the document; or to a sink, by its clearance. `NotAllowed` to anyone else."""
    may = to.clearance >= rule.sensitivity if isinstance(to, Sink) else not to.isdisjoint(rule.level.read)
    if not may:
        raise NotAllowed(level=rule.sensitivity)
    return Released(rule.sensitivity)
