"""Byte n-grams of a text, found in a sorted table: at each byte the longest one that ends there."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

MARK = b"CLID1\n"
LONGEST = 5
_LETTERS = re.compile(r"[^\W\d_]+")
_LENGTH = 56


def key(gram: bytes) -> int:
    """An n-gram as a number: its bytes from the lowest, its length in the highest byte."""
    return int.from_bytes(gram, "little") | len(gram) << _LENGTH


def letters(text: str) -> str:
    """Lower case, composed, single spaces for all that is no letter."""
    return " ".join(_LETTERS.findall(unicodedata.normalize("NFC", text).lower()))


def found(text: str, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where in `keys` (sorted) the longest n-gram stands that ends at each byte of the text, if there is one."""
    held = np.frombuffer(f" {letters(text)} ".encode(), dtype=np.uint8).astype(np.uint64)
    at = np.full(len(held), -1, dtype=np.int64)
    grams = np.zeros(len(held), dtype=np.uint64)
    for n in range(1, min(LONGEST, len(held)) + 1):
        # The n-gram that starts at each byte gains its n-th byte, and loses the starts that lie too late.
        grams = grams[: len(held) - n + 1] | held[n - 1 :] << np.uint64(8 * (n - 1))
        wanted = grams | np.uint64(n << _LENGTH)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = keys[place] == wanted
        at[n - 1 :][hit] = place[hit]
    return at[at >= 0]
