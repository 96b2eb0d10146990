"""Machine-readable lines as OCR gives them, put right where the grammar proves it.

Nothing is guessed: a character changes only where none such may stand and a look-alike may, or where
check digits fail with it and hold with exactly one exchange of look-alikes. Every change is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from cloister.mrz.grammar import ALPHABET, FILLER, STATES, Guard, Layout, Sort
from cloister.mrz.zone import Correction, Proof, allowed, holds

_FILLERS = str.maketrans({
    "«": "<<", "‹": "<", "≪": "<<", "〈": "<", "《": "<<", "＜": "<", "≤": "<", "{": "<", "(": "<",  # noqa: RUF001
})  # fmt: skip
_LETTER_FOR = {"0": "O", "1": "I", "2": "Z", "4": "A", "5": "S", "6": "G", "8": "B"}
_DIGIT_FOR = {
    "O": "0", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1", "J": "1", "Z": "2", "A": "4", "S": "5", "G": "6",
    "T": "7", "B": "8",
}  # fmt: skip
_TWINS = ("0O", "1I", "2Z", "5S", "6G", "8B")
"""Hardly told apart in OCR-B; the first to be tried where a check digit fails …"""
_ALIKE = (
    *_TWINS,
    "0DOQ",
    "1IL",
    "1J",
    "4A",
    "UV",
    "VY",
    "MN",
    "MH",
    "CG",
    "EF",
    "PR",
    "KX",
    "KR",
    "38",
    "17",
    "56",
    "08",
)
"""… and what is now and then taken for one another."""
_LIKE_FILLER = frozenset("<CKELXS")
_SMALL_TAIL = re.compile("<[<ceC]{7,}$")
_RUN = re.compile("<{2,}")
_LAST = 3
"""The first run of so many fillers, or the second of two, is the last thing in a line of names."""
_MOST_ADDED = 4
_STATE = re.compile(Sort.STATE.value * 3)
_WIDEST = 30
"""Among more characters than this, two exchanges prove nothing."""


def whole_tail(raw: str) -> str:
    """The line without spaces, and with fillers at its end for the small c and e that they are mistaken for."""
    text = "".join(raw.split()).translate(_FILLERS)
    tail = _SMALL_TAIL.search(text)
    if tail is None or tail[0].count(FILLER) < _LAST or not re.search("[ce]", tail[0]):
        return text
    if any(c.islower() for c in text[: tail.start()]) and not any(c.isupper() for c in text[: tail.start()]):
        return text  # a line in small letters, where c is a letter like any other
    return text[: tail.start()] + FILLER * len(tail[0])


def normalise_line(raw: str) -> str:
    """The line in the zone's alphabet: capitals without accents, no spaces, « as <<; other signs go."""
    text = whole_tail(raw)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()
    return "".join(c for c in text if c in ALPHABET)


def plain_tail(line: str) -> str:
    """The line with fillers for the look-alikes of fillers in its last run.

    After three fillers, or the second pair, nothing but fillers may follow in a line of names (9303-3, 4.6).
    """
    for number, run in enumerate(_RUN.finditer(line)):
        tail = line[run.start() :]
        last = number > 0 or len(run[0]) >= _LAST
        if last and set(tail) <= _LIKE_FILLER and tail.count(FILLER) * 3 > len(tail):
            return line[: run.start()] + FILLER * len(tail)
    return line


@dataclass(frozen=True, slots=True)
class Fit:
    """How a line fits the pattern of a layout's line.

    `text` has the pattern's length; `source` tells for each of its characters where it stood in the line
    as it was read, or None for a filler that was added.
    """

    text: str
    source: tuple[int | None, ...]
    changes: tuple[Correction, ...]
    width: int
    """How long the line was as it was read."""

    @property
    def cost(self) -> float:
        """How much had to change: characters, and half as much for each filler too many or too few."""
        return len(self.changes) + abs(len(self.source) - self.width) / 2


def fit(line: str, layout: Layout, row: int, reach: int = _MOST_ADDED) -> Fit | None:
    """Fit a line in the zone's alphabet; None where it cannot be by length and look-alikes alone."""
    pattern = layout.patterns[row]
    best: Fit | None = None
    for text, source in _lengths(line, len(pattern), reach):
        found = _placed(text, source, len(line), layout, row)
        if found is not None and (best is None or found.cost < best.cost):
            best = found
    return best


def _lengths(line: str, width: int, reach: int) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    """The line at the width wanted: as it is, or with a run of fillers made longer or shorter."""
    places: list[int | None] = list(range(len(line)))
    missing = width - len(line)
    if missing == 0:
        yield line, tuple(places)
        return
    if abs(missing) > reach:
        return
    for run in sorted(_RUN.finditer(line), key=lambda r: r.start() - r.end())[:2]:
        if missing > 0:
            at = run.end()
            yield line[:at] + FILLER * missing + line[at:], (*places[:at], *[None] * missing, *places[at:])
        elif run.end() - run.start() > -missing:
            start, end = run.end() + missing, run.end()
            yield line[:start] + line[end:], (*places[:start], *places[end:])


