"""Undoes what text is written as: base64, base32, base85, hexadecimal, numbers, escapes, tags."""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

import numpy as np
from numpy.typing import NDArray

from cloister.canary.frames import Form

_LONG = 4096
"""A run from which only the first alignment is taken if that gives anything that is not random."""
_MOST_RUNS = 200_000
_DIGITS = b"0123456789"
_UPPER, _LOWER = bytes(range(65, 91)), bytes(range(97, 123))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Something decoded. `is_part` where its alignment or its end was guessed: garbage in it says nothing.

    `from_random` where it was written in so many different letters that it stands for random bytes, or packed ones.
    """

    form: Form
    data: bytes
    is_part: bool = True


class TooMany(Exception):
    """More runs than are decoded."""


def decoded(data: bytes) -> Iterator[Decoded]:
    """All that a text might hold in another writing. Most of it is garbage, which costs nothing to search."""
    array = np.frombuffer(data, np.uint8)
    yield from _base64(data, array)
    yield from _hex(data)
    yield from _base32(array)
    yield from _base85(data, array)
    yield from _numbers(data, array)
    yield from _escapes(data)


def _table(letters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(letters)] = True
    return table


def _values(letters: bytes) -> NDArray[np.uint64]:
    values = np.full(256, len(letters) - 1, np.uint64)
    values[list(letters)] = np.arange(len(letters))
    return values


def _runs(array: NDArray[np.uint8], table: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Where at least `least` bytes of a class stand in a row."""
    inside = table[array]
    if not len(inside):
        return []
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    bounds = np.concatenate(([0], edges, [len(inside)]))
    starts, ends = bounds[:-1], bounds[1:]
    keep = inside[starts] & (ends - starts >= least)
    if int(keep.sum()) > _MOST_RUNS:
        raise TooMany
    return list(zip(starts[keep].tolist(), ends[keep].tolist(), strict=True))


_BASE64 = _table(_UPPER + _LOWER + _DIGITS + b"+/-_")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_FOLD = re.compile(rb"=?\r?\n(?!\r?\n)[ \t>|*#]*|\\r\\n|\\n|\\r|%0[AaDd]|&#1[03];")
_LEAST_BASE64 = 16
_FOLDED = 40


