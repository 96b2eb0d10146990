"""A document that comes in piece by piece is sealed as it comes, and kept once or not at all."""

from __future__ import annotations

import threading
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from cloister.access import Action, Person
from cloister.audit.held import read
from cloister.desk.delete import delete
from cloister.desk.fetch import fetch
from cloister.desk.looking import every
from cloister.desk.reading import read_again
from cloister.desk.receive import Receiving
from cloister.desk.who import Asker
from cloister.errors import (
    AboveLimit,
    AccessDenied,
    EmptyFile,
    OriginNotAllowed,
    PagesAboveLimit,
    PolicyChanged,
    RunsUsedUp,
    TypeNotAllowed,
)
from cloister.events import Act, Id, Outcome, Thing
from cloister.journey.admit import Came
from cloister.keys.store import Kind
from cloister.model import Role, SourceKind
from cloister.policy.values import Channel
from cloister.store.rows import State
from tests.desk.setup import CONTENT, POLICY, WORDS, Given, desk, files, make, text_of

OVER_HTTP = POLICY.replace(
    "[kinds.memo]",
    """[origins.api]
title = "The API"
by = "api"
networks = ["office"]

[networks.office]
ranges = ["192.0.2.0/24", "2001:db8::/32"]

[teams.kitchen]
title = "The kitchen"

[kinds.memo]""",
    1,
)
OVER_HTTP = OVER_HTTP.replace('project = "Canteen"\n', 'project = "Canteen"\nteams = ["kitchen"]\n', 1)
OVER_HTTP = OVER_HTTP.replace('"Canteen"\norigins = ["this-machine"]', '"Canteen"\norigins = ["api"]')
CANARY = b"a sentence that stands nowhere else"


@pytest.fixture
def vault(tmp_path, clock):
    make(tmp_path, clock, OVER_HTTP)
    with desk(tmp_path, clock) as opened:
        yield opened


def asker(vault, *roles, who="1", teams=(), tenant=None, until=1 << 40, address="192.0.2.7") -> Asker:
    with vault.turn() as turn:
        tenant = tenant or turn.policy.policy.tenant
    person = Person(f"per-{who * 32}", tenant, frozenset(roles or {Role.SUBMITTER}), until, frozenset(teams))
    return Asker(person, Came(Channel.API, ip_address(address)))


def received(vault, who: Asker, content: bytes = CONTENT, step: int = 100):
    with Receiving(vault.of(who), "memo", size=len(content)) as coming:
        for start in range(0, len(content), step):
            coming.write(content[start : start + step])
        return coming.keep()


def nothing_is_left(vault) -> bool:
    return not (vault.blobs.names() or vault.records.documents() or vault.keys.counts()[Kind.DOCUMENT])


def test_it_is_kept_read_fetched_and_deleted_by_whoever_handed_it_in(tmp_path, vault):
    who = asker(vault)
    row, again = received(vault, who)
    assert (row.state, row.submitter, again) == (State.QUEUED, who.principal.id, False)
    seen = []
    read_again(vault, row.id, lambda content: seen.append(content.open()) or Given())
    assert seen == [CONTENT]
    assert text_of(vault.of(who), row.id) == WORDS
    assert [each.document.id for each in every(vault.of(who))] == [row.id]
    assert delete(vault.of(who), row.id).state is State.GONE
    submitted = [e for e in read(tmp_path / "vault/log").events() if e.act is Act.SUBMITTED]
    assert [(e.outcome, e.actor, str(e.subject)) for e in submitted] == [
        (Outcome.INTENDED, who.id, row.id),
        (Outcome.DONE, who.id, row.id),
    ]


def test_the_same_again_is_kept_once_for_one_person_and_apart_for_two(vault):
    first, _ = received(vault, asker(vault))
    second, again = received(vault, asker(vault), step=7)
    assert (second.id, again) == (first.id, True)
    other, again = received(vault, asker(vault, who="2"))
    assert other.id != first.id
    assert not again
    assert len(vault.blobs.names()) == 2


def test_others_can_neither_see_nor_fetch_nor_delete_it(vault):
    row, _ = received(vault, asker(vault))
    read_again(vault, row.id, lambda _: Given())
    strangers = [
        asker(vault, who="2"),
        asker(vault, *Role, who="3", teams={"kitchen"}),  # who manages sees no content
        asker(vault, Role.READER, who="4", teams={"cellar"}),
        asker(vault, tenant="another"),
        asker(vault, until=1),
    ]
    for who in strangers:
        with pytest.raises(AccessDenied):
            fetch(vault.of(who), row.id)
    for who in (strangers[0], *strangers[2:]):
        assert every(vault.of(who)) == []
        with pytest.raises(AccessDenied):
            delete(vault.of(who), row.id)


def test_a_reader_of_the_team_reads_it(vault):
    row, _ = received(vault, asker(vault))
    read_again(vault, row.id, lambda _: Given())
    reader = asker(vault, Role.READER, who="2", teams={"kitchen"})
    with vault.turn() as turn:
        may = Role.READER in turn.policy.rule("memo", row.level).level.read
    assert may
    assert text_of(vault.of(reader), row.id) == WORDS


