"""Read: what stands in a document, and the evidence in it. Whoever can read is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cloister import evidence
from cloister.document import Document
from cloister.evidence import Searched


class Legible(Protocol):
    """An admitted document in the hands of a reader."""

    def document(self, seconds: float) -> Document:
        """All of it, read in jails within so many seconds; raises what went wrong there."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what was found in it."""

    document: Document
    searched: Searched


def read(legible: Legible, seconds: float) -> Reading:
    """Read it wholly and within its time, or raise: a page is read, or it is an error."""
    document = legible.document(seconds)
    return Reading(document, evidence.search(document))
