"""The text of one page as detectors look at it: folded words that know their line, and numbers as they are written.

Everything here is one pass over the characters; nothing looks back further than a fixed number of words.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i",
})  # fmt: skip
_FOR_LETTERS = str.maketrans("0158|", "olsbl")
"""Digits that a recogniser gives for letters; they count as such within a word only."""
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"[0-9]")
_CHUNK = re.compile(r"[0-9A-Za-z]+")
LONGEST_LINE = 4000
"""A longer line is looked at in pieces of this length: no page has such lines, hostile files do."""
_MOST_CHUNKS = 9
_SHORTEST = 7
_LONGEST_NUMBER = 38
"""The longest IBAN in its groups of four, with its label run into it."""
_DASH = "\u2010\u2011\u2012\u2013\u2014\u2015"
_SIGNS = re.compile(r"[^0-9A-Za-z]+")
_WRITTEN = str.maketrans({
    **dict.fromkeys(string.digits, "9"), **dict.fromkeys(string.ascii_letters, "A"), **dict.fromkeys(_DASH, "-"),
})  # fmt: skip
_DASHES = re.compile(f"[{_DASH}]")
_GAP = re.compile(r"[ .\-/'’·+\u2010-\u2015]{1,3}")


@dataclass(frozen=True, slots=True)
class Token:
    """One folded word: small letters without accents. `text` is empty for a number, which nothing is joined over."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Number:
    """Characters that may be one number: capitals and digits without what parts them, and how it was written.

    `raw` holds the signs as well; `written` has 9 for each digit of it and A for each letter.
    """

    text: str
    raw: str
    written: str
    line: int
    start: int
    end: int


def fold(text: str) -> str:
    """Small letters without accents; ligatures become their letters."""
    plain = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c))


def lines_of(text: str) -> list[str]:
    """The lines of a text, the overlong in pieces."""
    found = []
    for line in text.splitlines():
        found += [line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE)] or [""]
    return found


def tokens(lines: Iterable[str], first: int = 0) -> Iterator[Token]:
    """The words of lines, in order; the lines are counted from `first`."""
    for number, line in enumerate(lines, first):
        for match in _WORD.finditer(fold(line)):
            word = match[0]
            digits = sum(map(str.isdigit, word))
            if digits * 2 >= len(word):
                yield Token("", number)
            else:
                yield Token(word.translate(_FOR_LETTERS) if digits else word, number)


def numbers(line: str, at: int) -> Iterator[Number]:
    """Everything on a line that could be a number of at least seven characters, from the longest at each place."""
    plain = unicodedata.normalize("NFKC", line)
    if not _DIGIT.search(plain):
        return
    chunks = [(match.start(), match.end()) for match in _CHUNK.finditer(plain)]
    for first, (start, _) in enumerate(chunks):
        if _joined(plain, start - 1, -1):
            continue
        ends = []
        size = 0
        for last in range(first, min(first + _MOST_CHUNKS, len(chunks))):
            if last > first and not _GAP.fullmatch(plain, chunks[last - 1][1], chunks[last][0]):
                break
            size += chunks[last][1] - chunks[last][0]
            if size > _LONGEST_NUMBER:
                break
            ends.append(chunks[last][1])
        for end in reversed(ends):
            if not _DIGIT.search(plain, start, end):
                break  # nor has anything shorter one
            raw = plain[start:end]
            text = _SIGNS.sub("", raw).upper()
            if len(text) >= _SHORTEST and not _joined(plain, end, 1):
                yield Number(text, _DASHES.sub("-", raw).upper(), _written(raw), at, start, end)


def _joined(line: str, at: int, way: int) -> bool:
    """Whether a sign at this place joins a number to one more beyond it, as in a version or a path."""
    if not (0 <= at < len(line) and 0 <= at + way < len(line)):
        return False
    return (line[at] in "./-" and line[at + way].isdigit()) or (line[at] in "_@" and line[at + way].isalnum())


def _written(raw: str) -> str:
    return raw.translate(_WRITTEN)
