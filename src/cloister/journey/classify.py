"""Classify: how sensitive a document is, and why. A level can rise, never fall; what is unsure is the strictest.

It happens twice. Before a document is read, its declared kind gives the floor (`declared`). After reading, evidence
in the text and doubts about the reading can only raise that (`read`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cloister.document import Document, Grade
from cloister.evidence import Found, Searched
from cloister.model import Sensitivity
from cloister.policy import Policy

LEAST_GRADE = Grade.GOOD
"""Only evidence of good reading lets a document stay low: at FAIR up to a quarter of a page may have been misread."""


class Because(Enum):
    """Why a document has at least some level."""

    LISTED = "its declared kind"
    UNLISTED = "its kind is not listed in the policy"
    FOUND = "evidence in the text"
    READ_POORLY = "not read well enough to tell"
    NO_TEXT = "no text was read"
    LEFT_OUT = "lines in another script were not read"
    NOT_READ = "the rest was not read: no model for its script"
    NOT_SEARCHED = "the search for evidence took too long"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a level: which rule, where and how often. Never what stood there."""

    sensitivity: Sensitivity
    because: Because
    page: int | None = None
    found: Found | None = None

    @property
    def words(self) -> str:
        """The reason for people."""
        where = "" if self.page is None else f"page {self.page}: "
        if self.found is None:
            return f"{where}{self.because.value}"
        times = "" if self.found.count == 1 else f" × {self.found.count}"
        return f"{where}{self.found.detector}{times}"


@dataclass(frozen=True, slots=True)
class Classified:
    """A document's level, and every reason for it. `kind` is None where the policy lists none of that name."""

    kind: str | None
    sensitivity: Sensitivity
    reasons: tuple[Reason, ...]

    def raised(self, reasons: tuple[Reason, ...], least: Sensitivity) -> Classified:
        """The same with more reasons: at the level they come to, or at its own if that is stricter."""
        return Classified(self.kind, max(self.sensitivity, least), (*self.reasons, *reasons))


def declared(policy: Policy, kind: str | None) -> Classified:
    """A document that was not read yet: its kind's floor, and the strictest where the policy does not list it."""
    floor = policy.floor(kind)
    if kind is None or kind not in policy.kinds:
        return Classified(None, floor, (Reason(floor, Because.UNLISTED),))
    return Classified(kind, floor, (Reason(floor, Because.LISTED),))


def read(
    before: Classified, policy: Policy, document: Document, searched: Searched, *, whole: bool = True
) -> Classified:
    """The same document after reading. `whole` is False where some of it could not be read at all."""
    doubts = _doubts(document, searched, whole=whole)
    evidence = tuple(
        Reason(policy.raised(found.evidence), Because.FOUND, found.page, found) for found in searched.found
    )
    least = policy.sensitivity(before.kind, searched.evidence, well_read=not doubts)
    return before.raised((*evidence, *doubts), least)


def _doubts(document: Document, searched: Searched, *, whole: bool) -> tuple[Reason, ...]:
    """Every reason to believe that something stands in the document that was not read or not looked at."""
    strictest = max(Sensitivity)
    found = []
    for page in document.pages:
        if not page.words:
            found.append(Reason(strictest, Because.NO_TEXT, page.number))
        elif page.grade < LEAST_GRADE:
            found.append(Reason(strictest, Because.READ_POORLY, page.number))
        if any(step.name == "script" for step in page.steps):
            found.append(Reason(strictest, Because.LEFT_OUT, page.number))
    if not document.pages and whole:
        found.append(Reason(strictest, Because.NO_TEXT))
    if not whole:
        found.append(Reason(strictest, Because.NOT_READ))
    if not searched.complete:
        found.append(Reason(strictest, Because.NOT_SEARCHED))
    return tuple(found)
