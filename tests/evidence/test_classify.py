"""The step: a level rises and never falls, and whatever is unsure is the strictest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister import evidence, policy
from cloister.document import Block, Document, Facts, Grade, Line, Page, Step, Word
from cloister.evidence import Found, Searched
from cloister.journey import classify
from cloister.model import Because, Evidence, Sensitivity
from tests.policy.made import text as policy_text

LOW = """
[kinds.memo]
title = "Memos"
level = "low"
types = ["pdf", "png"]
project = "Canteen"
document_owner = "Canteen"
approved_by = "Canteen"
origins = ["this-machine"]
limits = { bytes = 20_000_000, pages = 20, runs = 2 }
"""
POLICY = policy.load(policy_text("default").replace("[kinds.identity]", f"{LOW}\n[kinds.identity]"))
HARMLESS = "Lunch is at noon today"


def page(text=HARMLESS, grade=Grade.EXCELLENT, **more):
    corners = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    lines = tuple(
        Line(tuple(Word(word, corners, 1.0) for word in line.split()), corners, 1.0)
        for line in text.split("\n")
        if line.strip()
    )
    return Page(1, 100, 100, 200.0, (Block(lines),) if lines else (), grade=grade, **more)


def document(*pages):
    pages = tuple(replace(one, number=number) for number, one in enumerate(pages, 1))
    return Document(pages, Facts("pdf", len(pages), min((one.grade for one in pages), default=Grade.POOR)))


def classified(*pages, kind="memo", searched=None, whole=True):
    read = document(*pages)
    before = classify.declared(POLICY, kind)
    return classify.read(before, POLICY, read, searched or evidence.search(read), whole=whole)


def test_the_declared_kind_is_the_floor_and_an_unlisted_one_the_strictest():
    assert classify.declared(POLICY, "memo").sensitivity is Sensitivity.LOW
    assert classify.declared(POLICY, "invoice").sensitivity is Sensitivity.MODERATE
    for kind in ("identity", "memos", "", None):
        assert classify.declared(POLICY, kind).sensitivity is Sensitivity.HIGH
    assert classify.declared(POLICY, "memos").kind is None


def test_a_harmless_page_that_was_read_well_stays_low():
    for grade in (Grade.GOOD, Grade.EXCELLENT):
        assert classified(page(grade=grade)).sensitivity is Sensitivity.LOW


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("IBAN DE89 3704 0044 0532 0130 00", Sensitivity.MODERATE),
        ("USt-IdNr. DE136695976", Sensitivity.MODERATE),
        ("PESEL 44051401359", Sensitivity.HIGH),
        ("Kreditkarte 4111 1111 1111 1111", Sensitivity.HIGH),
        ("Payslip\nGross pay 2,100.00\nNet pay 1,701.10", Sensitivity.HIGH),
        ("Mietvertrag\nVermieter und Mieter\nKündigungsfrist", Sensitivity.MODERATE),
    ],
)
def test_evidence_on_any_page_raises_it_by_the_policy(text, level):
    told = classified(page(), page(text), page())
    assert told.sensitivity is level
    assert [reason.page for reason in told.reasons if reason.because is Because.FOUND] == [2]


@pytest.mark.parametrize(
    ("doubtful", "because"),
    [
        (page(grade=Grade.FAIR), Because.READ_POORLY),
        (page(grade=Grade.POOR), Because.READ_POORLY),
        (page(""), Because.NO_TEXT),
        (page(steps=(Step("script", "not read: 1 line that looks like Thai"),)), Because.LEFT_OUT),
    ],
)
def test_what_was_not_read_well_is_the_strictest(doubtful, because):
    told = classified(page(), doubtful)
    assert told.sensitivity is Sensitivity.HIGH
    assert [(reason.because, reason.page) for reason in told.reasons[1:]] == [(because, 2)]


def test_what_was_not_read_or_not_searched_at_all_is_the_strictest():
    assert classified().sensitivity is Sensitivity.HIGH
    assert classified(page(), whole=False).sensitivity is Sensitivity.HIGH
    assert classified(page(), searched=Searched(complete=False)).sensitivity is Sensitivity.HIGH


FOUND = st.builds(Found, st.sampled_from(Evidence), st.just("any"), st.integers(1, 9), st.integers(1, 9))
PAGES = st.lists(st.builds(page, st.sampled_from((HARMLESS, "")), st.sampled_from(Grade)), max_size=4)


@settings(deadline=None)
@given(
    st.sampled_from((*POLICY.kinds, "other", None)),
    PAGES,
    st.lists(FOUND, max_size=5),
    st.lists(FOUND, max_size=5),
    st.booleans(),
)
def test_more_evidence_and_more_doubt_never_lower_a_level(kind, pages, some, more, whole):
    before = classify.declared(POLICY, kind)
    less = classify.read(before, POLICY, document(*pages), Searched(tuple(some)), whole=whole)
    both = classify.read(before, POLICY, document(*pages), Searched((*some, *more)), whole=whole)
    worse = classify.read(
        less, POLICY, document(*pages, page("")), Searched((*some, *more), complete=False), whole=whole
    )
    assert before.sensitivity <= less.sensitivity <= both.sensitivity <= worse.sensitivity
    again = classify.read(both, POLICY, document(page()), Searched())
    assert again.sensitivity is both.sensitivity
    for told in (less, both, worse):
        assert told.sensitivity == max(reason.sensitivity for reason in told.reasons)


def test_reasons_say_nothing_of_what_stood_there():
    secret = "PESEL 44051401359 IBAN DE89 3704 0044 0532 0130 00 Kreditkarte 4111 1111 1111 1111"
    told = classified(page(f"{secret}\nPayslip\nGross pay\nNet pay"))
    assert {reason.words for reason in told.reasons} == {
        "its declared kind",
        "page 1: national-id-pl",
        "page 1: iban",
        "page 1: card-number",
        "page 1: payroll-en × 3",
    }
    assert not any(part in repr(told) for part in ("4405", "3704", "4111"))
