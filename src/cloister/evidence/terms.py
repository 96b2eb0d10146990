"""Finds terms among words that were read, though a letter is wrong or a space stands where none belongs.

A term is looked for without its spaces, in up to four words joined: so `gross pay`, `grosspay` and `gro ss pay` are
the same. One wrong, missing or added letter is forgiven in terms of eight letters or more. The work for each word is
bounded by the number of terms that begin or end alike, whatever the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cloister.evidence.text import Token, fold

_MOST_WORDS = 6
_FORGIVING = 8
"""Terms of so many letters are known by one letter less than all."""
_END = 4


def key(term: str) -> str:
    """A term as it is looked for: folded, without spaces and signs."""
    return "".join(c for c in fold(term) if c.isalnum())


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found, and the line on which it begins."""

    term: str
    line: int


@dataclass(frozen=True)
class Terms:
    """Terms, ready to be found."""

    known: frozenset[str]
    longest: int
    _begin: Mapping[str, Sequence[str]] = field(repr=False)
    _finish: Mapping[str, Sequence[str]] = field(repr=False)

    @classmethod
    def of(cls, terms: Iterable[str]) -> Terms:
        """Make the terms ready."""
        known = frozenset(filter(None, map(key, terms)))
        begin, finish = defaultdict(list), defaultdict(list)
        for term in sorted(known):
            if len(term) >= _FORGIVING:
                begin[term[:_END]].append(term)
                finish[term[-_END:]].append(term)
        return cls(known, max(map(len, known), default=0), dict(begin), dict(finish))

    def find(self, words: Sequence[Token]) -> Iterator[Hit]:
        """The terms among words, from left to right, the longest at each place and none within another."""
        at = 0
        while at < len(words):
            size, term = self._here(words, at)
            if term:
                yield Hit(term, words[at].line)
            at += size

    def _here(self, words: Sequence[Token], at: int) -> tuple[int, str]:
        joined, options = "", []
        for size in range(1, _MOST_WORDS + 1):
            word = words[at + size - 1].text if at + size <= len(words) else ""
            if not word or len(joined) + len(word) > self.longest + 1:
                break
            joined += word
            options.append(joined)
        for size in range(len(options), 0, -1):
            if term := self.match(options[size - 1]):
                return size, term
        return 1, ""

    def match(self, word: str) -> str:
        """The term that a word is, with at most one letter wrong; nothing if it is none."""
        if word in self.known:
            return word
        if len(word) < _FORGIVING - 1:
            return ""
        # One letter cannot be wrong at both ends: a term that is meant begins or ends as the word does.
        for term in (*self._begin.get(word[:_END], ()), *self._finish.get(word[-_END:], ())):
            if abs(len(term) - len(word)) <= 1 and nearly(word, term):
                return term
        return ""


def nearly(one: str, other: str) -> bool:
    """Whether two words differ by at most one letter put in, left out or exchanged."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    same = 0
    while same < len(shorter) and shorter[same] == longer[same]:
        same += 1
    rest = same + 1 if len(shorter) == len(longer) else same
    return shorter[rest:] == longer[same + 1 :]
