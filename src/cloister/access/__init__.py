"""Who may do what. access.cedar says it, Cedar decides it, and anything but a clean yes is a refusal.

    access().require(person, Action.READ, paper, now)

The policy gives roles at each level (`[levels.*]`), and says whose readers see a kind (`teams`). What no policy can
give stands in access.cedar: nothing crosses tenants, no manager sees content, a change of roles needs two people.
"""

from __future__ import annotations

from cloister.access.actions import CONTENT, FOR_PEOPLE, Action
from cloister.access.decide import Access, access
from cloister.access.entities import (
    Change,
    Paper,
    Pass,
    Person,
    Principal,
    Resource,
    ServiceKey,
    State,
    Tenant,
    service_key,
)

__all__ = [
    "CONTENT",
    "FOR_PEOPLE",
    "Access",
    "Action",
    "Change",
    "Paper",
    "Pass",
    "Person",
    "Principal",
    "Resource",
    "ServiceKey",
    "State",
    "Tenant",
    "access",
    "service_key",
]
