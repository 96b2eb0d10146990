"""Searches one buffer for words, however they are spelled, and for what an XOR leaves of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cloister.canary.frames import Form
from cloister.canary.jailed.needles import HEAD, TAIL, Mark, turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.canary.jailed.needles import Needles, Word

_LETTERS = bytes(range(65, 91)) + bytes(range(97, 123))
_NO_LETTERS = bytes(set(range(256)) - set(_LETTERS))
_LOWER = bytes(range(256)).lower()
_IS_LETTER = bytes(byte in _LETTERS for byte in range(256))
_BLOCK = 1 << 12
_ALPHABET = 26
_ALNUM = frozenset(_LETTERS + b"0123456789")
_LINE_ENDS = frozenset((b"\\n", b"\\r", b"\\t"))
"""As text in JSON has them."""
_STEM, _WEAK_STEM = 7, 5
"""Letters from its start or its end that a word must have left: to count alone; to count with another of its token."""
_ENDING = 3
"""Letters that an index may put in place of an ending."""
_MOST_KEYS = 8
_AROUND = 16
_SHOWS = 9
_MANY_PAIRS = 11
_PRINTABLE = frozenset(range(32, 127)) | {9, 10, 13, 0}
_MOST_PRINTED = 0.8


@dataclass(frozen=True, slots=True)
class Sight:
    """A word that was seen. A weak one counts only with another word of the same token."""

    word: Word
    form: Form
    is_weak: bool = False


class _Places:
    """Where in a buffer its letters stand, counted in blocks so that little is held."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._before: NDArray[np.int64] | None = None

    def at(self, first: int, count: int) -> list[int]:
        """The places of `count` letters from the letter of number `first` on; fewer at the end."""
        if self._before is None:
            whole = np.zeros(-(-len(self._data) // _BLOCK) * _BLOCK, np.bool_)
            whole[: len(self._data)] = self._is_letter(0, len(self._data))
            counts = np.count_nonzero(whole.reshape(-1, _BLOCK), axis=1)
            self._before = np.concatenate(([0], np.cumsum(counts)))
        block = int(np.searchsorted(self._before, first, "right")) - 1
        skip, found = first - int(self._before[block]), np.zeros(0, np.int64)
        start = at = block * _BLOCK
        width = _BLOCK
        while len(found) < skip + count and at < len(self._data):
            at = start + width
            found = np.flatnonzero(self._is_letter(start, at)) + start
            width *= 2
        return [int(place) for place in found[skip : skip + count]]

    def _is_letter(self, start: int, end: int) -> NDArray[np.bool_]:
        return np.frombuffer(self._data[start:end].translate(_IS_LETTER), np.bool_)


def words(data: bytes, needles: Needles, *, is_mirrored: bool = False) -> Iterator[Sight]:
    """Every word that stands in the buffer, in any of the spellings that letters tell.

    Words in a mirrored buffer that are mirrored were seen in the buffer itself.
    """
    letters = data.translate(_LOWER, _NO_LETTERS)
    places = _Places(data)
    for string, offset in needles.letters.matches(letters):
        for mark in needles.marks[string]:
            if is_mirrored and mark.form is Form.REVERSED:
                continue
            at = offset if mark.is_head else offset - (len(mark.spelled) - TAIL)
            if (sight := _judge(data, letters, places, mark, at)) is not None:
                yield sight
    for steps, at in needles.turns.matches(turns(letters)):
        for word in needles.turned[steps]:
            shift = (letters[at] - word.text[0]) % _ALPHABET
            form = Form.ROT13 if shift == _ALPHABET // 2 else Form.CAESAR
            mark = Mark(word, letters[at : at + len(word.text)], form, is_head=True)
            if shift and (sight := _judge(data, letters, places, mark, at)) is not None:
                yield sight
    for code, _ in needles.raw.matches(data):
        found, form = needles.codes[code]
        for word in found:
            yield Sight(word, form)


def _judge(data: bytes, letters: bytes, places: _Places, mark: Mark, at: int) -> Sight | None:
    """Whether what matched the start or the end of a word is that word."""
    size = len(mark.spelled)
    if at >= 0 and letters[at : at + size] == mark.spelled:
        span = places.at(at, size)
        if (form := _whole(data, span)) is None:
            return None
        return Sight(mark.word, mark.form if form is Form.PLAIN else form)
    if mark.form is not Form.PLAIN:
        return None
    return _misread(data, letters, places, mark, at) or _stem(data, letters, places, mark, at)


def _whole(data: bytes, span: list[int]) -> Form | None:
    """How all letters of a word stand; None for letters of either case among others, as chance makes them."""
    text = bytes(data[place] for place in span)
    gaps = {data[a + 1 : b] for a, b in pairwise(span)}
    is_bounded = _is_bounded(data, span)
    if not (is_bounded or text.isupper() or text.islower() or text.istitle()):
        return None
    if gaps == {b""}:
        return Form.PLAIN
    if all(not gap.strip(b"\0") for gap in gaps) and len(gaps) == 1:
        return {1: Form.UTF16, 3: Form.UTF32}.get(len(gaps.pop()), Form.SPACED)
    # Something stands between letters: a letter's case is then all that tells it from chance.
    return Form.SPACED if text.isupper() or text.islower() or text.istitle() else None


def _is_bounded(data: bytes, span: list[int], digits: int = 0) -> bool:
    """Whether no letter or digit stands beside the word, but for the zeros of UTF-16, and so many misread as digits."""
    if digits and (data[span[0] - 1 : span[0]].isdigit() or data[span[-1] + 1 : span[-1] + 2].isdigit()):
        is_before = data[span[0] - 1 : span[0]].isdigit()
        return _is_bounded(data, [span[0] - 1, span[-1]] if is_before else [span[0], span[-1] + 1])
    before = data[max(0, span[0] - 4) : span[0]].rstrip(b"\0")
    before = b"" if before[-2:] in _LINE_ENDS else before[-1:]
    after = data[span[-1] + 1 : span[-1] + 5].lstrip(b"\0")[:1]
    return not (before and before[0] in _ALNUM) and not (after and after[0] in _ALNUM)


def _misread(data: bytes, letters: bytes, places: _Places, mark: Mark, at: int) -> Sight | None:
    """The word with one letter wrong, missing or too many, standing alone."""
    size = len(mark.spelled)
    for count in (size, size - 1, size + 1):
        start = at if mark.is_head else at + size - count
        seen = letters[max(0, start) : start + count]
        if start < 0 or len(seen) != count or not _is_one_off(seen, mark.spelled):
            continue
        span = places.at(start, count)
        gaps = [b - a for a, b in pairwise(span)]
        step = min(gaps)
        # A sign, a digit or a letter of another alphabet (up to three bytes) may stand for the one that is wrong.
        odd = [gap for gap in gaps if gap != step]
        odd_fits = not odd or (len(odd) == 1 and count == size - 1 and odd[0] <= 4 * step)
        if step in {1, 2, 4} and odd_fits and _is_bounded(data, span, 1 if count < size and not odd else 0):
            return Sight(mark.word, Form.MISREAD)
    return None


def _is_one_off(seen: bytes, word: bytes) -> bool:
    """Whether one edit makes one of the other."""
    short, long = sorted((seen, word), key=len)
    same = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def _stem(data: bytes, letters: bytes, places: _Places, mark: Mark, at: int) -> Sight | None:
    """What an index leaves of the word: its start with another ending or none, or its end."""
    size = len(mark.spelled)
    known = HEAD if mark.is_head else TAIL
    first = at if mark.is_head else at + size - TAIL
    # What is kept stands in a row, so it does so among the letters too: nearly all that begins like a word ends here.
    if mark.is_head and letters[at : at + _WEAK_STEM] != mark.spelled[:_WEAK_STEM]:
        return None
    span = places.at(first, known)
    if len(span) < known or span[-1] - span[0] != known - 1:
        return None
    start, end = span[0], span[-1] + 1
    while start and data[start - 1] in _ALNUM and end - start < 2 * size and data[start - 2 : start] not in _LINE_ENDS:
        start -= 1
    while end < len(data) and data[end] in _ALNUM and end - start < 2 * size:
        end += 1
    run = data[start:end].lower()
    if mark.is_head:
        kept = _common(run, mark.spelled)
        fits = start == span[0] and len(run) - kept <= _ENDING and kept < size
    else:
        kept = _common(run[::-1], mark.spelled[::-1])
        fits = kept == len(run)
    if not fits or kept < _WEAK_STEM:
        return None
    return Sight(mark.word, Form.STEMMED, is_weak=kept < _STEM)


def _common(a: bytes, b: bytes) -> int:
    return next((at for at, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]), min(len(a), len(b)))


def xor_keys(data: bytes, needles: Needles, periods: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys (each of 1 to `periods` bytes, from the buffer's start) under which a word appears, and that word."""
    array = np.frombuffer(data, np.uint8)
    told: set[bytes] = set()
    for period, (machine, texts) in enumerate(needles.periods[:periods], 1):
        if len(array) <= period:
            return
        for pairs, at in machine.matches((array[:-period] ^ array[period:]).tobytes()):
            for text in texts[pairs]:
                key = bytes(a ^ b for a, b in zip(data[at : at + period], text, strict=False))
                turned = bytes(key[(place - at) % period] for place in range(period))
                if len(key) < period or turned in told or data[at : at + _SHOWS].lower() == text[:_SHOWS].lower():
                    continue  # the last: the word itself, perhaps in another case
                # Under one byte a word stays a word; a longer key needs the whole token, or text around it.
                if period == 1 or len(pairs) >= _MANY_PAIRS or _is_readable(data, turned, at, len(text)):
                    told.add(turned)
                    yield turned, text
                    if len(told) >= _MOST_KEYS:
                        return


def _is_readable(data: bytes, key: bytes, at: int, size: int) -> bool:
    """Whether what stands around the word is text under this key too."""
    start, end = max(0, at - _AROUND), min(len(data), at + size + _AROUND)
    around = [data[place] ^ key[place % len(key)] for place in range(start, end) if not at <= place < at + size]
    return sum(byte in _PRINTABLE for byte in around) >= _MOST_PRINTED * len(around)


def xored(data: bytes, key: bytes) -> bytes:
    """The bytes under a key that is repeated."""
    array = np.frombuffer(data, np.uint8)
    return (array ^ np.resize(np.frombuffer(key, np.uint8), len(array))).tobytes()
