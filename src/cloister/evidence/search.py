"""Looks for every sort of evidence in a document, page by page, within a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from cloister.document import Document, Page
from cloister.evidence import cards, iban, identifiers, vocabularies, zones
from cloister.evidence.found import Searched
from cloister.evidence.terms import Words
from cloister.evidence.text import Number, Token, lines_of, numbers, tokens
from cloister.model import Found

SECONDS, MORE = 30.0, 1.0
"""The time for one document or text, and what each page of a document adds. A page takes a few hundredths of that."""
_MOST_LINES, _MOST_CHARACTERS = 400, 20_000
"""More than any page of print has; what has more is looked at in parts."""
Clock = Callable[[], float]


class Search:
    """A search that goes page by page, so that one can be looked at while the next is still being read.

    Where the time is over first, what was found until then is given, and `complete` is False.
    """

    def __init__(
        self, seconds: float = SECONDS, more: float = MORE, *, today: date | None = None, clock: Clock = time.monotonic
    ) -> None:
        """`seconds` are for all of it, and each page adds `more`; no time passes between two pages."""
        self._left, self._more, self._clock = seconds, more, clock
        self._day = today or date.today()  # noqa: DTZ011 - days are those of the machine's calendar
        self._found: list[Found] = []
        self.complete = True
        """Whether there was time for all until now."""

    def page(self, page: Page) -> None:
        """Look at a page that was read."""
        self._left += self._more
        self.lines(page.number, [piece for line in page.lines for piece in lines_of(line.text)])

    def lines(self, number: int, lines: Sequence[str]) -> None:
        """Look at the lines of a page, which are not overlong."""
        until = self._clock() + self._left
        self.complete = self.complete and self._look(number, lines, until)
        self._left = until - self._clock()

    def searched(self) -> Searched:
        """What was found until now."""
        return Searched(_summed(self._found), complete=self.complete)

    def _look(self, number: int, lines: Sequence[str], until: float) -> bool:
        """Whether there was time for all of it."""
        for part in _parts(lines):
            for step in _looked(part, number, self._day):
                if step is not None:
                    self._found.append(step)
                if self._clock() > until:
                    return False
        return True


def search(
    document: Document | str, *, seconds: float | None = None, today: date | None = None, clock: Clock = time.monotonic
) -> Searched:
    """The evidence in what was read, or in a text whose pages are parted by form feeds; `seconds` are for all of it."""
    timed = {} if seconds is None else {"seconds": seconds, "more": 0.0}
    looking = Search(**timed, today=today, clock=clock)
    if isinstance(document, str):
        for number, text in enumerate(document.split("\f"), 1):
            if looking.complete:
                looking.lines(number, lines_of(text))
    else:
        for page in document.pages:
            looking.page(page)
    return looking.searched()


def _parts(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines in parts of bounded size; one part for any page of print."""
    part: list[str] = []
    size = 0
    for line in lines:
        if part and (len(part) == _MOST_LINES or size + len(line) > _MOST_CHARACTERS):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    yield part


def _summed(found: Sequence[Found]) -> tuple[Found, ...]:
    """One entry for each detector and page."""
    sums: dict[tuple[str, int], Found] = {}
    for one in found:
        place = (one.detector, one.page)
        sums[place] = replace(one, count=one.count + sums[place].count) if place in sums else one
    return tuple(sums.values())


def _looked(lines: Sequence[str], page: int, today: date) -> Iterator[Found | None]:
    """What is found on some lines; None in between, so that no time passes unseen."""
    yield from zones.find(lines, page, today)
    read: list[Token] = []
    likely: list[Number] = []
    for at, line in enumerate(lines):
        read.extend(tokens([line], at))
        likely.extend(numbers(line, at))
        if at % 16 == 0:
            yield None
    accounts, rest = iban.find(likely, read, page)
    yield from accounts
    yield None
    words = Words(read)
    yield None
    speaking = frozenset(hit.line for hit in cards.WORDS.find(words))
    near = frozenset(at for at in range(len(lines)) if identifiers.near(at, speaking))
    yield from cards.find(rest, near, page)
    yield None
    yield from identifiers.find(rest, identifiers.announced(words), page)
    yield None
    yield from vocabularies.find(words, page)
