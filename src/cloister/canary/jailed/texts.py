"""Undoes what text is written as: base64, base32, base85, hexadecimal, numbers, escapes, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cloister.canary.jailed import bases, escapes, numerals
from cloister.canary.jailed.runs import Decoded, around

_FOLD = re.compile(rb"=?\r?\n(?!\r?\n)[ \t>|*#]*|\\r\\n|\\n|\\r|%0[AaDd]|&#1[03];")
_FOLDED = 40
_FOLDABLE = re.compile(rb"[A-Za-z0-9+/_-]*")
_PIECE, _OVERLAP, _MOST_LINES = 1 << 19, 1 << 10, 1 << 20


def decoded(data: bytes) -> Iterator[Decoded]:
    """All that a text might hold in another writing. Most of it is garbage, which costs nothing to search."""
    runs = bases.BASE64.runs(data)
    folds = [end for start, end in runs if end - start >= _FOLDED and _FOLD.match(data, end)]
    words = [data[start:end] for start, end in runs]
    for window in around(data, np.array(folds, np.int64), is_wide=True):
        words += bases.BASE64.pieces(_FOLD.sub(b"", window))
    yield from bases.base64(words)
    yield from bases.base32(b" ".join(words))
    yield from numerals.hexadecimal(data)
    yield from bases.ascii85(data)
    yield from bases.base85(data)
    yield from numerals.numbers(data)
    yield from escapes.escapes(data)


def pieces(data: bytes) -> Iterator[bytes]:
    """A text in pieces, so that little is held at once, cut at line ends, but not inside of folded base64."""
    at = 0
    while len(data) - at > _PIECE + _OVERLAP:
        end = at + _PIECE
        for _ in range(_MOST_LINES):
            end = data.find(b"\n", end) + 1
            if end <= 0 or not _FOLDABLE.fullmatch(data, end - 1 - _FOLDED, end - 1):
                break
        if end <= 0:
            break
        yield data[at:end]
        at = end - _OVERLAP
    yield data[at:]
