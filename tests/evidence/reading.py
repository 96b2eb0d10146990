"""Papers through pixels: drawn, read with one reader, searched and classified as if they were declared low."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from cloister import evidence, policy
from cloister.document import Document
from cloister.errors import UnreadableScript
from cloister.evidence import Searched
from cloister.journey import classify
from cloister.model import Evidence, Sensitivity
from cloister.ocr.options import Options
from cloister.ocr.reader import Reader
from cloister.policy import Policy
from tests.evidence import papers
from tests.policy.made import text

PATIENT = Options(seconds=300)
WANTED = {
    "passport": Evidence.MRZ,
    "id_card": Evidence.MRZ,
    "payslip": Evidence.PAYROLL,
    "hr_letter": Evidence.PAYROLL,
    "medical_form": Evidence.MEDICAL,
    "lab_report": Evidence.MEDICAL,
}
MEMO = """
[kinds.memo]
title = "Memos"
level = "low"
types = ["pdf", "png", "jpeg"]
project = "Canteen"
document_owner = "Canteen"
approved_by = "Canteen"
origins = ["this-machine"]
limits = { bytes = 20_000_000, pages = 20, runs = 2 }
"""


@dataclass(frozen=True)
class Job:
    """One paper to draw and read."""

    kind: str
    language: str
    condition: str
    seed: int


@dataclass(frozen=True)
class Done:
    """What came of it."""

    job: Job
    searched: Searched
    level: Sensitivity

    @property
    def found(self) -> bool:
        """Whether the evidence of its kind was found."""
        return WANTED[self.job.kind] in self.searched.evidence


def with_memos() -> Policy:
    """The shipped policy with one kind more, which is low."""
    return policy.load(text("default").replace("[kinds.identity]", f"{MEMO}\n[kinds.identity]"))


def levels(givens: Iterable[object]) -> Iterator[tuple[Searched, Sensitivity]]:
    """Read each, and classify it as a memo."""
    rules = with_memos()
    with Reader() as reader, closing(reader.stream(givens, PATIENT)) as streams:
        for stream in streams:
            pages, whole = [], True
            try:
                pages.extend(stream)
            except UnreadableScript:
                whole = False
            document = Document(tuple(pages), stream.facts())
            searched = evidence.search(document)
            told = classify.read(classify.declared(rules, "memo"), rules, document, searched, whole=whole)
            yield searched, told.sensitivity


def through_pixels(jobs: list[Job]) -> Iterator[Done]:
    """Draw and read each paper; pages are drawn as they are needed."""
    drawn = (papers.paper(job.kind, job.language, job.condition, job.seed) for job in jobs)
    for job, (searched, level) in zip(jobs, levels(drawn), strict=True):
        yield Done(job, searched, level)


def jobs(kinds: Iterable[str], conditions: Iterable[str], each: int, first: int) -> list[Job]:
    """So many papers of each kind in each condition, in the four languages by turns, and no two alike."""
    return [
        Job(kind, papers.LANGUAGES[number % len(papers.LANGUAGES)], condition, first + number)
        for number in range(each)
        for kind in kinds
        for condition in conditions
    ]
