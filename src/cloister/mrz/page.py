"""Zones among the lines of a page, and the page with its machine-readable lines put right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cloister.document import Line, Page, Word
from cloister.mrz.grammar import FILLER, LAYOUTS, Format, Layout
from cloister.mrz.repair import Fit, fit, normalise_line, plain_tail, proven, whole_tail
from cloister.mrz.zone import Correction, Mrz, Proof, holds, read

_SHORTEST, _LONGEST = 24, 50
_LEAST_RUN = 4
"""So many fillers in a row stand in no other text …"""
_LEAST_PAIR = 16
"""… and a pair of them in none of this length without a space or a small letter."""
_MOST_COST = 0.25
"""Of the characters that are no filler; more exchanges than this are no reading."""
_WITNESSES = 2
"""A line alone may be mended by a check digit only if so many others in it hold."""
_FAR, _NEAR = 16, 4


@dataclass(frozen=True, slots=True)
class _Found:
    """A zone and the lines, by index, that it stands on."""

    mrz: Mrz
    at: tuple[int, ...]


def find(lines: Iterable[str], *, today: date | None = None) -> list[Mrz]:
    """The zones among lines of recognised text, in their order, put right where their grammar proves it."""
    return [found.mrz for found in _zones([normalise_line(line) for line in lines], today or date.today())]  # noqa: DTZ011


def repair_page(page: Page, *, today: date | None = None) -> tuple[Page, tuple[Mrz, ...]]:
    """The page with its machine-readable lines in their own alphabet, each as one word, and the zones found.

    Outlines and confidences stay. A line that is surely machine-readable though no whole zone was found,
    as on a crop, is rewritten too: only what its kind of line proves.
    """
    lines = page.lines
    raw = [line.text for line in lines]
    plain = [normalise_line(text) for text in raw]
    zones = _zones(plain, today or date.today())  # noqa: DTZ011
    meant = {at: text for zone in zones for at, text in zip(zone.at, zone.mrz.lines, strict=True)}
    for at, text in enumerate(raw):
        if at not in meant and is_machine_readable(text):
            meant[at] = alone(plain[at])
    if not meant:
        return page, ()
    numbers = iter(range(len(lines)))
    blocks = tuple(
        replace(block, lines=tuple(_rewritten(line, meant.get(next(numbers))) for line in block.lines))
        for block in page.blocks
    )
    return replace(page, blocks=blocks), tuple(zone.mrz for zone in zones)


def _rewritten(line: Line, text: str | None) -> Line:
    if text is None or line.text == text:
        return line
    return Line((Word(text, line.polygon, line.confidence),), line.polygon, line.confidence)


def is_machine_readable(raw: str) -> bool:
    """Whether a line, taken alone, is surely one of a zone."""
    plain, solid = normalise_line(raw), whole_tail(raw)
    if len(plain) > _LONGEST or sum(map(str.isalnum, solid)) > sum(map(str.isalnum, plain)):
        return False
    small = sum(c.islower() for c in solid)
    if FILLER * _LEAST_RUN in plain and len(plain) >= _LEAST_PAIR:
        return small * 3 <= len(solid)
    return FILLER * 2 in plain and len(plain) >= _LEAST_PAIR and small * 8 <= len(solid)


def alone(plain: str) -> str:
    """One line of a zone, put right by what every kind of line that it may be agrees on."""
    fits = []
    for layout in LAYOUTS:
        for row in range(len(layout.patterns)):
            tail = plain_tail(plain) if _named(layout, row) else plain
            if (found := fit(tail, layout, row, _reach(layout, row))) is not None:
                fits.append((found.cost, found, layout, row, tail))
    most = _MOST_COST * len(plain.replace(FILLER, ""))
    fits = [entry for entry in fits if len(entry[1].changes) <= most]
    if not fits:
        return plain
    least = min(cost for cost, *_ in fits)
    readings = {_back(_checked(found, layout, row), tail) for cost, found, layout, row, tail in fits if cost == least}
    return _agreed(plain, readings)


def _checked(found: Fit, layout: Layout, row: int) -> Fit:
    """The line with what a check digit within it proves, if all its others hold as they are."""
    guards = [guard for guard in layout.guards if {span.line for span in (guard.at, *guard.over)} == {row}]
    lines = [found.text if i == row else "" for i in range(len(layout.patterns))]
    broken = [guard for guard in guards if not holds(lines, guard)]
    single = [guard for guard in broken if guard.name != "composite"]
    if len(guards) - len(broken) < _WITNESSES or len(single) != 1:
        return found
    after, _ = proven(lines, layout, guards)
    return replace(found, text=after[row]) if all(holds(after, guard) for guard in guards) else found


def _reach(layout: Layout, row: int) -> int:
    """How far a line's length may be off: by more where it ends in fillers, as its fields count from the left."""
    return _FAR if _named(layout, row) or (layout.format is Format.TD1 and row == 0) else _NEAR


