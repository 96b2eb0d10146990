"""Receipts and approvals."""

from __future__ import annotations

import dataclasses
import json

import pytest

from cloister import policy as policies
from cloister.audit import approvals, verify_log
from cloister.audit.held import read
from cloister.audit.log import Log
from cloister.audit.receipt import Receipt, receipt, told
from cloister.audit.witness import FolderWitness, ask
from cloister.audit.witness import folder as folders
from cloister.audit.witness.asking import keep
from cloister.cli.policy import shipped
from cloister.errors import LogDoesNotVerify, NotApproved
from cloister.events import Act, Draft, Id, Outcome, Thing
from cloister.sign import Key, Verifier
from tests.audit.logs import ORIGIN, OTHER, PERSON, START, Ticking, drafts, make


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    base, clock = tmp_path_factory.mktemp("receipts"), Ticking()
    key = make(base / "log", (9,), clock=clock)
    witnesses = []
    for name in ("a", "b"):
        folders.create(base / name, f"witness.example/{name}", Verifier(ORIGIN, key.public))
        witnesses.append(FolderWitness(base / name))
        keep(base / "log", ask(read(base / "log"), witnesses[-1], START // 1000))
    with Log(base / "log", key, clock=clock) as log:
        log.append(*drafts(4, seed=5))
    return base / "log", key, witnesses


def test_a_receipt_is_read_back_and_verifies_alone(place):
    path, key, witnesses = place
    made = receipt(read(path), [3, 0, 3])
    assert [entry.event.number for entry in made.entries] == [0, 3]
    assert Receipt.from_json(made.to_json()) == made
    vkey, known = Verifier(ORIGIN, key.public).vkey(), tuple(witness.verifier.vkey() for witness in witnesses)
    result = verify_log.check_receipt(made.to_json(), vkey, known)
    assert result["size"] == 9
    assert verify_log.told(result)[-1] == "proven up to 9 at 2026-09-21T14:13:20Z, against anyone"
    with pytest.raises(verify_log.Broken):
        verify_log.check_receipt(made.to_json(), Verifier(ORIGIN, Key.new().public).vkey())


def test_a_receipt_stands_under_a_witness_where_one_signed_since(place):
    path, key, _ = place
    assert len(receipt(read(path), [8]).witnesses) == 2
    late = receipt(read(path), [8, 9])
    assert (late.witnesses, late.checkpoint.size) == ((), 13)
    assert "UNWITNESSED" in late.to_text()
    told_of = verify_log.told(verify_log.check_receipt(late.to_json(), Verifier(ORIGIN, key.public).vkey()))
    assert told_of[-2].startswith("UNWITNESSED")
    text = receipt(read(path), [0]).to_text()
    assert "a document was submitted doc-" in text
    assert text.count("The witness witness.example/") == 2


def test_every_change_of_a_receipt_is_noticed_by_both_readers(place):
    path, key, _ = place
    data = receipt(read(path), [1, 5]).to_json()
    vkey = Verifier(ORIGIN, key.public).vkey()
    for at in range(0, len(data), 3):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 7
        try:
            other = Receipt.from_json(bytes(changed)).log.vkey() == vkey
        except LogDoesNotVerify:
            other = False
        assert not other
        with pytest.raises(verify_log.Broken):
            verify_log.check_receipt(bytes(changed), vkey)


def test_a_proof_of_one_event_is_none_of_another(place):
    made = receipt(read(place[0]), [1, 5])
    one, two = made.entries
    swapped = (dataclasses.replace(one, proof=two.proof), dataclasses.replace(two, proof=one.proof))
    for entries in (swapped, (dataclasses.replace(one, event=two.event),), (dataclasses.replace(one, proof=()),)):
        bad = dataclasses.replace(made, entries=entries)
        with pytest.raises(LogDoesNotVerify):
            bad.check()
        with pytest.raises(LogDoesNotVerify):
            Receipt.from_json(bad.to_json())
        with pytest.raises(verify_log.Broken):
            verify_log.check_receipt(bad.to_json())


@pytest.mark.parametrize("written", [b"", b"{}", b"[]", b"\xff", b"[" * 9999, b'{"schema":"cloister-receipt/1"}'])
def test_what_is_no_receipt_is_refused(written):
    with pytest.raises(LogDoesNotVerify):
        Receipt.from_json(written)
    with pytest.raises(verify_log.Broken):
        verify_log.check_receipt(written)


def test_a_receipt_is_for_events_that_are_there(place):
    held = read(place[0])
    for numbers in ([], [13], [-1], range(300)):
        with pytest.raises(ValueError, match="receipt"):
            receipt(held, numbers)


def test_an_event_as_a_line_says_its_facts():
    assert told(next(drafts(1)).at(3, START)) == (
        "2026-09-21T14:13:20.000Z  3  done: a document was submitted doc-f5b165224a58b791df6af1d8303e61cd "
        "(level high, until 2026-09-21T14:13:20.000Z), by per-" + "1" * 32
    )


# ---- Approvals.

NARROW = policies.load(shipped("default.toml"))
BEFORE = policies.load(shipped("default.toml").replace('link_expires = "0s"', 'link_expires = "5m"'))
HASHES = {"before": policies.sha256(BEFORE), "after": policies.sha256(NARROW)}
"""From BEFORE to NARROW narrows; the other way round widens."""
BACK = {"before": HASHES["after"], "after": HASHES["before"]}
SERVICE = Id("3" * 32, Thing.SERVICE)


def _events(*said):
    """Events of (actor, act, facts) triples after the vault was made under BEFORE."""
    vault = Draft(PERSON, Act.VAULT_MADE, Id("4" * 32, Thing.VAULT), HASHES["before"])
    made = [Draft(actor, act, None, HASHES["before"], facts=facts) for actor, act, facts in said]
    return [draft.at(number, START) for number, draft in enumerate([vault, *made])]


def _approve(actor, step=HASHES):
    return actor, Act.POLICY_APPROVED, step


LOADED = (PERSON, Act.POLICY_LOADED, {**HASHES, "widened": 0})


def test_the_policies_of_these_tests_widen_and_narrow():
    assert approvals.widened(BEFORE, NARROW) == 0
    assert approvals.widened(NARROW, BEFORE) == 1


def test_what_widens_nothing_needs_one_person():
    assert approvals.require(_events(_approve(PERSON)), BEFORE, NARROW) == {PERSON}
    with pytest.raises(NotApproved) as refused:
        approvals.require(_events(), BEFORE, NARROW)
    assert refused.value.facts == {"number": 0, "limit": 1}


def test_what_widens_needs_two_different_people():
    start = (_approve(PERSON), LOADED)
    assert approvals.require(_events(*start, _approve(PERSON, BACK), _approve(OTHER, BACK)), NARROW, BEFORE)
    for people in ((), (PERSON,), (PERSON, PERSON), (PERSON, SERVICE)):
        with pytest.raises(NotApproved) as refused:
            approvals.require(_events(*start, *(_approve(each, BACK) for each in people)), NARROW, BEFORE)
        assert refused.value.facts["limit"] == 2


def test_an_approval_is_of_one_step_and_can_be_withdrawn():
    start = (_approve(PERSON), LOADED)
    both = (_approve(PERSON, BACK), _approve(OTHER, BACK))
    withdrawn = (OTHER, Act.POLICY_WITHDRAWN, BACK)
    for said in (
        (*start, *both, withdrawn),
        (*both, *start),  # before another policy came into force
        (*start, _approve(PERSON, BACK), _approve(OTHER, HASHES)),
        both,  # NARROW is not in force
    ):
        with pytest.raises(NotApproved):
            approvals.require(_events(*said), NARROW, BEFORE)
    assert approvals.require(_events(*start, *both, withdrawn, _approve(OTHER, BACK)), NARROW, BEFORE) == {
        PERSON,
        OTHER,
    }


def test_an_approval_that_was_refused_is_none():
    (vault, event) = _events(_approve(PERSON))
    refused = dataclasses.replace(event, outcome=Outcome.REFUSED, facts={"code": "refused"})
    with pytest.raises(NotApproved):
        approvals.require([vault, refused], BEFORE, NARROW)


def test_a_whole_log_is_checked_for_policies_that_nobody_approved():
    approvals.check(_events(_approve(PERSON), LOADED))
    assert approvals.in_force(_events(_approve(PERSON), LOADED)) == HASHES["after"]
    wide = (PERSON, Act.POLICY_LOADED, {**BACK, "widened": 1})
    both = (_approve(PERSON, BACK), _approve(OTHER, BACK))
    approvals.check(_events(_approve(PERSON), LOADED, *both, wide))
    for said in ((LOADED,), (_approve(PERSON), LOADED, both[0], wide), (_approve(PERSON), LOADED, LOADED)):
        with pytest.raises(NotApproved):
            approvals.check(_events(*said))


def test_a_receipts_json_holds_the_event_as_it_was_hashed(place):
    held = read(place[0])
    (entry,) = json.loads(receipt(held, [2]).to_json())["entries"]
    assert entry["leaf"].encode() == held.leaves[2]