@pytest.mark.parametrize("who", [{"tenant": "another"}, {"until": 1}])
def test_who_may_not_hand_in_is_refused_before_the_first_byte(vault, who):
    with pytest.raises(AccessDenied):
        Receiving(vault.of(asker(vault, **who)), "memo")
    assert nothing_is_left(vault)


def test_who_is_no_submitter_or_manages_is_refused(vault):
    for roles in ({Role.READER}, {Role.SUBMITTER, Role.OPERATOR}):
        with pytest.raises(AccessDenied):
            Receiving(vault.of(asker(vault, *roles)), "memo")


def test_a_scope_binds_a_program(vault):
    narrow = asker(vault)
    narrow = replace(narrow, principal=replace(narrow.principal, scopes=frozenset({Action.READ})))
    with pytest.raises(AccessDenied):
        Receiving(vault.of(narrow), "memo")


def test_what_may_not_come_this_way_is_refused(vault):
    with pytest.raises(OriginNotAllowed):
        Receiving(vault.of(asker(vault)), "invoice")
    assert nothing_is_left(vault)


@pytest.mark.parametrize("address", ["192.0.3.7", "::ffff:192.0.2.7", "2001:db9::1", "127.0.0.1"])
def test_what_comes_from_another_network_is_refused(vault, address):
    received(vault, asker(vault, address="2001:db8::1"))
    with pytest.raises(OriginNotAllowed):
        Receiving(vault.of(asker(vault, address=address)), "memo")


def test_too_much_is_refused_when_it_is_said_and_when_it_comes(vault):
    with vault.turn() as turn:
        most = turn.policy.rule("memo", turn.policy.floor("memo")).limits.bytes
    with pytest.raises(AboveLimit):
        Receiving(vault.of(asker(vault)), "memo", size=most + 1)
    with Receiving(vault.of(asker(vault)), "memo", size=1) as coming:
        coming.write(bytes(most))
        with pytest.raises(AboveLimit):
            coming.write(b"1")
    assert nothing_is_left(vault)


def test_what_is_broken_off_leaves_nothing(vault):
    with Receiving(vault.of(asker(vault)), "memo") as coming:
        coming.write(CANARY * 1000)
    assert nothing_is_left(vault)
    with pytest.raises(EmptyFile), Receiving(vault.of(asker(vault)), "memo") as coming:
        coming.keep()
    assert nothing_is_left(vault)


def test_no_byte_of_it_lies_anywhere_while_it_comes(tmp_path, vault):
    with Receiving(vault.of(asker(vault)), "memo") as coming:
        for _ in range(100):
            coming.write(CANARY * 1000)
        assert len(vault.blobs.names()) == 1
        assert not [name for name, held in files(tmp_path).items() if CANARY in held]
        coming.keep()
    assert not [name for name, held in files(tmp_path).items() if CANARY in held]


def test_a_sweep_spares_what_is_still_coming_and_takes_what_a_kill_left(tmp_path, vault):
    who = asker(vault)
    (tmp_path / "vault/blobs" / ("incoming-" + "1" * 32)).write_bytes(b"left")
    with Receiving(vault.of(who), "memo") as coming:
        coming.write(CONTENT)
        with vault.turn() as turn:
            assert turn.swept.orphans == 1
        row, _ = coming.keep()
    read_again(vault, row.id, lambda _: Given())
    assert text_of(vault.of(asker(vault)), row.id) == WORDS


def test_a_policy_that_changes_meanwhile_is_told(tmp_path, vault):
    from cloister import policy as policies
    from cloister.desk.approving import approve

    with Receiving(vault.of(asker(vault)), "memo") as coming:
        coming.write(CONTENT)
        text = (tmp_path / "vault/policy.toml").read_text().replace('text = "15m"', 'text = "10m"')
        (tmp_path / "vault/policy.toml").write_text(text)
        assert approve(vault, policies.sha256(policies.load(text))).is_in_force
        with pytest.raises(PolicyChanged):
            coming.keep()
    assert nothing_is_left(vault)


def test_what_reading_shows_not_to_be_of_its_kind_is_not_read(vault):
    row, _ = received(vault, asker(vault))
    for given, refused in ((Given(type=SourceKind.TIFF), TypeNotAllowed), (Given(pages=21), PagesAboveLimit)):
        with pytest.raises(refused):
            read_again(vault, row.id, lambda _, given=given: given)
        assert vault.records.document(row.id).problem == refused.code
    with pytest.raises(RunsUsedUp):
        read_again(vault, row.id, lambda _: Given())


def test_fifty_at_once_are_kept_once_each(vault):
    who, ids, problems = asker(vault), [], []

    def one(number: int) -> None:
        try:
            ids.append(received(vault, who, CONTENT + bytes([number % 25]))[0].id)
        except Exception as problem:  # noqa: BLE001 - it is looked at below
            problems.append(problem)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(set(ids)) == len(vault.records.documents()) == len(vault.blobs.names()) == 25


def test_no_descriptor_stays_open(vault):
    received(vault, asker(vault))
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    for number in range(5):
        received(vault, asker(vault), CONTENT + bytes([number]))
        with Receiving(vault.of(asker(vault)), "memo") as coming:
            coming.write(CONTENT)
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before


def test_an_asker_is_an_actor_of_the_log(vault):
    assert asker(vault).id == Id("1" * 32, Thing.PERSON)
