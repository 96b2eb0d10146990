"""Approving a policy: whoever does it says which one, by its hash, and the log keeps who it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cloister import policy as policies
from cloister.audit import approvals
from cloister.desk.opened import Desk, Turn
from cloister.desk.policies import proposed, steps
from cloister.errors import NotApproved, OtherPolicy
from cloister.events import Act, Value
from cloister.policy import diff


@dataclass(frozen=True, slots=True)
class Step:
    """From the policy in force to the one in the vault's folder: both hashes, what changes, and who has approved it."""

    before: str
    after: str
    changes: tuple[diff.Change, ...]
    people: int
    needed: int
    is_in_force: bool


def looked(desk: Desk) -> Step:
    """The step that waits to be approved. Nothing is said of it."""
    return _turned(desk, _step)


def approve(desk: Desk, sha256: str, *, withdraw: bool = False) -> Step:
    """Approve that the policy of this hash comes into force, or take that back. It does once enough people have.

    `OtherPolicy` if the policy in the folder is another one, or in force already.
    """

    def say(turn: Turn) -> Step:
        step = _step(turn)
        if step.after != sha256 or step.is_in_force:
            raise OtherPolicy
        facts: dict[str, Value] = {"before": step.before, "after": step.after}
        turn.say([turn.draft(Act.POLICY_WITHDRAWN if withdraw else Act.POLICY_APPROVED, None, facts)])
        return _step(turn)

    return _turned(desk, say)


def _turned(desk: Desk, act: Callable[[Turn], Step]) -> Step:
    """Act before the policy counts; then it counts if it was approved."""
    found: list[Step] = []
    try:
        with desk.turn(first=lambda turn: found.append(act(turn))):
            return replace(found[0], is_in_force=True)
    except NotApproved:
        if not found:
            raise
        return found[0]


def _step(turn: Turn) -> Step:
    before, after = proposed(turn.desk.vault, turn.sha256)
    old, new = policies.sha256(before), policies.sha256(after)
    people = approvals.approvers(steps(turn.log), old, new)
    needed = approvals.TWO if approvals.widened(before, after) else approvals.ONE
    return Step(old, new, tuple(diff.changes(before, after)), len(people), needed, is_in_force=old == new)
