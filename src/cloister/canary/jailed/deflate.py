"""Where a raw deflate stream can start (RFC 1951): it has no mark, so all places are asked, by its first bits.

What is refused here could not be unpacked whole: lengths of codes that are no code, a copy of what is not there yet,
an end before the least that is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 9
"""Bytes that a stream must give to be believed."""
_FEW = 128
"""Up to which asking one byte is faster."""
_HEAD = 16
_FIXED, _DYNAMIC, _MOST_CODES = 1, 2, 29
_LENGTHS = 19
_SYMBOLS = 5
_LITERAL, _COPY, _END, _BAD = range(4)
_FIRST_COPY, _FIRST_BAD = 257, 286
_EXTRA = (0,) * 8 + (1,) * 4 + (2,) * 4 + (3,) * 4 + (4,) * 4 + (5,) * 4 + (0,)
_NEAR = (1, 2, 3, 4, 5, 7, 9, 13)


def may_start(byte: int) -> bool:
    """Whether a stream can start with this byte (3.2.3): fixed codes, or dynamic ones of possible numbers."""
    kind = byte >> 1 & 3
    return kind == _FIXED or (kind == _DYNAMIC and byte >> 3 <= _MOST_CODES)


def starts(data: bytes) -> list[int]:
    """The places where a whole stream of at least `LEAST` bytes may start, in order."""
    if len(data) <= _FEW:
        return [at for at, byte in enumerate(data) if may_start(byte)]
    array = np.frombuffer(data + bytes(_HEAD), np.uint8)
    kinds = array[: len(data)] >> 1 & 3
    fixed, dynamic = np.flatnonzero(kinds == _FIXED), np.flatnonzero(kinds == _DYNAMIC)
    kept = np.concatenate((fixed[_fixed(array, fixed)], dynamic[_dynamic(array, dynamic)]))
    places: list[int] = np.sort(kept).tolist()
    return places


def _bits(array: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """64 bits from each place on."""
    held = np.zeros(len(places), np.uint64)
    for byte in range(8):
        held |= array[places + byte].astype(np.uint64) << np.uint64(8 * byte)
    return held


def _dynamic(array: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The lengths of the codes for lengths (3.2.7) must be those of a complete code, as zlib asks as well."""
    first, second, third = (array[places + byte].astype(np.uint64) for byte in range(3))
    count = (second >> np.uint64(5) | (third & np.uint64(1)) << np.uint64(3)) + np.uint64(4)
    keep = (first >> np.uint64(3) <= _MOST_CODES) & ((second & np.uint64(31)) <= _MOST_CODES)
    bits = _bits(array, places + 2) >> np.uint64(1)
    used = np.zeros(len(places), np.uint16)
    shares = np.array([0, *(128 >> length for length in range(1, 8))], np.uint16)
    for number in range(_LENGTHS):
        share = shares[(bits >> np.uint64(3 * number) & np.uint64(7)).astype(np.intp)]
        used += np.where(count > number, share, np.uint16(0))
    result: NDArray[np.bool_] = keep & (used == 128)
    return result


def _fixed(array: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The first symbols (3.2.6): letters may follow each other; a copy must be of what is there."""
    keep = np.ones(len(places), np.bool_)
    alive = np.arange(len(places))
    bits = _bits(array, places)
    is_last = (bits & np.uint64(1)) == 1
    bits >>= np.uint64(3)
    for written in range(_SYMBOLS):
        codes = (bits & np.uint64(511)).astype(np.intp)
        kinds = _KINDS[codes]
        bad = (kinds == _BAD) | ((kinds == _END) & is_last)
        after = bits >> _SIZES[codes]
        bad |= (kinds == _COPY) & (_NEAREST[(after & np.uint64(31)).astype(np.intp)] > written)
        keep[alive[bad]] = False
        goes_on = kinds == _LITERAL
        alive, bits, is_last = alive[goes_on], after[goes_on], is_last[goes_on]
    return keep


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.uint8]]:
    """By the next nine bits: what a symbol is, its size with extra bits; by five more: the least a copy goes back."""
    kinds, sizes, nearest = np.zeros(512, np.uint8), np.zeros(512, np.uint64), np.zeros(32, np.uint8)
    for bits in range(512):
        code = int(f"{bits:09b}"[::-1], 2)
        if code >> 2 <= 0b0010111:
            symbol, size = 256 + (code >> 2), 7
        elif code >> 1 <= 0b10111111:
            symbol, size = (code >> 1) - 0b00110000, 8
        elif code >> 1 <= 0b11000111:
            symbol, size = 280 + (code >> 1) - 0b11000000, 8
        else:
            symbol, size = 144 + code - 0b110010000, 9
        kinds[bits] = _LITERAL if symbol < 256 else _END if symbol == 256 else _COPY if symbol < _FIRST_BAD else _BAD
        sizes[bits] = size + (_EXTRA[symbol - _FIRST_COPY] if _FIRST_COPY <= symbol < _FIRST_BAD else 0)
    for bits in range(32):
        code = int(f"{bits:05b}"[::-1], 2)
        nearest[bits] = _NEAR[code] if code < len(_NEAR) else 255
    return kinds, sizes, nearest


_KINDS, _SIZES, _NEAREST = _tables()