def _base64(data: bytes, array: NDArray[np.uint8]) -> Iterator[Decoded]:
    runs = _runs(array, _BASE64, _LEAST_BASE64)
    if any(end - start >= _FOLDED and _FOLD.match(data, end) for start, end in runs):
        data = _FOLD.sub(b"", data)
        runs = _runs(np.frombuffer(data, np.uint8), _BASE64, _LEAST_BASE64)
    for start, end in runs:
        run = data[start:end]
        if run.islower() or run.isdigit():
            continue
        run = run.translate(_URL_SAFE)
        for skip in range(4):
            whole = run[skip : skip + (len(run) - skip) // 4 * 4]
            left = run[skip + len(whole) :]
            if len(left) > 1:
                whole += left + b"=" * (4 - len(left))
            try:
                got = binascii.a2b_base64(whole)
            except binascii.Error:
                continue
            yield Decoded(Form.BASE64, got, is_part=skip > 0 or not _is_varied(run))
            if len(run) >= _LONG:
                break


def _is_varied(run: bytes) -> bool:
    """Whether a run is as mixed as base64 of random bytes is: a path or a name is not."""
    size = len(run)
    upper = size - len(run.translate(None, _UPPER))
    digits = size - len(run.translate(None, _DIGITS))
    lower = size - len(run.translate(None, _LOWER))
    return min(upper, lower) >= size / 5 and digits >= size / 20


_HEX = _table(b"0123456789abcdefABCDEF")
_LEAST_HEX = 16
_MOST_VARIED = 12


def _hex(data: bytes) -> Iterator[Decoded]:
    joined = data.translate(None, b" :,-\r\n\t;{}[]'\"")
    if b"0x" in joined:
        joined = joined.replace(b"0x", b"")
    for start, end in _runs(np.frombuffer(joined, np.uint8), _HEX, _LEAST_HEX):
        run = joined[start:end]
        if run.isdigit() and len(set(run)) < 4:
            continue
        for skip in (0, 1):
            whole = run[skip : skip + (len(run) - skip) // 2 * 2]
            yield Decoded(Form.HEX, bytes.fromhex(whole.decode()), is_part=skip > 0 or len(set(run)) < _MOST_VARIED)


_BASE32 = _table(_UPPER + b"234567")
_BASE32_LOW = _table(_LOWER + b"234567")
_LEAST_BASE32 = 16


def _base32(array: NDArray[np.uint8]) -> Iterator[Decoded]:
    for table, lowest in ((_BASE32, 65), (_BASE32_LOW, 97)):
        values = np.zeros(256, np.uint64)
        values[lowest : lowest + 26] = np.arange(26)
        values[50:56] = np.arange(26, 32)
        for start, end in _runs(array, table, _LEAST_BASE32):
            for skip in range(8):
                digits = values[array[start + skip : end]]
                digits = np.concatenate((digits, np.zeros(-len(digits) % 8, np.uint64))).reshape(-1, 8)
                numbers = np.zeros(len(digits), np.uint64)
                for column in range(8):
                    numbers = numbers << np.uint64(5) | digits[:, column]
                got = numbers.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 3:].tobytes()
                yield Decoded(Form.BASE32, got)


_A85 = bytes(range(33, 118))
_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_BASES85 = tuple((_table(letters), _values(letters)) for letters in (_A85, _B85, _Z85))
_LEAST_BASE85 = 20
_RARE = bytes(set(range(33, 127)) - set(_UPPER + _LOWER + _DIGITS + b"./_-:=,'\""))
_LEAST_RARE = 2
_ASCII85 = re.compile(rb"<~([!-u\sz]{5,1000000}?)~>")


def _base85(data: bytes, array: NDArray[np.uint8]) -> Iterator[Decoded]:
    for match in _ASCII85.finditer(data):
        body = b"".join(match[1].split()).replace(b"z", b"!!!!!")
        yield Decoded(Form.BASE85, _from85(np.frombuffer(body, np.uint8), _BASES85[0][1]))
    for table, values in _BASES85:
        for start, end in _runs(array, table, _LEAST_BASE85):
            run = data[start:end]
            if len(run) - len(run.translate(None, _RARE)) < _LEAST_RARE:
                continue
            for skip in range(5):
                yield Decoded(Form.BASE85, _from85(array[start + skip : end], values))


_POWERS85 = np.array([85**4, 85**3, 85**2, 85, 1], np.uint64)


def _from85(digits: NDArray[np.uint8], values: NDArray[np.uint64]) -> bytes:
    short = -len(digits) % 5
    table = np.full(len(digits) + short, 84, np.uint64)
    table[: len(digits)] = values[digits]
    numbers = table.reshape(-1, 5) @ _POWERS85
    got = (numbers & np.uint64(0xFFFF_FFFF)).astype(">u4").tobytes()
    return got[: len(got) - short] if short else got


_NUMBERS = _table(_DIGITS + b", \r\n\t;[]")
_BITS = _table(b"01 \r\n\t,")
_LEAST_NUMBERS, _MOST_NUMBERS = 24, 1 << 20
_CODES = re.compile(rb"(?<!\d)\d{2,3}(?!\d)")


def _numbers(data: bytes, array: NDArray[np.uint8]) -> Iterator[Decoded]:
    left = _MOST_NUMBERS
    for start, end in _runs(array, _NUMBERS, _LEAST_NUMBERS):
        if (left := left - (end - start)) < 0:
            break
        codes = [int(code) for code in _CODES.findall(data, start, end)]
        yield Decoded(Form.NUMBERS, bytes(code for code in codes if code < 256))
    left = _MOST_NUMBERS
    for start, end in _runs(array, _BITS, 64):
        if (left := left - (end - start)) < 0:
            break
        bits = data[start:end].translate(None, b" \r\n\t,")
        for skip in range(8):
            whole = bits[skip : skip + (len(bits) - skip) // 8 * 8]
            if whole:
                yield Decoded(Form.NUMBERS, int(whole, 2).to_bytes(len(whole) // 8, "big"))


def _code(base: int) -> Callable[[re.Match[bytes]], bytes]:
    def run(match: re.Match[bytes]) -> bytes:
        number = int(match[1], base)
        return bytes([number]) if number < 128 else chr(min(number, 0x10FFFF)).encode("utf-8", "replace")

    return run


_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _json(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return _SHORT.get(match[2], match[2])
    return chr(int(match[1], 16)).encode("utf-8", "replace")


_ENTITY = re.compile(rb"&(?:amp;)*(?:#0*([0-9]{2,7})|#[xX]0*([0-9A-Fa-f]{2,6})|(amp|lt|gt|quot|apos));?")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def _html(match: re.Match[bytes]) -> bytes:
    if match[3] is not None:
        return _NAMED[match[3]]
    number = int(match[1]) if match[1] is not None else int(match[2], 16)
    return chr(min(number, 0x10FFFF)).encode("utf-8", "replace")


_URL, _PRINT = rb"%([46][1-9A-Fa-f]|[57][0-9A-Fa-f])", rb"=([46][1-9A-F]|[57][0-9A-F])"
_ESCAPES: tuple[tuple[re.Pattern[bytes], re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = (
    (re.compile(rb"\\+u00|\":.*\\[nrt]"), re.compile(rb"\\+(?:u([0-9A-Fa-f]{4})|([bfnrt\"/\\]))"), _json),
    (re.compile(rb"\\+u\{"), re.compile(rb"\\+u\{0*([0-9A-Fa-f]{1,5})\}"), _code(16)),
    (re.compile(rb"\\+U000000[4-7]"), re.compile(rb"\\+U00([0-9A-Fa-f]{6})"), _code(16)),
    (re.compile(rb"\\+x[4-7]"), re.compile(rb"\\+x([0-9A-Fa-f]{2})"), _code(16)),
    (re.compile(rb"\\+[0-3][0-7][0-7]"), re.compile(rb"\\+([0-3]?[0-7]{2})"), _code(8)),
    (re.compile(rb"&(?:amp;)*#(?:0*[67891]|[xX]0*[4-7])"), _ENTITY, _html),
    (re.compile(_URL), re.compile(rb"%([0-9A-Fa-f]{2})"), _code(16)),
    (re.compile(_PRINT), re.compile(rb"=([0-9A-F]{2})"), _code(16)),
)
"""What gives away that letters are escaped; what is escaped; what it stands for."""
_TAG = re.compile(rb"<[^<>]{1,400}>")
_MOST_TAGGED = 16 << 20
_WIDE = (b"\xef\xbc", b"\xef\xbd", b"\xf0\x9d", b"\xe2\x93", b"\xe2\x92")
_UU = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} .*?$(.*?)^(?:end|====)", re.MULTILINE | re.DOTALL)


def _escapes(data: bytes) -> Iterator[Decoded]:
    for sign, escaped, turn in _ESCAPES:
        if sign.search(data):
            yield Decoded(Form.ESCAPES, escaped.sub(turn, data))
    if len(data) <= _MOST_TAGGED and b"</" in data:
        yield Decoded(Form.ESCAPES, _TAG.sub(b"", data))
    if any(sign in data for sign in _WIDE) or b"scr;" in data:
        text = data.decode("utf-8", "replace")
        yield Decoded(Form.UNICODE, unicodedata.normalize("NFKC", unescape(text)).encode("utf-8", "replace"))
    if len(data) <= _MOST_TAGGED and not data.isascii() and _ENTITY.search(data):
        yield Decoded(Form.ESCAPES, _ENTITY.sub(_html, data))
    yield from _latin(data)
    for match in _UU.finditer(data) if b"\nbegin" in b"\n" + data[:16] or b"\nbegin" in data else ():
        yield Decoded(Form.UU, b"".join(_uu(line) for line in match[1].split(b"\n")))


def _latin(data: bytes) -> Iterator[Decoded]:
    """Bytes that were taken for Latin-1 letters and written as UTF-8 or UTF-16."""
    if len(data) > _MOST_TAGGED:
        return
    half = len(data) // 2
    for wide, odd in ((_LITTLE, 1), (_BIG, 0)) if b"\0" in data else ():
        if data[odd::2].count(0) >= _MOSTLY * half and data[1 - odd :: 2].count(0) <= half / 2:
            yield Decoded(Form.UTF16, data[1 - odd :: 2])
        elif runs := wide.findall(data):
            yield Decoded(Form.UTF16, b"\n".join(run.replace(b"\0", b"") for run in runs))
    if not data.isascii() and (b"\xc2" in data or b"\xc3" in data):
        turned = _LATIN.sub(lambda match: bytes([(match[0][0] & 3) << 6 | match[0][1] & 0x3F]), data)
        if turned != data:
            yield Decoded(Form.UNICODE, turned)


_MOSTLY = 0.9
_LITTLE, _BIG = re.compile(rb"(?:[\x01-\xff]\x00){8,}"), re.compile(rb"(?:\x00[\x01-\xff]){8,}")
_LATIN = re.compile(rb"[\xc2\xc3][\x80-\xbf]")


def _uu(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line.rstrip(b"\r"))
    except binascii.Error:
        return b""
