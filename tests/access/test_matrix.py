"""Cedar and an oracle that was written apart from it give the same answers."""

from collections import Counter
from itertools import islice, product

import pytest

from cloister.access import CONTENT, FOR_PEOPLE, Action, Paper, Person, ServiceKey, State, Tenant, access, service_key
from cloister.model import Role
from tests.access.drawn import NOW, cases
from tests.access.oracle import MANAGERS, may

EVERY = frozenset(Role)


def compared(seed: int, count: int) -> Counter:
    """How many were allowed and refused; every answer was the oracle's."""
    seen: Counter = Counter()
    drawn = cases(seed, count)
    while some := list(islice(drawn, 500)):
        for asked, given in zip(some, access().each(some, NOW), strict=True):
            assert given == may(*asked, NOW), (seed, asked)
            seen[asked[1], given] += 1
    return seen


def test_a_hundred_thousand_drawn_cases_are_decided_as_by_the_oracle():
    seen = compared(1, 100_000)
    assert all(seen[action, True] > 20 and seen[action, False] > 20 for action in Action), seen


@pytest.mark.proof
def test_a_million_drawn_cases_are_decided_as_by_the_oracle():
    for seed in range(2, 12):
        compared(seed, 100_000)


def paper(state=State.KEPT, owner="ann", tenant="north", teams=("claims",), roles=EVERY) -> Paper:
    return Paper("paper", tenant, owner, state, frozenset(teams), *[roles] * 5)


def person(*roles: Role, id_="ann", tenant="north", until=NOW + 60, **more) -> Person:
    return Person(id_, tenant, frozenset(roles), until, **more)


@pytest.mark.parametrize("kind", [Person, ServiceKey])
def test_every_set_of_roles_meets_every_act_owner_tenant_and_state(kind):
    sets = [frozenset(role for role, bit in zip(Role, bits, strict=True) if bit) for bits in product((0, 1), repeat=6)]
    asked = [
        (kind("ann", "north", roles, NOW + 60, frozenset({"claims"})), action, what)
        for roles in sets
        for action in (Action.SUBMIT, Action.METADATA, Action.READ, Action.SHORTEN, Action.DELETE)
        for what in (
            paper(state, owner, tenant, teams)
            for state in State
            for owner in ("ann", "ben")
            for tenant in ("north", "south")
            for teams in (("claims",), ("legal",), ())
        )
    ]
    assert [access().may(*each, NOW) for each in asked] == [may(*each, NOW) for each in asked]


@pytest.mark.parametrize("manager", sorted(MANAGERS, key=lambda role: role.value))
@pytest.mark.parametrize("action", sorted(CONTENT, key=lambda action: action.value))
def test_no_manager_sees_content_whatever_else_they_are_and_whatever_the_policy_gives(manager, action):
    who = person(Role.SUBMITTER, Role.READER, manager, teams=frozenset({"claims"}))
    kept = paper(State.NEW if action is Action.SUBMIT else State.KEPT)
    what = Tenant("north") if action is Action.MAKE_LINK else kept
    assert not access().may(who, action, what, NOW)
    without = person(Role.SUBMITTER, Role.READER, teams=frozenset({"claims"}))
    assert access().may(without, action, what, NOW)


def test_a_service_key_has_no_more_than_who_made_it_and_nothing_that_is_for_people():
    maker = person(Role.SUBMITTER, Role.CUSTODIAN, scopes=frozenset(Action) - {Action.DELETE})
    key = service_key(maker, "key", frozenset(Action), EVERY, NOW + 60)
    assert (key.roles, key.tenant, key.teams) == (maker.roles, maker.tenant, maker.teams)
    assert not key.scopes & FOR_PEOPLE
    assert Action.DELETE not in key.scopes
    assert not access().may(key, Action.ROTATE_KEYS, Tenant("north"), NOW)
    assert access().may(maker, Action.ROTATE_KEYS, Tenant("north"), NOW)
