"""Read: what stands in a document, and the evidence in it. Whoever can read is handed in."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from cloister import evidence
from cloister.document import Document, Facts, Page
from cloister.evidence import Searched


class Legible(Protocol):
    """An admitted document in the hands of a reader."""

    def read(self, seconds: float) -> Generator[Page, None, None]:
        """Every page as soon as it is read, in jails, all within so many seconds; raises what went wrong there."""

    def facts(self) -> Facts:
        """What is known of all of it once the last page was read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what was found in it."""

    document: Document
    searched: Searched


def read(legible: Legible, seconds: float) -> Reading:
    """Read it wholly and within its time, or raise: a page is read, or it is an error.

    A page is searched as soon as it is there, while others are still being read.
    """
    pages = []
    search = evidence.Search()
    with closing(legible.read(seconds)) as every:
        for page in every:
            search.page(page)
            pages.append(page)
        return Reading(Document(tuple(pages), legible.facts()), search.searched())
