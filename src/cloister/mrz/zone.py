"""A machine-readable zone, read: typed fields, and the verdict of every check digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from cloister.mrz.grammar import FILLER, LAYOUTS, Format, Guard, Layout, Span, check_digit

_HUNDRED, _AHEAD = 100, 50


class Proof(Enum):
    """What shows that a character was misread."""

    POSITION = "no such character may stand there"
    CHECK_DIGIT = "the check digits hold only with it"
    LENGTH = "a row of fillers had the wrong length"


@dataclass(frozen=True, slots=True)
class Correction:
    """One character that was put right: line and position in the zone, what was read and what it is."""

    line: int
    at: int
    read: str
    meant: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit, and whether it holds."""

    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Mrz:
    """A zone. Texts are without fillers; dates are None where they are not known or not dates.

    `birth` takes the latest century that is not after `today`, `expiry` the one within 50 years of it.
    """

    format: Format
    lines: tuple[str, ...]
    code: str
    issuer: str
    surname: str
    given_names: tuple[str, ...]
    number: str
    nationality: str
    birth: date | None
    sex: str
    expiry: date | None
    optional: tuple[str, ...]
    checks: tuple[Check, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether every check digit holds."""
        return all(check.holds for check in self.checks)


def parse(lines: Sequence[str], *, today: date | None = None, corrections: Sequence[Correction] = ()) -> Mrz | None:
    """The zone in these lines, as they stand; None where they have no format's shape.

    `today` settles the century of dates; without it the clock does.
    """
    found = [layout for layout in LAYOUTS if _shaped(lines, layout)]
    if not found:
        return None
    # The French card looks like a TD2 whose birth date is elsewhere; what holds decides.
    best = max(found, key=lambda layout: sum(holds(lines, guard) for guard in layout.guards) / len(layout.guards))
    return read(lines, best, today or date.today(), corrections)  # noqa: DTZ011  (a date on paper has no time zone)


def _shaped(lines: Sequence[str], layout: Layout) -> bool:
    if [len(line) for line in lines] != [layout.width] * len(layout.patterns) or lines[0][0] not in layout.begins:
        return False
    if layout.format is Format.FRANCE and not lines[0].startswith("IDFRA"):
        return False
    return all(allowed(c, layout, i, j) for i, line in enumerate(lines) for j, c in enumerate(line))


_ALLOWED = {
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ<",
    "S": "ABCDEFGHIJKLMNOPQRSTUVWXYZ<",
    "N": "0123456789",
    "D": "0123456789<",
    "C": "0123456789<",
    "G": "MFX<",
    "X": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<",
}


def allowed(character: str, layout: Layout, line: int, at: int) -> bool:
    """Whether the character may stand there."""
    return character in _ALLOWED[layout.patterns[line][at]]


def text_of(lines: Sequence[str], span: Span) -> str:
    """The characters of a span."""
    return lines[span.line][span.start : span.end]


def long_number(lines: Sequence[str], layout: Layout) -> tuple[str, str] | None:
    """A document number too long for its field, with its check digit.

    Where a filler stands for the check digit, the number goes on in the optional data, up to the first
    filler, and its last character is the check digit (9303-5, 4.2.4; 9303-6, 4.2.4).
    """
    if layout.format not in (Format.TD1, Format.TD2):
        return None
    span = layout.fields["number"]
    first, rest = text_of(lines, span), text_of(lines, layout.fields["optional"]).split(FILLER)[0]
    if lines[span.line][span.end] != FILLER or FILLER in first or not rest:
        return None
    return first + rest[:-1], rest[-1]


def holds(lines: Sequence[str], guard: Guard) -> bool:
    """Whether a check digit is the one of what it guards."""
    over = "".join(text_of(lines, span) for span in guard.over)
    digit = text_of(lines, guard.at)
    if digit == FILLER:
        return guard.name != "composite" and not over.strip(FILLER)
    return check_digit(over) == digit


def read(lines: Sequence[str], layout: Layout, today: date, corrections: Sequence[Correction] = ()) -> Mrz:
    """The zone in lines that have this layout."""
    text = {name: text_of(lines, span) for name, span in layout.fields.items()}
    checks = [Check(guard.name, holds(lines, guard)) for guard in layout.guards]
    number, optional = text["number"].strip(FILLER), text["optional"]
    if (longer := long_number(lines, layout)) is not None:
        number = longer[0]
        optional = optional.split(FILLER, 1)[1]
        checks[0] = Check("number", check_digit(longer[0]) == longer[1])
    surname, _, given = text["names"].strip(FILLER).partition(FILLER * 2)
    given = text.get("given", given)
    return Mrz(
        layout.format,
        tuple(lines),
        text["code"].strip(FILLER),
        text["issuer"].strip(FILLER),
        _spaced(surname),
        tuple(name for name in given.split(FILLER) if name),
        number,
        text.get("nationality", text["issuer"]).strip(FILLER),
        birth_date(text["birth"], today),
        text["sex"].strip(FILLER),
        expiry_date(text["expiry"], today) if "expiry" in text else None,
        tuple(_spaced(part) for part in (optional, text.get("optional2", "")) if part.strip(FILLER)),
        tuple(checks),
        tuple(corrections),
    )


def _spaced(text: str) -> str:
    return " ".join(part for part in text.split(FILLER) if part)


def _date(digits: str, century: int) -> date | None:
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def birth_date(digits: str, today: date) -> date | None:
    """YYMMDD in the latest century that makes it no later than today."""
    century = today.year - today.year % _HUNDRED
    found = _date(digits, century)
    return _date(digits, century - _HUNDRED) if found is None or found > today else found


def expiry_date(digits: str, today: date) -> date | None:
    """YYMMDD in the century that brings its year nearest to today's: at most 49 years ahead, or 50 back."""
    if not digits[:2].isdecimal():
        return None
    first = today.year - _AHEAD
    year = first + (int(digits[:2]) - first) % _HUNDRED
    return _date(digits, year - year % _HUNDRED)
