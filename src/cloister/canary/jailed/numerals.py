"""Undoes what is written as hexadecimal digits, or as lists of numbers."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cloister.canary.frames import Form
from cloister.canary.jailed.bases import FEW
from cloister.canary.jailed.runs import DIGITS, Class, Decoded

_BETWEEN = b" :,-\r\n\t;{}[]'\""
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_MAYBE_HEX, _HEX = Class(_HEX_DIGITS + _BETWEEN + b"x", 16), Class(_HEX_DIGITS, 16)
_MOST_VARIED, _FEW_DIGITS = 12, 4
_FILLED = b"00", b"000"


def hexadecimal(data: bytes) -> Iterator[Decoded]:
    """All runs, whatever stands between the digits, from their first and from their second digit on."""
    joined = b"|".join(_MAYBE_HEX.pieces(data)).translate(None, _BETWEEN)
    if b"0x" in joined:
        joined = joined.replace(b"0x", b"")
    short: list[bytes] = []
    for run in _HEX.pieces(joined):
        if run.isdigit() and len(set(run)) < _FEW_DIGITS:
            continue
        if len(short) < FEW or len(set(run)) >= _MOST_VARIED:
            yield Decoded(Form.HEX, binascii.a2b_hex(run[: len(run) // 2 * 2]))
        short.append(run)
    for kind in (short, [run[::-1] for run in short] if len(short) <= FEW else []):
        whole = b"".join([run + _FILLED[len(run) & 1] for run in kind])
        for skip in range(2 if kind else 0):
            yield Decoded(Form.HEX, binascii.a2b_hex(whole[skip:] + b"0" * skip), is_pool=True)


_NUMBERS = Class(DIGITS + b", \r\n\t;[]", 24)
_IS_DIGIT = bytes(byte in DIGITS for byte in range(256))
_BITS, _EACH_BITS = Class(b"01 \r\n\t,", 65), re.compile(rb"[01][01 \r\n\t,]{64,}")
_LEAST_JUDGED = 64


def numbers(data: bytes) -> Iterator[Decoded]:
    """Lists of the codes of letters: of two or three decimal digits, or of eight binary ones."""
    runs = [run for run in _NUMBERS.pieces(data) if not run.isspace()]
    if not runs:
        return
    whole = b"x" + b"x".join(runs) + b"x"
    digits = np.frombuffer(whole, np.uint8)
    inside = np.frombuffer(whole.translate(_IS_DIGIT), np.bool_)
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, sizes = edges[::2], edges[1::2] - edges[::2]
    keep = (sizes == 2) | (sizes == 3)
    starts, sizes = starts[keep], sizes[keep]
    values = (digits[starts] - 48) * np.uint16(10) + (digits[starts + 1] - 48)
    values = np.where(sizes == 3, values * np.uint16(10) + (digits[starts + 2] - 48), values)
    ends = np.cumsum([len(run) + 1 for run in runs])
    bounds = [0, *np.searchsorted(starts, ends).tolist()]
    for first, last in pairwise(bounds):
        if last > first:
            codes = values[first:last]
            letters = codes[codes <= 0xFF].astype(np.uint8).tobytes()
            yield Decoded(Form.NUMBERS, letters, is_pool=last - first < _LEAST_JUDGED)
    yield from _binary(whole)


def _binary(data: bytes) -> Iterator[Decoded]:
    for run in _BITS.pieces(data):
        for bits in _EACH_BITS.findall(run):
            digits = bits.translate(None, b" \r\n\t,")
            for skip in range(8):
                whole = digits[skip : len(digits) - (len(digits) - skip) % 8]
                if whole:
                    yield Decoded(Form.NUMBERS, int(whole, 2).to_bytes(len(whole) // 8, "big"), is_pool=True)
