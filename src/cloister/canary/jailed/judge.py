"""Tells bytes that explain themselves (text, code, tables of numbers) from bytes that look random."""

from __future__ import annotations

import numpy as np

_WINDOW = 512
_RANDOM_BITS = 7.25
"""Entropy (bits a byte) of 512 bytes from which they look random: random ones have 7.6 ± 0.03, machine code to 6.8."""
LEAST = 64
"""Random-looking bytes in a row that need an explanation. Digests, keys' ids and uuids are shorter or as long."""
_ASCII_BYTES = bytes([9, 10, 12, 13, 27, *range(32, 127)])
_ASCII = np.zeros(256, np.bool_)
_ASCII[list(_ASCII_BYTES)] = True
_FEW = 4096
_CONTROLS = bytes([*range(9), 11, *range(14, 27), *range(28, 32), 127])
_NO_CONTROLS = bytes(set(range(256)) - set(_CONTROLS))
_CONTROL = np.zeros(256, np.bool_)
_CONTROL[list(_CONTROLS)] = True
_ODD = 0.03
_APART, _BEFORE, _MOST_BINARY = 64, 24, 500
_SHORT_ASCII = 0.62
_MOST_ROWS = 1 << 13


def is_text(data: bytes) -> bool:
    """Whether nearly all of it is printable ASCII, or it is UTF-8 with few control characters."""
    odd = data.translate(None, _ASCII_BYTES)
    if len(odd) <= _ODD * len(data):
        return True
    if len(data) < _FEW and (odd[0] < 0x20 or odd.isascii()):
        return False
    if len(odd.translate(None, _NO_CONTROLS)) > _ODD * len(data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_readable(data: bytes) -> bool:
    """Whether much of it may be text."""
    if len(data.translate(None, _ASCII_BYTES)) <= 0.4 * len(data):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def binary_parts(data: bytes) -> list[bytes]:
    """The places of a text where control characters stand, as no text has them, each with a little around it.

    Where they are many, the last is what is left of them, together.
    """
    if not data.translate(None, _NO_CONTROLS):
        return []
    places = np.flatnonzero(_CONTROL[np.frombuffer(data, np.uint8)])
    breaks = np.flatnonzero(np.diff(places) > _APART)
    starts, ends = places[np.concatenate(([0], breaks + 1))], places[np.concatenate((breaks, [len(places) - 1]))]
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    parts = [data[max(0, start - _BEFORE) : end + _APART] for start, end in pairs]
    return [*parts[:_MOST_BINARY], b"".join(parts[_MOST_BINARY:])] if len(parts) > _MOST_BINARY else parts


def random_bytes(data: bytes) -> int:
    """How many of these bytes stand in places that look random."""
    array = np.frombuffer(data, np.uint8)
    if len(array) < LEAST:
        return 0
    if len(array) < _WINDOW:
        return len(array) if _short_looks_random(array) else 0
    rows = len(array) // _WINDOW
    found = 0
    for start in range(0, rows, _MOST_ROWS):
        block = array[start * _WINDOW : min(rows, start + _MOST_ROWS) * _WINDOW].reshape(-1, _WINDOW)
        found += int((_entropies(block) >= _RANDOM_BITS).sum()) * _WINDOW
    rest = array[rows * _WINDOW :]
    if len(rest) >= LEAST and (found or rows == 1) and _short_looks_random(rest):
        found += len(rest)
    return found


def _entropies(block: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    count = len(block)
    places = block.astype(np.int32) + (np.arange(count, dtype=np.int32) * 256)[:, None]
    bins = np.bincount(places.ravel(), minlength=count * 256).reshape(count, 256)
    table = np.arange(_WINDOW + 1, dtype=np.float64)
    table[1:] = table[1:] * np.log2(table[1:])
    result: np.ndarray[tuple[int], np.dtype[np.float64]] = np.log2(_WINDOW) - table[bins].sum(axis=1) / _WINDOW
    return result


def _short_looks_random(array: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> bool:
    """Too few for entropy alone: random bytes are 38% ASCII and seldom repeat."""
    size = len(array)
    distinct = int(np.count_nonzero(np.bincount(array, minlength=256)))
    expected = 256 * (1 - (255 / 256) ** size)
    return float(_ASCII[array].mean()) <= _SHORT_ASCII and distinct >= 0.85 * expected
