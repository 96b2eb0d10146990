"""Who approved a policy: pure checks over the events of a log.

What widens a policy needs two different people, whatever else changes one. An approval is of one step, from the policy
in force to the one that is to be; it counts until it is withdrawn, or the next policy comes into force.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloister.errors import NotApproved
from cloister.events import Act, Event, Id, Outcome, Thing
from cloister.policy import Policy, sha256
from cloister.policy.diff import Way, changes

TWO, ONE = 2, 1
_STEPS = frozenset({Act.POLICY_APPROVED, Act.POLICY_WITHDRAWN, Act.POLICY_LOADED})


def widened(before: Policy, after: Policy) -> int:
    """How many clauses allow more than before."""
    return sum(change.way is Way.WIDENED for change in changes(before, after))


def in_force(events: Iterable[Event]) -> str | None:
    """The hash of the policy in force, as the log says: the last that was loaded, else that of the vault's making."""
    found = None
    for event in events:
        if event.outcome is Outcome.DONE and event.act is Act.POLICY_LOADED:
            found = str(event.facts["after"])
        elif event.outcome is Outcome.DONE and event.act is Act.VAULT_MADE:
            found = event.policy
    return found


def approvers(events: Iterable[Event], before: str, after: str) -> frozenset[Id]:
    """The people who approve this step, from one hash to another, as of the end of the events."""
    people: set[Id] = set()
    for event in events:
        if event.act not in _STEPS or event.outcome is not Outcome.DONE:
            continue
        if event.act is Act.POLICY_LOADED:
            people.clear()
        elif (event.facts["before"], event.facts["after"]) == (before, after) and event.actor.thing is Thing.PERSON:
            (people.add if event.act is Act.POLICY_APPROVED else people.discard)(event.actor)
    return frozenset(people)


def require(events: Iterable[Event], before: Policy, after: Policy) -> frozenset[Id]:
    """The people who approve that `after` follows `before`.

    `NotApproved` if they are too few, or another policy than `before` is in force.
    """
    held = list(events)
    old, new = sha256(before), sha256(after)
    people = approvers(held, old, new) if in_force(held) == old else frozenset()
    needed = TWO if widened(before, after) else ONE
    if len(people) < needed:
        raise NotApproved(number=len(people), limit=needed)
    return people


def check(events: Iterable[Event]) -> None:
    """Raise `NotApproved` at the first policy in a whole log that came into force without the approvals it needs.

    That a policy widened is what the log says of it; who has both policies asks `widened`.
    """
    so_far: list[Event] = []
    for event in events:
        if event.act is Act.POLICY_LOADED and event.outcome is Outcome.DONE:
            before, after = str(event.facts["before"]), str(event.facts["after"])
            people = approvers(so_far, before, after) if in_force(so_far) == before else frozenset()
            needed = TWO if event.facts["widened"] else ONE
            if len(people) < needed:
                raise NotApproved(number=len(people), limit=needed)
        if event.act in _STEPS or event.act is Act.VAULT_MADE:
            so_far.append(event)
