"""Machine-readable zones of passports, visas and cards, and single lines that are surely of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cloister import mrz
from cloister.model import Evidence, Found

_LONGEST = 120
"""With a space between any two of its fifty characters a line of a zone is no longer."""
_LEAST = 24
_AT_ONCE, _SHARED = 60, 4
"""Lines that are looked at together, and how many of them again with those that follow."""


def find(lines: Sequence[str], page: int, today: date) -> Iterator[Found | None]:
    """The zones of a page; None now and then, so that whoever asks can look at the clock."""
    short = [line if len(line) <= _LONGEST else "" for line in lines]
    numbers: set[tuple[str, ...]] = set()
    alone = 0
    for at in range(0, len(short), _AT_ONCE - _SHARED):
        part = short[at : at + _AT_ONCE]
        numbers.update(zone.lines for zone in mrz.find(part, today=today) if any(check.holds for check in zone.checks))
        alone += sum(_is_line(line) for line in part)
        yield None
    if numbers:
        yield Found(Evidence.MRZ, "mrz", page, len(numbers), proven=True)
    elif alone:
        yield Found(Evidence.MRZ, "mrz-line", page, alone)


def _is_line(line: str) -> bool:
    """Whether a line that no check digit vouches for is one of a zone: hardly anything in it is of no zone."""
    solid = "".join(line.split())
    of_zones = sum(c in "<«" or (c.isascii() and (c.isdigit() or c.isupper())) for c in solid)
    return len(solid) >= _LEAST and of_zones * 10 >= len(solid) * 9 and mrz.is_machine_readable(line)
