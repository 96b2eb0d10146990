"""Finds terms among words that were read, though a letter is wrong or a space stands where none belongs.

A term is looked for without its spaces, in up to four words joined: so `gross pay`, `grosspay` and `gro ss pay` are
the same. One wrong, missing or added letter is forgiven in terms of eight letters or more. What the words of a page
come to when joined is found once, for all terms. The work for each word is bounded by the number of terms that begin
or end alike, whatever the text.
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
_LONGEST = 40
"""Letters of a term at most: nothing longer is joined."""
Place = tuple[int, int]
"""The number of a word, and how many from there on are joined."""


def key(term: str) -> str:
    """A term as it is looked for: folded, without spaces and signs."""
    return "".join(c for c in fold(term) if c.isalnum())


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found, and the line on which it begins."""

    term: str
    line: int


class Words:
    """The words of a text, and what they come to when a few of them are joined."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.whole: dict[str, list[Place]] = defaultdict(list)
        """Where words joined are this."""
        self.begin: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        """What begins with four letters and is long enough to be forgiven one."""
        self.finish: dict[str, list[tuple[str, Place]]] = defaultdict(list)
        """What ends with them."""
        for at in range(len(tokens)):
            joined = ""
            for size, token in enumerate(tokens[at : at + _MOST_WORDS], 1):
                joined += token.text
                if not token.text or len(joined) > _LONGEST + 1:
                    break
                self.whole[joined].append((at, size))
                if len(joined) >= _FORGIVING - 1:
                    self.begin[joined[:_END]].append((joined, (at, size)))
                    self.finish[joined[-_END:]].append((joined, (at, size)))


@dataclass(frozen=True)
class Terms:
    """Terms, ready to be found."""

    known: frozenset[str]
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
        if max(map(len, known), default=0) > _LONGEST:
            raise ValueError("a term that is longer than what is joined")
        return cls(known, dict(begin), dict(finish))

    def find(self, words: Words) -> Iterator[Hit]:
        """The terms among words, from left to right, the longest at each place and none within another."""
        found: dict[Place, str] = {}
        for term in self.known & words.whole.keys():
            found.update(dict.fromkeys(words.whole[term], term))
        # One letter cannot be wrong at both ends: a term that is meant begins or ends as the words do.
        for alike, terms in ((words.begin, self._begin), (words.finish, self._finish)):
            for end in terms.keys() & alike.keys():
                for joined, place in alike[end]:
                    if place not in found and (meant := _meant(joined, terms[end])):
                        found[place] = meant
        after = 0
        for at, size in sorted(found, key=lambda place: (place[0], -place[1])):
            if at >= after:
                yield Hit(found[at, size], words.tokens[at].line)
                after = at + size


def _meant(word: str, terms: Iterable[str]) -> str:
    """The first of the terms that a word is, with at most one letter wrong; nothing if it is none."""
    return next((term for term in terms if abs(len(term) - len(word)) <= 1 and nearly(word, term)), "")


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
