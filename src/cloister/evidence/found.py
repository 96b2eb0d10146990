"""What a search for evidence comes to: detectors, counts and pages. Never a value that was found."""

from __future__ import annotations

from dataclasses import dataclass

from cloister.model import Evidence, Found


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found in a document; `complete` is False where the time was over first: anything may be in it."""

    found: tuple[Found, ...] = ()
    complete: bool = True

    @property
    def evidence(self) -> frozenset[Evidence]:
        """The sorts of evidence that were found."""
        return frozenset(found.evidence for found in self.found)
