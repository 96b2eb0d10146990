"""Every question that a reviewer asks has an answer, and none is better than its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cloister.review import compare, standing
from cloister.review.claims import COMMAND
from cloister.review.questions import PARTLY, QUESTIONS, How, clauses
from cloister.review.record.model import Record, make
from cloister.review.signed import Act, Word
from cloister.review.verdict import Verdict
from tests.review.reviews import PLAIN, review, signed_off, sound

SECTIONS = {"C": 5, "D": 4, "U": 7, "R": 7, "E": 5, "A": 6, "L": 6, "P": 6, "T": 4, "N": 3, "H": 8, "O": 10, "V": 6}
"""How many questions each letter has, and one more; those of C and A begin at 0."""
IDS = [f"{letter}{i}" for letter, end in SECTIONS.items() for i in range(0 if letter in "CA" else 1, end)]
DAY = date(2026, 11, 20)


def record(made, of, words: tuple[Word, ...] = (), day: date = DAY) -> Record:
    return make(made, of, words, day, signer="", self_signed=True)


def verdicts(of: Record) -> dict[str, Verdict]:
    return {answer.question.id: answer.verdict for answer in of.answers}


def test_every_question_is_asked_once():
    assert sorted(QUESTIONS) == sorted(IDS)
    assert len(IDS) == 66
    assert {asked for claim in COMMAND for asked in claim.asked} <= set(IDS)


@pytest.mark.parametrize("name", ["clinic", "default", "law-firm"])
def test_every_question_has_a_verdict_a_reason_and_evidence(name):
    of = signed_off(name, kinds=1)
    for made in (review(of), sound(of)):
        told = record(made, of).answers
        assert [answer.question.id for answer in told] == list(QUESTIONS)
        for answer in told:
            assert answer.because
            assert answer.claims or answer.fields or answer.question.how is not How.POLICY
            if answer.verdict is Verdict.VERIFIED:
                assert answer.claims or answer.question.how is How.RECORD


def test_a_question_is_as_good_as_the_worst_of_its_claims():
    of = signed_off(kinds=1)
    told = verdicts(record(review(of), of))
    assert told["R1"] is Verdict.VERIFIED
    assert told["R6"] is Verdict.REFUTED
    assert told["D1"] is Verdict.INCONCLUSIVE
    assert told["T2"] is Verdict.OPEN
    assert told["L1"] is Verdict.STALE
    assert told["H4"] is Verdict.NOT_CLAIMED


def test_what_an_experiment_shows_in_part_stays_open():
    of = signed_off(kinds=1)
    told = verdicts(record(sound(of), of))
    assert {told[each] for each in PARTLY} == {Verdict.OPEN}
    assert told["P4"] is Verdict.VERIFIED


def test_what_only_the_policy_says_is_the_word_of_who_signed_it():
    of = signed_off(kinds=1)
    assert verdicts(record(sound(of), of))["C2"] is Verdict.ATTESTED
    late = date(2027, 5, 1)
    assert verdicts(record(sound(of), of, day=late))["C2"] is Verdict.STALE
    never = replace(of, review=replace(of.review, last=None, approved_by=()))
    assert verdicts(record(sound(never), never))["C2"] is Verdict.OPEN
    assert {verdicts(record(sound(never), never))[each] for each in ("V3", "N1", "N2")} == {Verdict.OPEN}


def test_what_the_policy_leaves_out_is_not_claimed():
    of = signed_off("default", kinds=1)
    told = verdicts(record(sound(of), of))
    assert {told[each] for each in ("P1", "P2", "P3", "V1", "V5", "A3")} == {Verdict.NOT_CLAIMED}
    empty = replace(of, kinds={})
    assert {verdicts(record(sound(empty), empty))[each] for each in ("C0", "C1", "C2", "N1")} == {Verdict.NOT_CLAIMED}


def test_a_word_fills_in_what_no_experiment_shows_and_changes_nothing_else():
    of = signed_off(kinds=1)
    words = tuple(
        Word(Act.ATTEST, about, "A", "so", DAY, DAY)
        for about in ("E1", "R6", "nothing-sent", "nothing-kept-after-kill")
    )
    made = record(review(of), of, words)
    claims = {row.finding.claim: row.finding.verdict for row in made.rows}
    assert verdicts(made)["E1"] is Verdict.ATTESTED
    assert verdicts(made)["R6"] is Verdict.REFUTED
    assert claims["nothing-sent"] is Verdict.ATTESTED
    assert claims["nothing-kept-after-kill"] is Verdict.REFUTED
    assert verdicts(record(review(of), of, words, date(2026, 11, 21)))["E1"] is Verdict.OPEN
    assert verdicts(record(review(of), of, words, date(2026, 11, 19)))["E1"] is Verdict.OPEN


def test_with_a_word_for_a_claim_the_total_is_not_verified():
    of = signed_off(kinds=1)
    open_ = replace(sound(of), findings=sound(of).findings[:-1])
    assert record(open_, of).verdict is Verdict.OPEN
    word = Word(Act.ATTEST, "reads", "A", "so", DAY, DAY)
    assert record(open_, of, (word,)).verdict is Verdict.ATTESTED
    assert record(sound(of), of).verdict is Verdict.VERIFIED


def test_a_claim_without_a_finding_is_open_on_the_record():
    of = signed_off(kinds=1)
    rows = record(replace(sound(of), findings=()), of).rows
    assert [row.finding.claim for row in rows] == [claim.id for claim in standing.MANDATORY]
    assert {row.finding.verdict for row in rows} == {Verdict.OPEN}


def test_the_five_questions_are_answered_from_policy_and_review():
    of = signed_off(kinds=1)
    told = {each.asks: dict(each.rows) for each in record(review(of, PLAIN), of).five}
    assert list(told) == [
        "What do we process?",
        "Where does it live?",
        "Who can access it?",
        "How long is it kept?",
        "What changed?",
    ]
    assert told["What do we process?"]["kinds"] == "0 low, 0 moderate, 1 high"
    assert told["Where does it live?"]["observed (not declared)"].startswith("/tmp/ocr.io.")
    assert told["Who can access it?"]["high, content"] == "who submitted it, readers"
    assert told["How long is it kept?"]["high"].endswith("text 1 hour, result 1 hour")


def test_the_keys_that_speak_of_a_question_are_told_shortly():
    assert clauses("R1") == ("levels.*.retention", "kinds.*.retention", "placements.*.keeps")
    assert clauses("H6")[-1] == "owners"


def test_a_comparison_tells_what_got_worse_first():
    of = signed_off(kinds=1)
    longer = replace(of, upload=replace(of.upload, unfinished=of.upload.unfinished * 2))
    old, new = record(sound(of), of), record(replace(review(longer, PLAIN), seconds_median=9.0), longer)
    found = [(change.way.value, change.what) for change in compare.changes(old, new)]
    assert found == sorted(found, key=lambda each: ["worse", "better", "changed"].index(each[0]))
    for change in (
        ("worse", "claim nothing-kept-after-kill: VERIFIED -> REFUTED"),
        ("worse", "data path: tool -> /tmp/ocr.io.*/origin.pdf is new"),
        ("worse", "policy widened: upload.unfinished: 15m -> 30m"),
        ("worse", "seconds a document: 1.42 -> 9.00"),
    ):
        assert change in found
    back = [(change.way.value, change.what) for change in compare.changes(new, old)]
    assert ("better", "data path: tool -> /tmp/ocr.io.*/origin.pdf is gone") in back
    assert compare.changes(old, old) == ()
