"""Classify: how sensitive a document is, and why. A level can rise, never fall; what is unsure is the strictest.

It happens twice. Before a document is read, its declared kind gives the floor (`declared`). After reading, evidence
in the text and doubts about the reading can only raise that (`read`).
"""

from __future__ import annotations

from cloister.document import Document, Grade
from cloister.evidence import Searched
from cloister.model import Because, Classified, Reason, Sensitivity
from cloister.policy import Policy

LEAST_GRADE = Grade.GOOD
"""Only evidence of good reading lets a document stay low: at FAIR up to a quarter of a page may have been misread."""


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
