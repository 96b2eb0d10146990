"""Undoes base64, base32 and base85, wherever a group of letters begins."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cloister.canary.frames import Form
from cloister.canary.jailed.runs import DIGITS, LOWER, UPPER, Class, Counter, Decoded

FEW = 64
"""So many runs are decoded each for itself as well."""
BASE64 = Class(UPPER + LOWER + DIGITS + b"+/-_", 12)
"""Runs that may be base64; runs of base32 are parts of them."""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LEAST_VARIED = 24
_KINDS64 = Counter(UPPER, LOWER, DIGITS, b"_-", b"/+")
_FILLED = tuple(b"A" * (-size % 4) + b"CgoK" for size in range(4))
"""What makes a run whole groups; three line ends in base64 stand between runs."""


def base64(runs: list[bytes]) -> Iterator[Decoded]:
    """All runs in each of the four ways that groups may begin; few or varied ones each for itself.

    Long words in small letters are not tried: of 12 letters and more that stand for text, one is no small one. Words in
    capitals are, as capitals stand for capitals.
    """
    if not runs:
        return
    sizes = np.fromiter(map(len, runs), np.int64, len(runs))
    upper, lower, digits, safe, other = _KINDS64.counts(runs).T
    keep = ~(((upper == 0) & (lower > 0)) | (digits == sizes) | ((safe > 0) & (other > 0)))
    # As mixed as base64 of random bytes is: a path or a name is not.
    varied = (sizes >= _LEAST_VARIED) & (np.minimum(upper, lower) >= sizes / 5) & (digits >= sizes / 20)
    for each in np.flatnonzero(keep if len(runs) <= FEW else keep & varied).tolist():
        yield Decoded(Form.BASE64, _from64(runs[each].translate(_URL_SAFE)))
    short = [runs[each] for each in np.flatnonzero(keep).tolist()]
    for kind in (short, [run[::-1] for run in short] if len(short) <= FEW else []):
        # Each run begins where a group does: from the second letter on, all groups begin one later.
        whole = b"".join([run + _FILLED[len(run) & 3] for run in kind]).translate(_URL_SAFE)
        for skip in range(4 if kind else 0):
            yield Decoded(Form.BASE64, binascii.a2b_base64(whole[skip:] + b"A" * skip), is_pool=True)


def _from64(run: bytes) -> bytes:
    left = len(run) % 4
    whole = run[:-1] if left == 1 else run + b"=" * (-len(run) % 4)
    return binascii.a2b_base64(whole)


def _values(letters: bytes, other: int) -> bytes:
    """What each letter stands for."""
    return bytes(letters.index(byte) if byte in letters else other for byte in range(256))


_BASE32 = tuple((Class(letters + b"234567", 16), _values(letters + b"234567", 0)) for letters in (UPPER, LOWER))


def base32(data: bytes) -> Iterator[Decoded]:
    """All runs, in each of the eight ways that groups may begin."""
    for kind, values in _BASE32:
        runs = kind.pieces(data)
        # Runs are filled up with zeros, and eight more stand between them.
        whole = b"".join([run + b"\0" * (8 + -len(run) % 8) for run in runs]).translate(values)
        for skip in range(8 if runs else 0):
            got = _from32(np.frombuffer(whole[skip:] + bytes(skip), np.uint8))
            yield Decoded(Form.BASE32, got, is_pool=True)
            if skip == 0 and len(runs) == 1:
                yield Decoded(Form.BASE32, got[: len(runs[0]) * 5 // 8])


def _from32(values: NDArray[np.uint8]) -> bytes:
    a, b, c, d, e, f, g, h = values.reshape(-1, 8).T
    got = np.empty((len(a), 5), np.uint8)
    got[:, 0] = a << 3 | b >> 2
    got[:, 1] = b << 6 | c << 1 | d >> 4
    got[:, 2] = d << 4 | e >> 1
    got[:, 3] = e << 7 | f << 2 | g >> 3
    got[:, 4] = g << 5 | h
    return got.tobytes()


_A85 = bytes(range(33, 118))
_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_LEAST_BASE85 = 20
_BASES85 = tuple((Class(letters, _LEAST_BASE85), _values(letters, 84)) for letters in (_A85, _B85, _Z85))
_MAYBE85 = Class(bytes(range(33, 127)), _LEAST_BASE85)
_RARE = bytes(set(range(33, 127)) - set(UPPER + LOWER + DIGITS + b"./_-:=,'\""))
_IS_DIGIT = bytes(byte in DIGITS for byte in range(256))
_KINDS85, _LEAST_OF = Counter(DIGITS, _RARE, UPPER, LOWER), np.array((0.02, 0.08, 0.08, 0.05))
"""The least share of each kind of sign in what is decoded as base85: code and addresses have less."""
_ASCII85 = re.compile(rb"<~([!-u\sz]{5,1000000}?)~>")
_POWERS85 = np.array([85**4, 85**3, 85**2, 85, 1], np.uint64)


def ascii85(data: bytes) -> Iterator[Decoded]:
    """What stands between Adobe's marks."""
    for match in _ASCII85.finditer(data) if b"~>" in data else ():
        body = b"".join(match[1].split()).replace(b"z", b"!!!!!")
        yield Decoded(Form.BASE85, _from85(body.translate(_BASES85[0][1])))


def base85(data: bytes) -> Iterator[Decoded]:
    """Runs that are mixed enough, in three alphabets and in each of the five ways that groups may begin."""
    words = b" ".join(_words85(data))
    for kind, values in _BASES85 if words else ():
        runs = kind.pieces(words)
        sizes = np.fromiter(map(len, runs), np.int64, len(runs))
        keep = (_KINDS85.counts(runs) >= _LEAST_OF * sizes[:, None]).all(axis=1)
        runs = [runs[each] for each in np.flatnonzero(keep).tolist()]
        for run in runs if len(runs) <= FEW else ():
            yield Decoded(Form.BASE85, _from85(run.translate(values)))
        for skip in range(5 if runs else 0):
            whole = b"".join([run[skip:] + run[:1] * ((skip - len(run)) % 5) for run in runs])
            yield Decoded(Form.BASE85, _from85(whole.translate(values)), is_pool=True)


def _words85(data: bytes) -> list[bytes]:
    """Words with signs enough for a run of the least size, of which each is a part of a word."""
    starts, ends = _MAYBE85.bounds(data)
    if not len(starts):
        return []
    digits = np.flatnonzero(np.frombuffer(data.translate(_IS_DIGIT), np.bool_))
    # Most words have none, and need not be cut out.
    keep = np.searchsorted(digits, ends) > np.searchsorted(digits, starts)
    words = [data[start:end] for start, end in zip(starts[keep].tolist(), ends[keep].tolist(), strict=True)]
    mixed = (_KINDS85.counts(words) >= _LEAST_OF * _LEAST_BASE85).all(axis=1)
    return [words[each] for each in np.flatnonzero(mixed).tolist()]


def _from85(digits: bytes) -> bytes:
    short = -len(digits) % 5
    numbers = np.frombuffer(digits + b"\x54" * short, np.uint8).reshape(-1, 5).astype(np.uint64) @ _POWERS85
    got = (numbers & np.uint64(0xFFFF_FFFF)).astype(">u4").tobytes()
    return got[: len(got) - short] if short else got
