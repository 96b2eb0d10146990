"""What a caller may ask of a reading."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cloister.errors import BadPageRange
from cloister.model import Mode, Plain

MAX_PAGE_NUMBER = 100_000
_PART = re.compile(r"(\d{1,6})(?:(-)(\d{1,6})?)?")


@dataclass(frozen=True, slots=True)
class Options:
    """How one document is read.

    `pages` holds first and last page of each range, from 1; empty means all. `seconds` is the time
    that opening the document or reading one page may take before it is stopped.
    """

    mode: Mode = Mode.SKIP
    pages: tuple[tuple[int, int], ...] = ()
    password: Plain | None = None
    rotate: bool = True
    deskew: bool = True
    languages: tuple[str, ...] = ()
    seconds: float = 30.0


def page_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Understand `1,3-5,9-`: page numbers and ranges from 1, the last one open if it ends in a dash."""
    ranges = []
    for part in text.replace(" ", "").split(","):
        if not (found := _PART.fullmatch(part)):
            raise BadPageRange
        first = int(found[1])
        last = int(found[3]) if found[3] else MAX_PAGE_NUMBER if found[2] else first
        if not 1 <= first <= last <= MAX_PAGE_NUMBER:
            raise BadPageRange
        ranges.append((first, last))
    return tuple(sorted(ranges))