def _placed(text: str, source: tuple[int | None, ...], width: int, layout: Layout, row: int) -> Fit | None:
    """Every character where it may stand, exchanged for its look-alike where it must; None where none will do."""
    out = list(text)
    for at, character in enumerate(text):
        meant = character if allowed(character, layout, row, at) else _look_alike(character, layout.sort(row, at))
        if meant is None:
            return None
        out[at] = meant
    for found in _STATE.finditer(layout.patterns[row]):
        state = slice(*found.span())
        out[state] = _state(text[state], "".join(out[state]))
    if row == 0 and out[0] not in layout.begins:
        return None
    changes = tuple(
        Correction(row, at, was, now, Proof.POSITION)
        for at, (was, now) in enumerate(zip(text, out, strict=True))
        if was != now
    )
    return Fit("".join(out), source, changes, width)


def _look_alike(character: str, sort: Sort) -> str | None:
    if sort in (Sort.LETTER, Sort.STATE):
        return _LETTER_FOR.get(character)
    if sort in (Sort.DIGIT, Sort.DATE, Sort.CHECK):
        return _DIGIT_FOR.get(character)
    if sort is Sort.SEX:
        return {"H": "M", "N": "M", "P": "F", "E": "F", "K": FILLER, "C": FILLER}.get(character)
    return None


def _state(read: str, meant: str) -> str:
    """What stands there, with the letters for digits chosen so that it is a state, if only one choice is."""
    if meant in STATES:
        return meant
    if read[0] in "D0OQ" and FILLER in read and set(read[1:]) <= _LIKE_FILLER:
        return "D<<"
    options = [[c for c in sorted(_alike(was)) if c.isalpha()] if was.isdigit() else [was] for was in read]
    found = {"".join(option) for option in product(*options)} & STATES
    return found.pop() if len(found) == 1 else meant


def _alike(character: str, groups: Sequence[str] = _ALIKE) -> set[str]:
    return {c for group in groups if character in group for c in group} - {character}


def proven(
    lines: Sequence[str], layout: Layout, guards: Sequence[Guard]
) -> tuple[tuple[str, ...], tuple[Correction, ...]]:
    """The lines with what these check digits prove: where one fails, the only exchange that makes it hold.

    Twins are tried before what is alike, one exchange before two. An exchange must not break any check digit
    that held; of several, the one that makes the composite hold as well is taken; otherwise none.
    """
    done = tuple(lines)
    changes: list[Correction] = []
    for guard in guards:
        if holds(done, guard):
            continue
        for size, groups in ((1, _TWINS), (1, _ALIKE), (2, _TWINS)):
            found = list(_exchanges(done, layout, guard, guards, size, groups))
            if len(found) > 1:
                found = _backed(found, guards)
            if len(found) == 1:
                done, made = found[0]
                changes += made
            if found:
                break
    return done, tuple(changes)


_Exchange = tuple[tuple[str, ...], list[Correction]]


def _exchanges(
    lines: tuple[str, ...], layout: Layout, guard: Guard, guards: Sequence[Guard], size: int, groups: Sequence[str]
) -> Iterator[_Exchange]:
    """Every way to make a check digit hold by `size` exchanges of look-alikes."""
    good = [other for other in guards if holds(lines, other)]
    spans = [guard.at, *guard.over]
    spots = [(span.line, at) for span in spans for at in range(span.start, span.end) if lines[span.line][at] != FILLER]
    if len(spots) > _WIDEST and size > 1:
        return
    for chosen in combinations(spots, size):
        options = []
        for row, at in chosen:
            options.append([c for c in sorted(_alike(lines[row][at], groups)) if allowed(c, layout, row, at)])
        for meant in product(*options):
            changed = [list(line) for line in lines]
            for (row, at), character in zip(chosen, meant, strict=True):
                changed[row][at] = character
            after = tuple("".join(line) for line in changed)
            if holds(after, guard) and all(holds(after, other) for other in good):
                made = [
                    Correction(row, at, lines[row][at], c, Proof.CHECK_DIGIT)
                    for (row, at), c in zip(chosen, meant, strict=True)
                ]
                yield after, made


def _backed(found: list[_Exchange], guards: Sequence[Guard]) -> list[_Exchange]:
    """Those that make the composite hold as well, where there is one."""
    composite = [guard for guard in guards if guard.name == "composite"]
    return [exchange for exchange in found if composite and holds(exchange[0], composite[0])]
