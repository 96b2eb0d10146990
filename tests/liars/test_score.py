"""The scoring counts what it must: above all, a claim that is broken and comes out VERIFIED."""

from __future__ import annotations

import itertools
import json

import pytest

from cloister.review.result import Review
from cloister.review.verdict import Verdict
from tests.liars import draw, matrix, score, workshop
from tests.liars.score import CLAIMS, Score
from tests.liars.verdicts import review

NONE: frozenset[str] = frozenset()


def perfect(*faults: str) -> Score:
    must = {claim for name in faults for claim in workshop.fault(name).refutes}
    hidden = {claim for name in faults for claim in workshop.fault(name).hides}
    said = dict.fromkeys(must, Verdict.REFUTED) | dict.fromkeys(hidden - must, Verdict.INCONCLUSIVE)
    return Score.of(faults, review(said))


@pytest.mark.parametrize("name", workshop.names())
def test_a_false_verified_is_counted_for_every_claim_of_every_fault(name: str):
    fault = workshop.fault(name)
    assert perfect(name).named
    assert not perfect(name).false_verified
    for broken in fault.breaks:
        said = {claim: Verdict.REFUTED for claim in fault.breaks if claim != broken}
        found = Score.of((name,), review(said))
        assert found.false_verified == (broken,)
        assert not found.named
        assert not score.reached([found], NONE)


def test_all_verified_is_false_for_every_liar_and_right_for_the_honest_tool():
    for name in workshop.names():
        assert set(Score.of((name,), review({})).false_verified) == workshop.fault(name).breaks
    assert Score.of((), review({})).named
    assert score.reached([Score.of((), review({}))], NONE)


def test_a_verdict_that_is_neither_is_not_false_but_does_not_name():
    for verdict in (Verdict.INCONCLUSIVE, Verdict.OPEN):
        found = Score.of(("upload",), review({"nothing-sent": verdict}))
        assert found.false_verified == ()
        assert found.missed == ("nothing-sent",)
        assert not found.named


def test_a_claim_that_only_part_of_a_pair_breaks_must_not_be_verified():
    found = Score.of(("upload", "lingers"), review({"nothing-sent": Verdict.REFUTED}))
    assert found.false_verified == ("ends",)
    assert perfect("upload", "lingers").named


def test_a_false_refuted_is_counted_on_liars_and_on_the_honest_tool():
    honest = Score.of((), review({"ends": Verdict.REFUTED}))
    assert honest.false_refuted == ("ends",)
    assert not score.reached([honest], NONE)
    liar = Score.of(("upload",), review({"nothing-sent": Verdict.REFUTED, "ends": Verdict.REFUTED}))
    assert liar.false_refuted == ("ends",)
    assert not liar.named


def test_a_claim_that_is_only_touched_may_come_out_either_way():
    for verdict in (Verdict.VERIFIED, Verdict.REFUTED):
        assert Score.of(("dated_output",), review({"same-output": Verdict.REFUTED, "reads": verdict})).named


def test_one_verified_among_several_findings_of_a_claim_counts():
    twice = review({"ends": Verdict.REFUTED})
    also = review({}).findings
    for findings in ((*twice.findings, *also), (*also, *twice.findings)):
        both = Review.from_json(twice.to_json())
        object.__setattr__(both, "findings", findings)
        assert Score.of(("lingers",), both).false_verified == ("ends",)


def test_no_review_is_neither_named_nor_reached():
    lost = Score(("upload",), {}, 1.0, "exit 15")
    assert not lost.named
    assert not score.reached([lost], NONE)
    assert not score.reached([Score((), {}, 1.0, "exit 15")], NONE)
    assert not score.reached([], NONE)


def test_nineteen_of_twenty_are_enough_and_eighteen_are_not():
    good = [perfect("upload")] * 19
    silent = Score.of(("upload",), review({}, Verdict.INCONCLUSIVE))
    assert score.reached([*good, silent], NONE)
    assert not score.reached([*good[:18], silent, silent], NONE)


def test_the_frozen_ones_are_judged_apart():
    silent = Score.of(("upload",), review({}, Verdict.INCONCLUSIVE))
    later = [perfect("udp_beacon")] * 99
    assert score.reached([*later, perfect("upload")], draw.frozen())
    assert not score.reached([*later, silent], draw.frozen())
    told = {group.name: group for group in score.groups([*later, silent], draw.frozen())}
    assert told["alone, written before the checks"].named == 0
    assert told["alone, written later"].share == 1


def test_scores_survive_as_json():
    found = Score.of(("upload",), review({"ends": Verdict.REFUTED}), 3.5)
    assert score.from_json(json.loads(json.dumps(score.as_json(found)))) == found
    assert set(found.verdicts) == set(CLAIMS)


def test_the_matrix_shows_what_was_wrong():
    right, wrong = perfect("upload"), Score.of(("lingers",), review({}))
    text = matrix.results([right, wrong])
    row = next(line for line in text.splitlines() if line.startswith("| `lingers`"))
    assert "✗ **V!**" in row
    assert "**" not in next(line for line in text.splitlines() if line.startswith("| `upload`"))
    assert "- `lingers`: false VERIFIED: ends" in text


def test_the_page_of_the_docs_is_current():
    assert matrix.PAGE.read_text() == matrix.page(matrix.measured())


def test_a_seed_decides_the_drawing():
    first, again, other = (draw.jobs(seed, singles=True, pairs=50, honest=20) for seed in (b"1", b"1", b"2"))
    assert first == again
    assert first != other
    assert [job.faults for job in first] != [job.faults for job in other]
    assert len(first) == len(workshop.names()) + 70
    assert len({job.folder for job in first}) == len(first)


def test_no_pair_gets_in_its_own_way():
    every = draw.jobs(b"1", singles=False, pairs=10**6, honest=0)
    for one, other in (job.faults for job in every):
        assert one != other
        assert not workshop.fault(one).group or workshop.fault(one).group != workshop.fault(other).group
    names = workshop.names()
    groups = {key: len(list(held)) for key, held in itertools.groupby(sorted(workshop.fault(n).group for n in names))}
    same = sum(count * (count - 1) // 2 for key, count in groups.items() if key)
    assert len(every) == len(names) * (len(names) - 1) // 2 - same
