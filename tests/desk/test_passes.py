"""Service keys: shown once, for teams, for a time; a record that was changed is no key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cloister.access import FOR_PEOPLE, Action, tokens
from cloister.access.tokens import Use
from cloister.audit.held import read
from cloister.desk import passes
from cloister.errors import ServiceKeyNotAllowed, TokenRefused, UnknownServiceKey
from cloister.events import Act, Outcome
from cloister.model import Role
from tests.desk.setup import POLICY, desk, files, make

HOUR = 3600
TEAMS = POLICY.replace(
    "[kinds.memo]",
    """[teams.kitchen]
title = "The kitchen"
service_keys = "30d"

[teams.cellar]
title = "The cellar"
service_keys = "2h"

[teams.garden]
title = "The garden"

[kinds.memo]""",
    1,
)


@pytest.fixture
def vault(tmp_path, clock):
    make(tmp_path, clock, TEAMS)
    with desk(tmp_path, clock, locked=True) as opened:
        yield opened


def shown(vault, token: str):
    _, now = vault.glance()
    return passes.shown(vault.passes, passes.key_of(vault), token, now)


def made(vault, *teams: str, **more):
    found = passes.make(vault, teams or ("kitchen",), more.pop("seconds", HOUR), **more)
    return found.row, found.token.open().decode()


def test_whoever_shows_it_is_the_program(tmp_path, vault):
    row, token = made(vault, "kitchen", "cellar", roles=[Role.SUBMITTER, Role.READER])
    found = shown(vault, token)
    assert (found.id, found.until - vault.clock().wall // 1000) == (row.id, HOUR)
    assert (found.roles, found.teams) == ({Role.SUBMITTER, Role.READER}, {"kitchen", "cellar"})
    assert found.scopes == set(Action) - FOR_PEOPLE
    assert not [name for name, held in files(tmp_path).items() if token.encode() in held]
    events = [event for event in read(tmp_path / "vault/log").events() if str(event.subject) == row.id]
    said = [(event.outcome, event.facts["role"]) for event in events]
    assert said == [(o, r) for o in (Outcome.INTENDED, Outcome.DONE) for r in (Role.READER, Role.SUBMITTER)]


@pytest.mark.parametrize(
    ("teams", "more"),
    [
        (["garden"], {}),
        (["nobody"], {}),
        ([], {}),
        (["kitchen", "garden"], {}),
        (["kitchen", "cellar"], {"seconds": 3 * HOUR}),
        (["kitchen"], {"seconds": 0}),
        (["kitchen"], {"roles": []}),
        (["kitchen"], {"roles": [Role.SUBMITTER, Role.AUDITOR]}),
    ],
)
def test_what_the_policy_does_not_give_is_refused(vault, teams, more):
    with pytest.raises(ServiceKeyNotAllowed):
        passes.make(vault, teams, more.pop("seconds", HOUR), **more)
    assert passes.every(vault) == []


def test_it_ends_on_its_second(vault, clock):
    _, token = made(vault)
    clock.passed(HOUR - 1)
    assert shown(vault, token)
    clock.passed(1)
    with pytest.raises(TokenRefused):
        shown(vault, token)


def test_it_ends_when_it_is_revoked(tmp_path, vault):
    row, token = made(vault)
    assert passes.revoke(vault, row.id) == row
    with pytest.raises(TokenRefused):
        shown(vault, token)
    with pytest.raises(UnknownServiceKey):
        passes.revoke(vault, row.id)
    assert [event.act for event in read(tmp_path / "vault/log").events()][-1] is Act.ROLE_TAKEN


@pytest.mark.parametrize(
    "change",
    [
        {"roles": "reader submitter"},
        {"teams": "cellar kitchen"},
        {"scopes": "read"},
        {"tenant": "another"},
        {"owner": "per-" + "1" * 32},
        {"id": "svc-" + "1" * 32},
        {"until": 1 << 40},
        {"made": 1},
        {"seal": bytes(32)},
    ],
)
def test_a_record_that_was_changed_is_no_key(vault, change):
    row, token = made(vault)
    vault.passes.remove(row.id)
    vault.passes.add(replace(row, **change))
    with pytest.raises(TokenRefused):
        shown(vault, token)


def test_anothers_token_on_ones_own_record_is_no_key(vault):
    strong, strong_token = made(vault, roles=[Role.READER])
    weak, _ = made(vault, "cellar")
    vault.passes.remove(strong.id)
    vault.passes.remove(weak.id)
    vault.passes.add(replace(weak, digest=strong.digest))
    with pytest.raises(TokenRefused):
        shown(vault, strong_token)


def test_what_was_not_made_here_is_no_key(tmp_path, vault, clock):
    others = [tokens.made(use).open().decode() for use in Use]
    for token in ("", "clk_", "x" * 55, *others):
        with pytest.raises(TokenRefused):
            shown(vault, token)
    make(tmp_path / "other", clock, TEAMS)
    with desk(tmp_path / "other", clock, locked=True) as other:
        _, token = made(other)
    with pytest.raises(TokenRefused):
        shown(vault, token)
