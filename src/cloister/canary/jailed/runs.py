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
_AROUND, _APART = 256, 1024


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

    def runs(self, data: bytes) -> list[tuple[int, int]]:
        """Start and end of each run. Raises `TooMany`."""
        if len(data) <= SHORT_DATA:
            return [match.span() for match in self._run.finditer(data)]
        starts, ends = self._bounds(data)
        if len(starts) > _MOST_RUNS:
            raise TooMany
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


def table(letters: bytes) -> NDArray[np.bool_]:
    """Which bytes are of a class."""
    held = np.zeros(256, np.bool_)
    held[list(letters)] = True
    return held


def around(data: bytes, places: NDArray[np.int64], least: int = 1) -> list[bytes]:
    """Where at least so many of these places are near each other, with what is around them."""
    if len(places) < least:
        return []
    breaks = np.flatnonzero(np.diff(places) > _APART)
    firsts, lasts = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(places) - 1]))
    keep = lasts - firsts + 1 >= least
    spans = zip(places[firsts[keep]].tolist(), places[lasts[keep]].tolist(), strict=True)
    return [data[max(0, start - _AROUND) : end + _AROUND] for start, end in spans]
