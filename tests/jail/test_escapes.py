"""Ways out of the jails, tried from inside with the real lock; `make proof` tries each layer alone as well."""

from __future__ import annotations

import pytest

from tests.jail.escapes import files, memory, network, processes  # noqa: F401 - they fill the list
from tests.jail.escapes.matrix import BARE, LOCKED, PARENT, USERS, not_shown, outcomes
from tests.jail.escapes.world import TECHNIQUES


@pytest.fixture(scope="module")
def found():
    return {who: outcomes(who, (BARE, PARENT, *LOCKED)) for who in USERS}


@pytest.mark.parametrize("who", USERS)
@pytest.mark.parametrize("cell", LOCKED)
def test_no_technique_gets_out_of_a_jail(found, who, cell):
    stopped = found[who][cell]
    assert set(stopped) == set(TECHNIQUES)
    assert [name for name, outcome in stopped.items() if not outcome.startswith(("signal", "errno"))] == []


@pytest.mark.parametrize("who", USERS)
def test_no_technique_reaches_the_network_from_the_parent(found, who):
    stopped = found[who][PARENT]
    assert set(stopped) == {name for name, one in TECHNIQUES.items() if one.parent}
    assert [name for name, outcome in stopped.items() if not outcome.startswith("errno")] == []


def test_with_the_layers_off_all_but_three_techniques_work(found):
    assert len(TECHNIQUES) >= 60
    assert len(not_shown(found)) <= 3
    bare = {one.name for one in TECHNIQUES.values() if one.bare}
    assert set(found["user"][BARE]) == set(found["root"][BARE]) == bare
