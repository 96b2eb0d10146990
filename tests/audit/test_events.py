"""Events: a closed vocabulary, one spelling, and no place for a name or for text."""

from __future__ import annotations

import dataclasses
import json
from enum import Enum

import pytest

from cloister.document import Grade
from cloister.errors import LogDoesNotVerify
from cloister.events import VOCABULARY, Act, Draft, Event, Id, Outcome, Shape, Thing, moment_of, moment_text
from cloister.model import Placement, Sensitivity
from tests.audit.logs import PERSON, POLICY, START

DOCUMENT = Id("d" * 32, Thing.DOCUMENT)
SAMPLES = {
    Shape.NUMBER: 3,
    Shape.MOMENT: START,
    Shape.HASH: "cd" * 32,
    Shape.CODE: "refused",
    Shape.ID: Id("e" * 32, Thing.SINK),
}


def _sample(shape):
    return SAMPLES[shape] if isinstance(shape, Shape) else list(shape)[-1]


def _every():
    for act, says in VOCABULARY.items():
        subject = Id("d" * 32, min(says.of, key=lambda thing: thing.value)) if says.of else None
        facts = {name: _sample(shape) for name, shape in {**says.facts, **says.may}.items()}
        yield Draft(PERSON, act, subject, POLICY, Outcome.DONE, facts)
        yield Draft(PERSON, act, subject, POLICY, Outcome.REFUSED, {"code": "refused"})


def test_every_act_is_in_the_vocabulary():
    assert set(VOCABULARY) == set(Act)


def test_every_event_is_read_back_as_it_was_written():
    for number, draft in enumerate(_every()):
        event = draft.at(number, START + number)
        leaf = event.leaf()
        assert Event.read(leaf) == event
        assert Event.read(leaf).leaf() == leaf
        assert leaf.isascii()
        assert b"\n" not in leaf


def test_a_fact_is_an_id_an_enum_a_number_a_time_a_hash_or_a_code():
    for says in VOCABULARY.values():
        for shape in {**says.facts, **says.may}.values():
            assert isinstance(shape, Shape) or issubclass(shape, Enum)
    text = {field.name for field in dataclasses.fields(Event) if field.type == "str"}
    assert text == {"policy"}, "and that one is a hash"


LEAF = Draft(PERSON, Act.READ, DOCUMENT, POLICY, facts={"pages": 3, "grade": Grade.GOOD, "run": 1}).at(7, START).leaf()


def test_the_written_form_is_what_the_docs_say():
    assert json.loads(LEAF) == {
        "act": "read",
        "actor": "per-" + "1" * 32,
        "facts": {"grade": "good", "pages": 3, "run": 1},
        "number": 7,
        "outcome": "done",
        "policy": POLICY,
        "subject": "doc-" + "d" * 32,
        "time": "2026-09-21T14:13:20.000Z",
        "v": 1,
    }


def _with(**changed):
    return json.dumps({**json.loads(LEAF), **changed}, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        LEAF + b" ",
        LEAF + b"\n",
        LEAF.replace(b",", b", ", 1),
        LEAF.replace(b'"v":1', b'"v":1.0'),
        LEAF.replace(b'"run":1', b'"run":1,"run":1'),
        _with(v=2),
        _with(act="other"),
        _with(actor="doc-" + "d" * 32),
        _with(actor="per-" + "D" * 32),
        _with(actor="Anna"),
        _with(subject=None),
        _with(subject="per-" + "1" * 32),
        _with(subject="invoice.pdf"),
        _with(facts={"pages": 3, "grade": "good"}),
        _with(facts={"pages": 3, "grade": "good", "run": 1, "name": "invoice.pdf"}),
        _with(facts={"pages": 3, "grade": "splendid", "run": 1}),
        _with(facts={"pages": -3, "grade": "good", "run": 1}),
        _with(facts={"pages": True, "grade": "good", "run": 1}),
        _with(facts={"pages": 1 << 60, "grade": "good", "run": 1}),
        _with(facts={"pages": "3", "grade": "good", "run": 1}),
        _with(facts=[]),
        _with(number=-1),
        _with(number="7"),
        _with(outcome="perhaps"),
        _with(outcome="failed"),
        _with(policy="ab"),
        _with(policy=None),
        _with(time="2026-09-21T14:13:20Z"),
        _with(time="2026-13-21T14:13:20.000Z"),
        _with(time=5),
        _with(more="text"),
        _with(facts={"code": "no-such-code"}, outcome="failed"),
        _with(facts={"code": "Anna"}, outcome="refused"),
    ],
)
def test_what_is_no_event_is_refused(leaf):
    with pytest.raises(LogDoesNotVerify):
        Event.read(leaf)


@pytest.mark.parametrize(
    "made",
    [
        lambda: Draft(DOCUMENT, Act.SWEPT, None, POLICY),
        lambda: Draft(PERSON, Act.PLACED, None, POLICY, facts={"placement": Placement.CLOUD}),
        lambda: Draft(PERSON, Act.PLACED, DOCUMENT, POLICY, facts={"placement": Sensitivity.LOW}),
        lambda: Draft(PERSON, Act.PLACED, DOCUMENT, POLICY, facts={"placement": "cloud"}),
        lambda: Draft(PERSON, Act.PLACED, DOCUMENT, POLICY),
        lambda: Draft(PERSON, Act.PLACED, DOCUMENT, "policy.toml", facts={"placement": Placement.CLOUD}),
        lambda: Draft(PERSON, Act.PLACED, DOCUMENT, POLICY, Outcome.FAILED),
        lambda: Draft(PERSON, Act.SHORTENED, DOCUMENT, POLICY, facts={"until": -1}),
        lambda: Draft(PERSON, Act.SHORTENED, DOCUMENT, POLICY, facts={"until": 1 << 52}),
        lambda: Id("x", Thing.DOCUMENT),
        lambda: Id.read("doc"),
        lambda: Id.read("nobody-" + "1" * 32),
    ],
)
def test_what_the_vocabulary_does_not_know_cannot_be_said(made):
    with pytest.raises(ValueError, match=r"event|fact|id|time|policy|number|Thing"):
        made()


def test_times_are_kept_to_the_millisecond():
    for moment in (0, 1, 999, START + 7, 253_402_300_799_999):
        assert moment_of(moment_text(moment)) == moment
    for moment in (-1, 253_402_300_800_000, 1 << 70):
        with pytest.raises(ValueError, match="time"):
            moment_text(moment)


def test_ids_are_random_and_read_back():
    one = Id.new(Thing.DOCUMENT)
    assert Id.read(str(one)) == one != Id.new(Thing.DOCUMENT)