def _named(layout: Layout, row: int) -> bool:
    return layout.fields["names"].line == row and layout.fields["names"].end == layout.width


def _back(found: Fit, line: str) -> str:
    """What was put right, at the length that the line was read with."""
    out = list(line)
    for text, at in zip(found.text, found.source, strict=True):
        if at is not None:
            out[at] = text
    return "".join(out)


def _agreed(plain: str, readings: set[str]) -> str:
    """Character by character, what all readings agree on; otherwise what was read."""
    columns = zip(*readings, strict=True)
    return "".join(column[0] if len(set(column)) == 1 else was for was, column in zip(plain, columns, strict=True))


def _zones(plain: Sequence[str], today: date) -> list[_Found]:
    found: list[_Found] = []
    likely = [at for at, text in enumerate(plain) if _SHORTEST <= len(text) <= _LONGEST and _filled(text)]
    taken: set[int] = set()
    for at in likely:
        if at in taken:
            continue
        options = [zone for layout in LAYOUTS if (zone := _zone(plain, at, layout, today)) is not None]
        if not options:
            continue
        best = max(options, key=lambda zone: _worth(zone.mrz))
        if _worth(best.mrz)[0] * 2 >= 1:
            found.append(best)
            taken.update(best.at)
    return found


def _filled(text: str) -> bool:
    return FILLER in text or sum(c.isdigit() for c in text) * 2 > len(text)


def _worth(mrz: Mrz) -> tuple[float, int, int]:
    """The share of check digits that hold, how many they are, and how little had to change."""
    held = sum(check.holds for check in mrz.checks)
    return held / len(mrz.checks), held, -len(mrz.corrections)


def _zone(plain: Sequence[str], at: int, layout: Layout, today: date) -> _Found | None:
    """A zone of this layout that begins at a line; a line between may be something else, as a stray mark."""
    rows = [at]
    while len(rows) < len(layout.patterns):
        following = next(
            (i for i in range(rows[-1] + 1, min(rows[-1] + 3, len(plain))) if len(plain[i]) >= _SHORTEST), None
        )
        if following is None:
            return None
        rows.append(following)
    fits, changes = [], []
    for row, index in enumerate(rows):
        text = plain_tail(plain[index]) if _named(layout, row) else plain[index]
        if (fitted := fit(text, layout, row, _reach(layout, row))) is None:
            return None
        fits.append(fitted)
        changes += _told(plain[index], text, fitted, row)
    if layout.format is Format.FRANCE and not fits[0].text.startswith("IDFRA"):
        return None
    letters = sum(len(fitted.text.replace(FILLER, "")) for fitted in fits)
    if sum(len(fitted.changes) for fitted in fits) > _MOST_COST * letters:
        return None
    if not any(holds([fitted.text for fitted in fits], guard) for guard in layout.guards):
        return None  # nothing vouches for it being a zone
    lines, made = proven([fitted.text for fitted in fits], layout, layout.guards)
    return _Found(read(lines, layout, today, [*changes, *made]), tuple(rows))


def _told(plain: str, tail: str, fitted: Fit, row: int) -> list[Correction]:
    """Every change on the way from what was read to what fits."""
    changes = [
        Correction(row, at, was, now, Proof.POSITION)
        for at, (was, now) in enumerate(zip(plain, tail, strict=True))
        if was != now
    ]
    changes += fitted.changes
    added = len(fitted.text) - len(plain)
    if added:
        place = len(fitted.text) - 1
        changes.append(
            Correction(row, place, "" if added > 0 else FILLER * -added, FILLER * max(0, added), Proof.LENGTH)
        )
    return changes
