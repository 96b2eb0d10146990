"""Cases drawn from a seed: every role, action, tenant, owner and state meets every other often."""

import random
from collections.abc import Iterator

from cloister.access import Action, Change, Paper, Pass, Person, ServiceKey, State, Tenant
from cloister.model import Role

NOW = 1_800_000_000
_PEOPLE = ("ann", "ann", "ann", "ben", "cy")
_TENANTS = ("north", "north", "north", "south")
_TEAMS = ("claims", "legal", "staff")
_OF_PAPERS = (Action.SUBMIT, Action.METADATA, Action.READ, Action.SHORTEN, Action.DELETE)
_OF_CHANGES = (Action.CONFIRM_POLICY, Action.CONFIRM_ROLES)
_FITTING = 0.8
"""How often an action is asked for on what it is for."""


def cases(seed: int, count: int) -> Iterator[tuple]:
    """So many of: who, action, what. No two have an id in common, so that many can be asked for at once."""
    draw = random.Random(seed)

    def some(members, most):
        every = list(members)
        return frozenset(draw.sample(every, draw.randint(0, most)))

    def who(number):
        kind = draw.choice((Person, Person, ServiceKey))
        until = NOW + draw.choice((-1, 0, 1, 3600, 3600, 3600, 3600, 3600))
        scopes = some(Action, 10) if draw.random() < 0.2 else frozenset(Action)
        roles = some(Role, 3) if draw.random() < 0.5 else frozenset({draw.choice(list(Role))})
        return kind(f"{draw.choice(_PEOPLE)}{number}", draw.choice(_TENANTS), roles, until, some(_TEAMS, 3), scopes)

    def what(kind, number, states):
        tenant, owner = draw.choice(_TENANTS), f"{draw.choice(_PEOPLE)}{number}"
        if kind is Tenant:
            return Tenant(tenant)
        if kind is Change:
            return Change(f"change{number}", tenant, owner, f"{draw.choice(_PEOPLE)}{number}")
        if kind is Pass:
            return Pass(f"pass{number}", tenant, owner)
        roles = (some(Role, 6) for _ in range(5))
        return Paper(f"paper{number}", tenant, owner, draw.choice(states), some(_TEAMS, 2), *roles)

    for number in range(count):
        action = draw.choice(list(Action))
        fitting = Paper if action in _OF_PAPERS else Change if action in _OF_CHANGES else Tenant
        fitting = Pass if action is Action.REVOKE else fitting
        kind = fitting if draw.random() < _FITTING else draw.choice((Paper, Tenant, Change, Pass))
        states = [State.NEW] if action is Action.SUBMIT and draw.random() < _FITTING else list(State)
        yield who(number), action, what(kind, number, states)
