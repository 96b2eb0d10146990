"""A few high papers as a fax, each declared low: what they are is found in what was read. And text that is harmless."""

from __future__ import annotations

from cloister import evidence
from cloister.model import Sensitivity
from tests.evidence import manuals, papers
from tests.evidence.reading import Job, jobs, through_pixels

MOST_RAISED = 0.02
KINDS = ("id_card", "hr_letter", "lab_report")
"""One for each sort of evidence; test_proof_recall.py has all."""


def test_a_fax_of_a_high_paper_is_found_to_be_high():
    wanted = [
        Job(job.kind, papers.LANGUAGES[number % 4], job.condition, job.seed)
        for number, job in enumerate(jobs(KINDS, ("fax",), 1, 31))
    ]
    done = list(through_pixels(wanted))
    assert [one.job.kind for one in done if not one.found] == []
    assert {one.level for one in done} == {Sensitivity.HIGH}


def test_hardly_any_paragraph_about_python_is_raised():
    every = manuals.of_python()[::8]
    raised = [found.detector for text in every for found in evidence.search(text).found]
    assert len(every) > 100
    assert len(raised) <= MOST_RAISED * len(every), raised
