"""Finds terms among words that were read, though a letter is wrong or a space stands where none belongs.

A term is looked for without its spaces, in up to four words joined: so `gross pay`, `grosspay` and `gro ss pay` are
the same. One wrong, missing or added letter is forgiven in terms of eight letters or more. What the words of a page
come to when joined is found once, for all terms. The work for each word is bounded by the number of terms that begin
or end alike, whatever the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from cloister.evidence.text import Token, fold

_MOST_WORDS = 6
_FORGIVING = 8
"""Terms of so many letters are known by one letter less than all."""
_END = 4
_LONGEST = 40
"""Letters of a term at most: nothing longer is joined."""


def key(term: str) -> str:
    """A term as it is looked for: folded, without spaces and signs."""
    return "".join(c for c in fold(term) if c.isalnum())


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found, and the line on which it begins."""

    term: str
    line: int


class Words:
    """The words of a text, and where in it some of them, joined, are, begin or end with something."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        whole, begin, finish = defaultdict(list), defaultdict(list), defaultdict(list)
        for at in range(len(tokens)):
            for joined in self.joined(at, _LONGEST + 1):
                whole[joined].append(at)
                if len(joined) >= _FORGIVING - 1:
                    begin[joined[:_END]].append(at)
                    finish[joined[-_END:]].append(at)
        self._places = (whole, begin, finish)

    def joined(self, at: int, longest: int) -> list[str]:
        """The word there, that and the next, and so on, with so many letters at most."""
        joined, found = "", []
        for token in self.tokens[at : at + _MOST_WORDS]:
            if not token.text or len(joined) + len(token.text) > longest:
                break
            joined += token.text
            found.append(joined)
        return found

    def places(self, *wanted: AbstractSet[str]) -> list[int]:
        """In order, where words joined are one of the first, begin as one of the second or end as one of the third."""
        every: set[int] = set()
        for found, keys in zip(self._places, wanted, strict=True):
            for each in keys & found.keys():
                every.update(found[each])
        return sorted(every)


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
        longest = max(map(len, known), default=0)
        if longest > _LONGEST:
            raise ValueError("a term that is longer than what is joined")
        return cls(known, longest, dict(begin), dict(finish))

    def find(self, words: Words) -> Iterator[Hit]:
        """The terms among words, from left to right, the longest at each place and none within another."""
        after = 0
        for at in words.places(self.known, self._begin.keys(), self._finish.keys()):
            if at < after:
                continue
            options = words.joined(at, self.longest + 1)
            for size in range(len(options), 0, -1):
                if term := self.match(options[size - 1]):
                    yield Hit(term, words.tokens[at].line)
                    after = at + size
                    break

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
