"""Shred: what is due at a time, and who may have something shredded before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from cloister.errors import NotAllowed
from cloister.events import Cause
from cloister.model import Role
from cloister.policy import Rule


class Ends(Protocol):
    """Something that ends: at a time, in seconds since 1970, or sooner for a cause."""

    @property
    def ends(self) -> int:
        """When its time is over."""

    @property
    def cause(self) -> Cause | None:
        """Why it is due now, whatever the time."""


Kept = TypeVar("Kept", bound=Ends)


def due(kept: Iterable[Kept], now: int) -> tuple[tuple[Kept, Cause], ...]:
    """What is due, and why: from the second on in which it ends."""
    found = [(each, each.cause or (Cause.EXPIRED if each.ends <= now else None)) for each in kept]
    return tuple((each, cause) for each, cause in found if cause is not None)


def require_deletable(rule: Rule, roles: frozenset[Role]) -> None:
    """Raise `NotAllowed` unless one of these roles may delete at once."""
    if roles.isdisjoint(rule.level.delete):
        raise NotAllowed(level=rule.sensitivity)
