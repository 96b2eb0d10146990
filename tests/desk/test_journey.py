"""A document's way through the vault: kept once, read, given out once, and gone on time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cloister.audit.held import read as read_log
from cloister.audit.log import Log
from cloister.audit.receipt import Receipt
from cloister.desk import shredding
from cloister.desk import submit as submitting
from cloister.desk.delete import delete
from cloister.desk.fetch import delivered, fetch
from cloister.desk.looking import every, proof, standing
from cloister.desk.reading import Opened, read_again, read_kept
from cloister.desk.submit import content_of, submit
from cloister.document import Grade
from cloister.errors import (
    AboveLimit,
    ClockMoved,
    Expired,
    JailDied,
    KeyGone,
    KeysNotAllowed,
    NoKeys,
    NotAdmitted,
    NotAllowed,
    NotApproved,
    NotPlaced,
    RunsUsedUp,
    TimedOut,
    TypeNotAllowed,
    UnknownDocument,
    Why,
)
from cloister.events import Act, Cause, Draft, Id, Outcome, Thing
from cloister.keys.store import Kind
from cloister.model import Artefact, Placement, Plain, Sensitivity, SourceKind
from cloister.ocr.options import Options
from cloister.ocr.reader import Reader
from cloister.policy import load, sha256
from cloister.store.rows import State
from tests.desk.setup import CONTENT, PASSPORT, POLICY, WORDS, Given, desk, files, keep, make, text_of


@pytest.fixture
def vault(place, clock):
    with desk(place, clock) as opened:
        yield opened


def acts(place, *wanted: Act) -> list[tuple[Act, Outcome]]:
    """What was logged, in order."""
    events = read_log(place / "vault/log").events()
    return [(event.act, event.outcome) for event in events if not wanted or event.act in wanted]


def test_a_document_comes_is_read_goes_out_and_nothing_is_left(vault):
    identity = keep(vault)
    found = standing(vault, identity)
    assert (found.document.state, found.document.level, found.document.pages) == (State.KEPT, Sensitivity.LOW, 1)
    assert set(found.until) == {Artefact.TEXT}
    assert len(vault.blobs.names()) == 1
    assert text_of(vault, identity) == WORDS
    assert text_of(vault, identity) == WORDS  # until it was delivered
    assert delivered(vault, identity).cause is Cause.FETCHED
    with pytest.raises(KeyGone):
        fetch(vault, identity)
    assert vault.blobs.names() == frozenset()
    assert vault.keys.counts()[Kind.DOCUMENT] == 0
    assert vault.records.artefacts() == []
    assert standing(vault, identity).document.state is State.GONE


def test_each_act_is_logged_before_it_is_done(place, vault):
    identity = keep(vault)
    fetch(vault, identity)
    delivered(vault, identity)
    assert acts(place)[2:] == [
        (Act.SUBMITTED, Outcome.INTENDED),
        (Act.SUBMITTED, Outcome.DONE),
        (Act.PLACED, Outcome.DONE),
        (Act.READ, Outcome.DONE),
        (Act.SHREDDED, Outcome.INTENDED),
        (Act.SHREDDED, Outcome.DONE),
        (Act.RELEASED, Outcome.INTENDED),
        (Act.RELEASED, Outcome.DONE),
        (Act.SHREDDED, Outcome.INTENDED),
        (Act.SHREDDED, Outcome.DONE),
    ]


def test_the_source_is_kept_only_until_it_was_read(vault):
    taken = submit(vault, Plain(CONTENT), "memo", lambda _: Given())
    found = standing(vault, taken.document.id)
    assert (found.document.state, set(found.until)) == (State.QUEUED, {Artefact.SOURCE})
    (blob,) = vault.blobs.names()
    read_kept(vault, taken.document.id, taken.looked)
    assert blob not in vault.blobs.names()


def test_the_same_file_is_kept_once_while_it_is_kept(vault):
    first = submit(vault, Plain(CONTENT), "memo", lambda _: Given())
    again = submit(vault, Plain(CONTENT), "memo", lambda _: Given())
    assert (again.again, again.document.id) == (True, first.document.id)
    assert len(vault.blobs.names()) == len(vault.records.documents()) == 1
    other = submit(vault, Plain(CONTENT), "invoice", lambda _: Given())
    different = submit(vault, Plain(CONTENT + b"."), "memo", lambda _: Given())
    assert len({first.document.id, other.document.id, different.document.id}) == 3
    delete(vault, first.document.id)
    assert not submit(vault, Plain(CONTENT), "memo", lambda _: Given()).again


def test_what_was_not_read_is_read_later_from_what_is_kept(vault):
    taken = submit(vault, Plain(CONTENT), "memo", lambda _: Given())
    with pytest.raises(JailDied):
        read_kept(vault, taken.document.id, Given(fails=JailDied(why=Why.STATUS)))
    assert standing(vault, taken.document.id).document.state is State.QUEUED
    seen = []
    kept = read_again(vault, taken.document.id, lambda content: seen.append(content.open()) or Given())
    assert seen == [CONTENT]
    assert (kept.state, kept.runs) == (State.KEPT, 2)
    assert read_kept(vault, taken.document.id, Given(fails=JailDied(why=Why.STATUS))) == kept  # it was read


def test_a_reading_has_the_time_that_the_policy_gives_it(vault):
    given = Given()
    taken = submit(vault, Plain(CONTENT), "memo", lambda _: given)
    read_kept(vault, taken.document.id, taken.looked)
    with vault.turn() as turn:
        assert given.seconds == turn.policy.jobs.timeout == 600


def test_a_reading_that_takes_too_long_is_stopped_and_the_document_stays_sealed(vault):
    examples = Path(__file__).parents[2] / "examples"
    content = Plain((examples / "report.pdf").read_bytes())
    with Reader(jobs=1) as reader:
        taken = submit(vault, content, "memo", lambda held: Opened(reader, held, Options()))
        opened = taken.looked
        given = Given()
        given.read = lambda seconds: opened.read(seconds / 1e6)
        with pytest.raises(TimedOut):
            read_kept(vault, taken.document.id, given)
        assert standing(vault, taken.document.id).document.state is State.QUEUED
        kept = read_again(vault, taken.document.id, lambda held: Opened(reader, held, Options()))
    assert (kept.state, kept.pages, kept.runs) == (State.KEPT, 3, 2)


def test_it_is_read_no_more_often_than_its_kind_may_be(place, vault):
    taken = submit(vault, Plain(CONTENT), "memo", lambda _: Given())
    for _ in range(2):
        with pytest.raises(JailDied):
            read_kept(vault, taken.document.id, Given(fails=JailDied(why=Why.STATUS)))
    with pytest.raises(RunsUsedUp):
        read_kept(vault, taken.document.id, Given())
    assert acts(place, Act.READ) == [(Act.READ, Outcome.FAILED)] * 2


def test_evidence_raises_the_level_and_shortens_its_time_before_anything_can_go_out(place, vault, clock):
    low, raised = keep(vault), keep(vault, PASSPORT, content=CONTENT + b"1")
    found = standing(vault, raised)
    assert found.document.level is Sensitivity.HIGH
    (row,) = vault.records.artefacts(raised)
    assert (row.level, row.born_level) == (Sensitivity.HIGH, Sensitivity.HIGH)
    now = clock.wall // 1000
    assert found.until[Artefact.TEXT] <= now + 900 < standing(vault, low).until[Artefact.TEXT]
    event = next(e for e in read_log(place / "vault/log").events() if e.act is Act.RAISED)
    assert event.facts["after"] is Sensitivity.HIGH
    assert fetch(vault, raised).level is Sensitivity.HIGH


def test_a_source_that_is_kept_is_rewrapped_at_the_level_that_was_found(tmp_path, clock):
    held = POLICY.replace('source = "0s"', 'source = "24h"', 1).replace('source = "0s"', 'source = "10m"')
    make(tmp_path / "other", clock, held)
    with desk(tmp_path / "other", clock) as opened:
        identity = keep(opened, PASSPORT)
        rows = {row.artefact: row for row in opened.records.artefacts(identity)}
        source = rows[Artefact.SOURCE]
        assert (source.born_level, source.level) == (Sensitivity.LOW, Sensitivity.HIGH)
        assert source.ends <= clock.wall // 1000 + 600
        low = keep(opened, content=CONTENT + b"2")
        kept = {row.artefact: row for row in opened.records.artefacts(low)}[Artefact.SOURCE]
        assert kept.ends > kept.born_ends  # it began in the shortest bucket, and its level allows more


def test_what_was_read_badly_counts_as_the_strictest(vault):
    assert standing(vault, keep(vault, grade=Grade.FAIR)).document.level is Sensitivity.HIGH


def test_expired_content_is_refused_with_no_sweep(vault, clock, monkeypatch):
    identity = keep(vault, PASSPORT)
    monkeypatch.setattr(shredding, "sweep", lambda _: None)
    assert text_of(vault, identity)
    clock.passed(900)
    with pytest.raises(Expired):
        fetch(vault, identity)
    assert len(vault.blobs.names()) == 1


def test_what_is_over_is_swept_before_every_act(place, vault, clock):
    identity = keep(vault, PASSPORT)
    clock.passed(900)
    assert every(vault)[0].document.cause is Cause.EXPIRED
    assert not vault.blobs.names()
    assert not vault.keys.tags()
    with pytest.raises(Expired):
        fetch(vault, identity)
    assert (Act.BUCKET_DESTROYED, Outcome.DONE) in acts(place)
    clock.passed(31 * 86_400)
    assert every(vault) == []
    with pytest.raises(UnknownDocument):
        standing(vault, identity)


def test_what_waits_too_long_is_shredded_unread(vault, clock):
    taken = submit(vault, Plain(CONTENT), "memo", lambda _: Given())
    clock.passed(901)
    with pytest.raises(Expired):
        read_kept(vault, taken.document.id, taken.looked)
    assert not vault.blobs.names()


def test_deleting_destroys_the_keys_first_and_a_second_time_does_nothing(place, vault, monkeypatch):
    identity = keep(vault)
    order = []
    for of, name in ((vault.keys, "destroy_any"), (vault.blobs, "delete"), (vault.records, "remove")):
        real = getattr(of, name)
        monkeypatch.setattr(of, name, lambda *a, real=real, name=name: (order.append(name), real(*a))[1])
    assert delete(vault, identity).cause is Cause.DELETED
    assert order.index("destroy_any") < order.index("delete", order.index("destroy_any")) < order.index("remove")
    assert not vault.blobs.names()
    assert delete(vault, identity).cause is Cause.DELETED
    assert acts(place, Act.DELETED) == [(Act.DELETED, Outcome.INTENDED), (Act.DELETED, Outcome.DONE)]


def test_a_document_deleted_while_it_is_read_does_not_come_back(vault):
    taken = submit(vault, Plain(CONTENT), "memo", lambda _: Given())

    class Slow(Given):
        def read(self, seconds):
            delete(vault, taken.document.id)
            return super().read(seconds)

    with pytest.raises(KeyGone):
        read_kept(vault, taken.document.id, Slow())
    assert not vault.blobs.names()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"type": SourceKind.TIFF}, TypeNotAllowed), ({"pages": 21}, NotAdmitted)],
)
def test_what_the_policy_does_not_take_is_refused_and_logged(place, vault, given, refusal):
    with pytest.raises(refusal):
        submit(vault, Plain(CONTENT), "memo", lambda _: Given(**given))
    assert acts(place, Act.SUBMITTED) == [(Act.SUBMITTED, Outcome.REFUSED)]
    assert not vault.blobs.names()
    assert not vault.keys.tags()


def test_a_file_above_the_limit_is_refused_before_it_is_read(place, vault):
    big = place / "big.pdf"
    with big.open("wb") as file:
        file.truncate(5_000_001)
    with pytest.raises(AboveLimit):
        content_of(vault, str(big), "memo")


def test_more_confinement_than_there_is_cannot_be_had(vault, monkeypatch):
    monkeypatch.setattr(submitting, "AVAILABLE", frozenset({Placement.CLOUD}))
    with pytest.raises(NotPlaced):
        submit(vault, Plain(CONTENT), "memo", lambda _: Given())


def test_who_did_not_submit_it_gets_nothing(vault):
    identity = keep(vault)
    row = vault.records.document(identity)
    vault.records.save([replace(row, submitter=str(Id.new(Thing.PERSON)))])
    for act in (fetch, delete, standing):
        with pytest.raises(NotAllowed):
            act(vault, identity)
    assert every(vault) == []


def test_looking_sweeping_and_deleting_need_no_passphrase_and_opening_does(place, vault, clock):
    identity = keep(vault)
    with desk(place, clock, locked=True) as locked:
        assert standing(locked, identity).document.id == identity
        with pytest.raises(NoKeys):
            fetch(locked, identity)
        with pytest.raises(NoKeys):
            submit(locked, Plain(CONTENT + b"3"), "memo", lambda _: Given())
        assert delete(locked, identity).state is State.GONE


def test_a_clock_that_went_back_or_forward_is_refused_and_logged_and_destroys_nothing(place, vault, clock):
    identity = keep(vault)
    before = files(place)
    for moved in (-3_600, 3 * 86_400):
        clock.wall += moved * 1000
        for act in (lambda: fetch(vault, identity), lambda: every(vault), lambda: delete(vault, identity)):
            with pytest.raises(ClockMoved):
                act()
        clock.wall -= moved * 1000
        assert acts(place)[-1] == (Act.CLOCK_MOVED, Outcome.REFUSED)
    after = files(place)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"vault/log/events", "vault/log/checkpoint", "vault/log/clock"}
    assert text_of(vault, identity) == WORDS


def test_a_clock_that_is_right_after_all_can_be_confirmed(vault, clock):
    identity = keep(vault)
    clock.wall += 30 * 86_400_000
    with pytest.raises(ClockMoved):
        every(vault)
    with vault.turn(confirm_clock=True):
        pass
    with pytest.raises(Expired):
        fetch(vault, identity)


def test_a_policy_that_nobody_approved_is_not_in_force_and_stops_no_shredding(place, vault, clock):
    identity = keep(vault, PASSPORT)
    wider = POLICY.replace('text = "15m"', 'text = "30m"')
    (place / "vault/policy.toml").write_text(wider)
    clock.passed(900)
    with pytest.raises(NotApproved):
        standing(vault, identity)
    assert not vault.blobs.names()


@pytest.mark.parametrize(("people", "widens"), [(1, False), (2, True)])
def test_an_approved_policy_comes_into_force(place, vault, people, widens):
    old = load(POLICY)
    text = POLICY.replace('text = "15m"', 'text = "30m"' if widens else 'text = "10m"')
    (place / "vault/policy.toml").write_text(text)
    facts = {"before": sha256(old), "after": sha256(load(text))}
    for number in range(people):
        with pytest.raises(NotApproved):
            every(vault)
        with Log(place / "vault/log", vault._log_key, clock=vault.clock) as log:
            person = Id(f"{number}" * 32, Thing.PERSON)
            log.append(Draft(person, Act.POLICY_APPROVED, None, sha256(old), facts=facts))
    assert every(vault) == []
    assert acts(place)[-1] == (Act.POLICY_LOADED, Outcome.DONE)
    assert sha256(load(text)) in {path.stem for path in (place / "vault/policies").iterdir()}
    assert every(vault) == []


def test_keys_live_here_only_if_the_policy_lets_those_of_every_level(tmp_path, clock):
    with pytest.raises(KeysNotAllowed):
        make(tmp_path, clock, POLICY.replace('keys = ["local", "pkcs11", "vault"]', 'keys = ["pkcs11", "vault"]'))
    assert list(tmp_path.iterdir()) == []


def test_a_receipt_proves_every_event_of_its_document_and_no_other(vault):
    first, second = keep(vault), keep(vault, content=CONTENT + b"4")
    delete(vault, first)
    found, receipt = proof(vault, first)
    assert found.document.cause is Cause.DELETED
    receipt.check()
    assert Receipt.from_json(receipt.to_json()) == receipt
    assert {str(entry.event.subject) for entry in receipt.entries} == {first}
    assert second not in json.dumps(receipt.to_json().decode())
    assert receipt.entries[-1].event.act is Act.SHREDDED
