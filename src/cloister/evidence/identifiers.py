"""National ids and tax numbers on a page: of the right shape, with check digits that hold, and announced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cloister.evidence.registers import UNPROVEN, Register, general, registers
from cloister.evidence.shapes import fits, mended
from cloister.evidence.terms import Terms, Words, key
from cloister.evidence.text import Number
from cloister.model import Evidence, Found

_ABOVE, _BELOW = 2, 1
"""A word announces a number on its own line, on so many above, or on the one below."""
_COLUMN = 3
"""So many different numbers below one another need no word at each: one at the head of their table does."""
Announced = Mapping[str, frozenset[int]]


@cache
def _words() -> tuple[Terms, Mapping[str, tuple[str, ...]]]:
    """Every word that announces, and the registers it speaks of."""
    speaks: dict[str, list[str]] = {}
    for register in registers():
        for word in register.words:
            speaks.setdefault(key(word), []).append(register.name)
    for evidence in (Evidence.NATIONAL_ID, Evidence.TAX_NUMBER):
        for word in general(evidence):
            speaks.setdefault(key(word), []).append(evidence.value)
    return Terms.of(speaks), {word: tuple(names) for word, names in speaks.items()}


@cache
def _by_length() -> Mapping[int, tuple[tuple[Register, str], ...]]:
    found: dict[int, list[tuple[Register, str]]] = {}
    for register in registers():
        for shape in register.shapes:
            found.setdefault(len(shape), []).append((register, shape))
    return {length: tuple(rows) for length, rows in found.items()}


def announced(words: Words) -> Announced:
    """For each register or sort of number the lines on which a word speaks of it."""
    terms, speaks = _words()
    lines: dict[str, set[int]] = {}
    for hit in terms.find(words):
        for name in speaks[hit.term]:
            lines.setdefault(name, set()).add(hit.line)
    return {name: frozenset(at) for name, at in lines.items()}


def near(line: int, at: frozenset[int]) -> bool:
    """Whether one of the lines is close enough to announce what stands on `line`."""
    return any(line + step in at for step in range(-_ABOVE, _BELOW + 1))


@dataclass(frozen=True, slots=True)
class _Match:
    """A number that may be one of a register. `rank`: 0 its own word is near, 1 it is written as no other, 2 less."""

    rank: int
    number: Number
    value: str
    register: Register

    @property
    def order(self) -> tuple[int, int, str]:
        """The most clearly announced first, of those the longest."""
        return self.rank, -len(self.value), self.register.name


def find(numbers: Sequence[Number], lines: Announced, page: int) -> Iterator[Found]:
    """The numbers of a page, by register; each counts once, for the register that is announced most clearly."""
    matches = list(_matches(numbers, lines))
    taken: dict[tuple[Evidence, int], list[tuple[int, int]]] = {}
    values: dict[Register, set[str]] = {}
    for match in sorted(matches, key=lambda match: match.order):
        spans = taken.setdefault((match.register.evidence, match.number.line), [])
        if all(match.number.end <= start or end <= match.number.start for start, end in spans):
            spans.append((match.number.start, match.number.end))
            values.setdefault(match.register, set()).add(match.value)
    for register, held in sorted(values.items(), key=lambda item: item[0].name):
        detector = f"{register.evidence.value}-{register.country.lower()}"
        yield Found(register.evidence, detector, page, len(held), proven=register.name not in UNPROVEN)


def _matches(numbers: Sequence[Number], lines: Announced) -> Iterator[_Match]:
    nothing: frozenset[int] = frozenset()
    columns: dict[str, list[_Match]] = {}
    for number in numbers:
        for register, shape in _by_length().get(len(number.text), ()):
            own = lines.get(register.name, nothing)
            # Without a check digit any number of that length would do: only a word of its own announces one.
            any_ = nothing if register.name in UNPROVEN else lines.get(register.evidence.value, nothing)
            alone = number.written in register.alone
            if not (alone or own or near(number.line, any_)) or not (value := _value(number, register, shape)):
                continue
            if near(number.line, own):
                yield _Match(0, number, value, register)
            elif alone or near(number.line, any_):
                yield _Match(1 if alone else 2, number, value, register)
            else:
                columns.setdefault(register.name, []).append(_Match(2, number, value, register))
    for column in columns.values():
        if len({match.value for match in column}) >= _COLUMN:
            yield from column


def _value(number: Number, register: Register, shape: str) -> str:
    """The number that this is in a register, or nothing."""
    if register.signs:
        return number.text if fits(number.text, shape) and register.holds(number.raw.replace(" ", "")) else ""
    if register.name in UNPROVEN:
        return number.text if fits(number.text, shape) and register.holds(number.text) else ""
    return next((reading for reading in mended(number.text, shape) if register.holds(reading)), "")
