"""A changed policy counts once enough people have approved that very one."""

from __future__ import annotations

import pytest

from cloister import policy as policies
from cloister.audit.held import read
from cloister.desk.approving import approve, looked
from cloister.desk.who import User
from cloister.errors import BadPolicy, NotApproved, OtherPolicy
from cloister.events import Act, Id, Thing
from tests.desk.setup import POLICY, desk, keep, make

NARROWER, WIDER = (POLICY.replace('text = "15m"', f'text = "{minutes}m"') for minutes in (10, 30))


@pytest.fixture
def vault(tmp_path, clock):
    make(tmp_path, clock)
    with desk(tmp_path, clock) as opened:
        yield opened


def changed(vault, text: str) -> str:
    (vault.vault.folder / "policy.toml").write_text(text)
    return policies.sha256(policies.load(text))


def acts(vault) -> list[Act]:
    return [event.act for event in read(vault.vault.folder / "log").events()][2:]


def test_what_narrows_takes_one_person(vault):
    after = changed(vault, NARROWER)
    step = looked(vault)
    assert (step.after, step.people, step.needed, step.is_in_force) == (after, 0, 1, False)
    assert [change.way.value for change in step.changes] == ["narrowed"]
    with pytest.raises(NotApproved):
        keep(vault)
    assert approve(vault, after).is_in_force
    keep(vault)
    assert acts(vault)[:2] == [Act.POLICY_APPROVED, Act.POLICY_LOADED]


def test_what_widens_takes_two(vault):
    after = changed(vault, WIDER)
    for _ in range(2):  # the same person twice is one
        step = approve(vault, after)
        assert (step.people, step.needed, step.is_in_force) == (1, 2, False)
    with pytest.raises(NotApproved):
        keep(vault)
    another = vault.of(User(Id("ab" * 16, Thing.PERSON)))
    assert approve(another, after).is_in_force
    keep(vault)


def test_an_approval_is_taken_back(vault):
    after = changed(vault, WIDER)
    approve(vault, after)
    assert approve(vault, after, withdraw=True).people == 0
    assert not approve(vault.of(User(Id("ab" * 16, Thing.PERSON))), after).is_in_force
    assert acts(vault) == [Act.POLICY_APPROVED, Act.POLICY_WITHDRAWN, Act.POLICY_APPROVED]


def test_another_policy_than_the_one_that_was_looked_at_is_not_approved(vault):
    seen = changed(vault, NARROWER)
    changed(vault, WIDER)
    with pytest.raises(OtherPolicy):
        approve(vault, seen)
    with pytest.raises(OtherPolicy):
        approve(vault, "0" * 64)
    assert acts(vault) == []


def test_there_is_nothing_to_approve_where_nothing_changed(vault):
    step = looked(vault)
    assert (step.is_in_force, step.changes) == (True, ())
    with pytest.raises(OtherPolicy):
        approve(vault, step.after)


def test_a_policy_that_is_none_is_not_approved(vault):
    (vault.vault.folder / "policy.toml").write_text("[nonsense]\n")
    with pytest.raises(BadPolicy):
        looked(vault)
    with pytest.raises(BadPolicy):
        approve(vault, "0" * 64)
