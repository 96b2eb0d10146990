"""High papers through pixels, by kind and condition; and high papers in bad ones, each wrongly declared low.

The figures take long: a page is drawn and read in about a second of two cores. All seeds are apart from those that the
detectors were written with.
"""

from __future__ import annotations

from collections import Counter

import pytest

from cloister.model import Sensitivity
from tests.evidence import papers
from tests.evidence.reading import Job, jobs, through_pixels

pytestmark = pytest.mark.proof
EACH = 84
"""Of each kind in each of three conditions: 252 papers of a kind."""
HARD = 1000
LEAST = {**dict.fromkeys(papers.CHECKED, 0.99), **dict.fromkeys(papers.WORDED, 0.95)}


@pytest.mark.parametrize("kind", papers.HIGH)
def test_the_evidence_of_a_high_paper_is_found(kind):
    every, found = Counter(), Counter()
    for done in through_pixels(jobs([kind], papers.READABLE, EACH, 200_000)):
        every[done.job.condition] += 1
        found[done.job.condition] += done.found
    for condition, count in every.items():
        print(f"{kind} {condition}: {found[condition]} of {count}")
    assert found.total() >= LEAST[kind] * every.total()


def test_no_high_paper_in_a_bad_condition_that_is_declared_low_stays_below_high():
    wanted: list[Job] = jobs(papers.HIGH, papers.HARD, HARD // len(papers.HIGH) // len(papers.HARD) + 1, 300_000)
    every, evident, below = Counter(), Counter(), []
    for done in through_pixels(wanted):
        every[done.job.condition] += 1
        evident[done.job.condition] += done.found
        if done.level is not Sensitivity.HIGH:
            below.append(done.job)
    for condition, count in every.items():
        print(f"{condition}: {count} papers, {evident[condition]} by evidence, the rest by doubt")
    assert every.total() >= HARD
    assert below == []
