"""The logic of verdicts: VERIFIED only with all four grounds, REFUTED only with an exhibit."""

from __future__ import annotations

import itertools

import pytest

from cloister.review.verdict import Exhibit, Finding, Ground, Need, Verdict, judge, total

ALL = tuple(Ground(need, met=True, why="seen") for need in Need)
EXHIBIT = Exhibit("a file was left", "/tmp/x", "sound/1")


def test_all_four_grounds_verify():
    assert judge("c", grounds=ALL).verdict is Verdict.VERIFIED


@pytest.mark.parametrize("met", [*itertools.product([True, False, None], repeat=4)])
def test_a_ground_that_is_unmet_or_missing_never_verifies(met):
    grounds = tuple(
        Ground(need, met=state, why=f"{need.value} says so")
        for need, state in zip(Need, met, strict=True)
        if state is not None
    )
    finding = judge("c", grounds=grounds)
    assert (finding.verdict is Verdict.VERIFIED) == (met == (True, True, True, True))
    assert {ground.need for ground in finding.grounds} == set(Need)


def test_only_time_missing_leaves_it_open():
    grounds = (*ALL[:3], Ground(Need.HORIZON, met=False, why="the backup is tomorrow"))
    finding = judge("c", grounds=grounds)
    assert (finding.verdict, finding.reason) == (Verdict.OPEN, "the backup is tomorrow")


@pytest.mark.parametrize("grounds", [(), ALL, ALL[:2]])
def test_an_exhibit_refutes_whatever_could_not_be_seen(grounds):
    assert judge("c", grounds=grounds, exhibits=(EXHIBIT,)).verdict is Verdict.REFUTED


def test_a_broken_scanner_neither_refutes_nor_verifies():
    finding = judge("c", grounds=ALL, exhibits=(EXHIBIT,), broken="a decoy was found")
    assert (finding.verdict, finding.reason, finding.exhibits) == (Verdict.INCONCLUSIVE, "a decoy was found", ())


@pytest.mark.parametrize(
    ("verdict", "grounds", "exhibits"),
    [
        (Verdict.VERIFIED, (), ()),
        (Verdict.VERIFIED, ALL[:3], ()),
        (Verdict.VERIFIED, ALL, (EXHIBIT,)),
        (Verdict.VERIFIED, (*ALL, Ground(Need.SCOPE, met=False, why="")), ()),
        (Verdict.REFUTED, ALL, ()),
    ],
)
def test_no_finding_can_be_made_that_says_too_much(verdict, grounds, exhibits):
    with pytest.raises(ValueError, match="without"):
        Finding("c", verdict, "", grounds, exhibits)


@pytest.mark.parametrize("other", [verdict for verdict in Verdict if verdict is not Verdict.VERIFIED])
def test_all_together_are_verified_only_if_each_is(other):
    verified = judge("a", grounds=ALL)
    exhibits = (EXHIBIT,) if other is Verdict.REFUTED else ()
    assert total((verified, verified)) is Verdict.VERIFIED
    assert total((verified, Finding("b", other, "", (), exhibits))) is other


def test_nothing_found_out_is_open():
    assert total(()) is Verdict.OPEN
