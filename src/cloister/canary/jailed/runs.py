"""Where bytes of one class stand in a row: what every decoder of text asks first, and must cost next to nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.canary.frames import Form

DIGITS = b"0123456789"
UPPER, LOWER = bytes(range(65, 91)), bytes(range(97, 123))
SHORT_DATA = 4096
"""Up to which a regular expression is faster than numpy."""
_MOST_RUNS = 4_000_000
_AROUND, _APART, _NEAR, _FAR = 256, 1024, 128, 16 << 10
_BOUNDS = b" ", b"\n", b'"', b"'", b"<", b">"
_BOUND = re.compile(b"[%b]" % b"".join(_BOUNDS))
_BITS, _BLOCK, _FEW_RUNS = 12, 1 << 14, 16
_MOST_COUNTED = (1 << _BITS) - 1


class TooMany(Exception):
    """More runs than are decoded."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Something decoded. `is_pool`: many short pieces together, most of them garbage, as their alignment is guessed."""

    form: Form
    data: bytes
    is_pool: bool = False


class Class:
    """A class of bytes, and where at least so many of them stand in a row."""

    def __init__(self, letters: bytes, least: int) -> None:
        self._table = bytes(byte in letters for byte in range(256))
        self._least = least
        self._run = re.compile(b"[%b]{%d,}" % (re.escape(letters), least))

    def bounds(self, data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Starts and ends of the runs. Raises `TooMany`."""
        if len(data) <= SHORT_DATA:
            spans = np.array([match.span() for match in self._run.finditer(data)], np.int64).reshape(-1, 2)
            return spans[:, 0], spans[:, 1]
        starts, ends = self._bounds(data)
        if len(starts) > _MOST_RUNS:
            raise TooMany
        return starts, ends

    def runs(self, data: bytes) -> list[tuple[int, int]]:
        """Start and end of each run. Raises `TooMany`."""
        if len(data) <= SHORT_DATA:
            return [match.span() for match in self._run.finditer(data)]
        starts, ends = self.bounds(data)
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def pieces(self, data: bytes) -> list[bytes]:
        """Each run itself. Raises `TooMany`."""
        if len(data) <= SHORT_DATA:
            return self._run.findall(data)
        return [data[start:end] for start, end in self.runs(data)]

    def _bounds(self, data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A place is kept if all of the next `least` bytes are of the class: then few are, and all at once is seen."""
        held = np.frombuffer(data.translate(self._table), np.bool_)
        width = 1
        while width < self._least:
            step = min(width, self._least - width)
            held = held[:-step] & held[step:]
            width += step
        edges = np.flatnonzero(held[1:] != held[:-1]) + 1
        first = int(held[0])
        starts, ends = edges[first::2], edges[1 - first :: 2] + (self._least - 1)
        if first:
            starts = np.concatenate(([0], starts))
        if held[-1]:
            ends = np.concatenate((ends, [len(data)]))
        return starts, ends


class Counter:
    """How many bytes of each of up to five classes are in each of many runs, all at once."""

    def __init__(self, *classes: bytes) -> None:
        self._classes = classes
        self._weights = np.zeros(256, np.uint64)
        """A count of each class in 12 bits of its own."""
        for which, letters in enumerate(classes):
            self._weights[list(letters)] += np.uint64(1 << which * _BITS)
        self._shifts = np.arange(len(classes), dtype=np.uint64) * np.uint64(_BITS)

    def counts(self, runs: list[bytes]) -> NDArray[np.int64]:
        """One row a run, one column a class."""
        if len(runs) <= _FEW_RUNS:
            return np.array([self._of(run) for run in runs], np.int64).reshape(-1, len(self._classes))
        sizes = np.fromiter(map(len, runs), np.int64, len(runs))
        long = np.flatnonzero(sizes > _MOST_COUNTED)
        found = [self._block(runs[first : first + _BLOCK]) for first in range(0, len(runs), _BLOCK)]
        counts = np.concatenate(found)
        for row in long.tolist():
            counts[row] = self._of(runs[row])
        return counts

    def _block(self, runs: list[bytes]) -> NDArray[np.int64]:
        """So few that eight times as much may be held. Those too long to be counted here count as nothing."""
        runs = [run if len(run) <= _MOST_COUNTED else b"" for run in runs]
        ends = np.cumsum(np.fromiter(map(len, runs), np.int64, len(runs)))
        before = np.zeros(int(ends[-1]) + 1, np.uint64)
        np.cumsum(self._weights[np.frombuffer(b"".join(runs), np.uint8)], out=before[1:])
        sums = np.diff(before[ends], prepend=np.uint64(0))
        counts: NDArray[np.int64] = (sums[:, None] >> self._shifts & np.uint64(_MOST_COUNTED)).astype(np.int64)
        return counts

    def _of(self, run: bytes) -> list[int]:
        return [len(run) - len(run.translate(None, letters)) for letters in self._classes]


def table(letters: bytes) -> NDArray[np.bool_]:
    """Which bytes are of a class."""
    held = np.zeros(256, np.bool_)
    held[list(letters)] = True
    return held


def around(data: bytes, places: NDArray[np.int64], least: int = 1, *, is_wide: bool = False) -> list[bytes]:
    """Where at least so many of these places are near each other, with what is around them.

    A blank ends what is around them early, as no packed data holds one; without one, the end of a string does. Nothing
    does where it `is_wide`.
    """
    if len(places) < least:
        return []
    gaps = np.diff(places)
    breaks = np.flatnonzero(gaps > _APART)
    firsts, lasts = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(places) - 1]))
    keep = lasts - firsts + 1 >= least
    if is_wide:
        spans = zip(places[firsts[keep]].tolist(), places[lasts[keep]].tolist(), strict=True)
        return [data[max(0, start - _AROUND) : end + _AROUND] for start, end in spans]
    found = []
    for first, last in zip(firsts[keep].tolist(), lasts[keep].tolist(), strict=True):
        start = _start(data, int(places[first]))
        for gap in (np.flatnonzero(gaps[first:last] > 2 * _NEAR) + first).tolist():
            end, at = int(places[gap]) + _NEAR, int(places[gap + 1])
            if (end := data.find(b" ", end, at - _NEAR)) >= 0:
                found.append(data[start:end])
                start = max(end, data.rfind(b" ", end, at - _NEAR))
        found.append(data[start : _end(data, int(places[last]))])
    return found


def _start(data: bytes, at: int) -> int:
    near, far, least = max(0, at - _NEAR), max(0, at - _AROUND), max(0, at - _FAR)
    if (start := data.rfind(b" ", far, near)) >= 0:
        return start
    return max(least, *[data.rfind(sign, least, far) for sign in _BOUNDS])


def _end(data: bytes, at: int) -> int:
    if (end := data.find(b" ", at + _NEAR, at + _AROUND)) >= 0:
        return end
    match = _BOUND.search(data, at + _AROUND, at + _FAR)
    return match.start() if match else at + _FAR
