"""Makes tokens: two words each, made up, readable from print, and found in no natural text.

A word has three syllables, as in `NYWXEWPYF`. Its letters are those that print and hand do not confuse (no O/0/Q/D,
I/l/1/J, S/5, B/8, Z/2, G/6, V/U). Where syllables meet stand pairs of letters that words of few languages join, so that
a word with one letter misread is still no other word. It ends in a letter that no stemmer takes away. A word whose
letters differ from those soon after them in few ways, as those of `KUKFYFKUK` do, is not taken: under an XOR it looks
like numbers of a table.
"""

from __future__ import annotations

import hashlib
import hmac
from itertools import pairwise
from typing import NamedTuple

FIRST = "CFHKMNPRTWX"
VOWELS = "AEUY"
LAST = "FKPX"
PAIRS = tuple(
    pair
    for pair in (a + b for a in "FHKPWX" for b in "CFHKMNPRTWX")
    if pair[0] != pair[1]
    and pair not in {"FR", "FT", "HM", "HN", "HR", "HT", "KN", "KR", "KT", "PH", "PR", "PT", "WH"}
    and pair not in {"WN", "WR", "XC", "XP", "XT", "KH", "KW", "WK", "XH", "HW", "PN", "FN", "PC", "HK", "PM", "KM"}
)
LENGTH, _PART = 9, 6
_PERIODS, _LEAST_DIFFERENCES = (1, 2, 3), 4
_DECOY, _TOKEN = b"decoy", b"token"


class _Place(NamedTuple):
    """What a token is for."""

    domain: bytes
    surface: str
    slot: str


class Tokens:
    """The tokens of one run, all from its key.

    The same key, surface and slot give the same token, if they are asked for in the same order: a word that shares six
    letters in a row with one that has been given, shifted or reversed, is passed over, and the next one is taken.
    """

    def __init__(self, run_key: bytes) -> None:
        """`run_key` is 16 random bytes or more, and kept as secret as the samples of the run."""
        if len(run_key) < 16:  # noqa: PLR2004 - a key's length
            raise ValueError("a run key has 16 bytes or more")
        self._key = run_key
        self._given: dict[_Place, str] = {}
        self._parts: set[bytes] = set()

    def token(self, surface: str, slot: str) -> str:
        """The token for this surface in this slot: two words and a space between them."""
        return self._make(_Place(_TOKEN, surface, slot))

    def decoy(self, slot: str) -> str:
        """A token that looks like the others and is never submitted: a scanner that finds it is broken."""
        return self._make(_Place(_DECOY, "", slot))

    @staticmethod
    def sha256(token: str) -> str:
        """What evidence may hold of a token: its hash, in hexadecimal."""
        return hashlib.sha256(token.encode()).hexdigest()

    def _make(self, place: _Place) -> str:
        if place not in self._given:
            self._given[place] = f"{self._word(place, 0)} {self._word(place, 1)}"
        return self._given[place]

    def _word(self, place: _Place, which: int) -> str:
        count = 0
        while not _is_mixed(word := word_of(self._draw(place, which, count))) or self._parts & _parts(word):
            count += 1
        self._parts |= _parts(word)
        return word

    def _draw(self, place: _Place, which: int, count: int) -> int:
        parts = (place.domain, place.surface.encode(), place.slot.encode(), b"%d %d" % (which, count))
        said = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return int.from_bytes(hmac.digest(self._key, said, "sha256"), "big")


def _parts(word: str) -> set[bytes]:
    """What words of one run must not share: some encodings show no more of a word than six letters in a row.

    Two that differ by a shift of the alphabet, or that are the same from the end, count as one.
    """
    letters = word.encode()
    steps = [(second - first) % 26 for first, second in pairwise(letters)]
    back = [-step % 26 for step in reversed(steps)]
    return {bytes(way[at : at + _PART - 1]) for way in (steps, back) for at in range(LENGTH - _PART + 1)}


def _is_mixed(word: str) -> bool:
    """Whether what an XOR with a short key leaves of a word is seldom seen elsewhere."""
    letters = word.encode()
    return all(
        len({a ^ b for a, b in zip(letters, letters[period:], strict=False)}) >= _LEAST_DIFFERENCES
        for period in _PERIODS
    )


def word_of(number: int) -> str:
    """The word that a large random number stands for."""
    letters = ""
    for choices in (FIRST, VOWELS, PAIRS, VOWELS, PAIRS, VOWELS, LAST):
        number, at = divmod(number, len(choices))
        letters += choices[at]
    return letters
