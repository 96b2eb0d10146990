"""Undoes what text is written as: base64, base32, base85, hexadecimal, numbers, escapes, tags."""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.canary.frames import Form

_MOST_RUNS = 4_000_000
_SHORT_DATA = 4096
"""Up to which a regular expression is faster than numpy."""
_DIGITS = b"0123456789"
_UPPER, _LOWER = bytes(range(65, 91)), bytes(range(97, 123))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Something decoded. `is_pool`: many short pieces together, most of them garbage, as their alignment is guessed."""

    form: Form
    data: bytes
    is_pool: bool = False


class TooMany(Exception):
    """More runs than are decoded."""


def decoded(data: bytes) -> Iterator[Decoded]:
    """All that a text might hold in another writing. Most of it is garbage, which costs nothing to search."""
    # In most text few words are long: what needs a long word is looked for in those only.
    runs = _WORD.runs(data)
    words = [data[start:end] for start, end in runs]
    long = b" ".join(words)
    folds = [
        end
        for start, end in runs
        if end - start >= _FOLDED and _FOLD.match(data, end) and _FOLDABLE.fullmatch(data, end - _FOLDED, end)
    ]
    folded = b"\0".join(_FOLD.sub(b"", window) for window in _around(data, np.array(folds, np.int64)))
    yield from _base64(long + b"\0" + folded)
    yield from _hex(data)
    yield from _base32(long)
    yield from _ascii85(data)
    yield from _base85(b" ".join(_mixed(data, runs, words)))
    yield from _numbers(data)
    yield from _escapes(data)


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


_PIECE, _OVERLAP, _MOST_LINES = 1 << 22, 256, 1 << 20


class _Class:
    """A class of bytes, and where at least so many of them stand in a row."""

    def __init__(self, letters: bytes, least: int) -> None:
        self._table = _table(letters)
        self._least = least
        self._run = re.compile(b"[%b]{%d,}" % (re.escape(letters), least))

    def runs(self, data: bytes) -> list[tuple[int, int]]:
        """Start and end of each run. Raises `TooMany`."""
        if len(data) <= _SHORT_DATA:
            return [match.span() for match in self._run.finditer(data)]
        inside = self._table[np.frombuffer(data, np.uint8)]
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        bounds = np.concatenate(([0], edges, [len(inside)]))
        starts, ends = bounds[:-1], bounds[1:]
        keep = inside[starts] & (ends - starts >= self._least)
        if int(keep.sum()) > _MOST_RUNS:
            raise TooMany
        return list(zip(starts[keep].tolist(), ends[keep].tolist(), strict=True))


def _table(letters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(letters)] = True
    return table


def _values(letters: bytes) -> NDArray[np.uint64]:
    values = np.full(256, len(letters) - 1, np.uint64)
    values[list(letters)] = np.arange(len(letters))
    return values


_WORD = _Class(bytes(range(33, 127)), 12)
_BASE64 = _Class(_UPPER + _LOWER + _DIGITS + b"+/-_", 12)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_FOLD = re.compile(rb"=?\r?\n(?!\r?\n)[ \t>|*#]*|\\r\\n|\\n|\\r|%0[AaDd]|&#1[03];")
_FOLDED = 40
_ESCAPED_FOLD = re.compile(rb"[A-Za-z0-9+/]{40}(?:\\[nr]|%0[AaDd]|&#1[03];)")
_FOLDABLE = re.compile(rb"[A-Za-z0-9+/_-]*")
_LEAST_VARIED = 24
_ZEROS = b"AAAA"
"""Three zeros in base64: stands between pieces."""


def _base64(data: bytes) -> Iterator[Decoded]:
    runs = _BASE64.runs(data)
    short: list[bytes] = []
    for start, end in runs:
        run = data[start:end]
        if (
            run.islower()
            or run.isupper()
            or run.isdigit()
            or ((b"_" in run or b"-" in run) and (b"/" in run or b"+" in run))
        ):
            continue
        run = run.translate(_URL_SAFE)
        if len(runs) <= _FEW or (len(run) >= _LEAST_VARIED and _is_varied(run)):
            yield Decoded(Form.BASE64, _from64(run))
        short.append(run)
    for kind in (short, [run[::-1] for run in short] if len(short) <= _FEW else []):
        for skip in range(4 if kind else 0):
            whole = _ZEROS.join([run[skip : len(run) - (len(run) - skip) % 4] for run in kind])
            yield Decoded(Form.BASE64, binascii.a2b_base64(whole), is_pool=True)
    if any((len(run) - skip) % 4 > 1 for run in short for skip in range(4)):
        yield Decoded(Form.BASE64, b"\n".join(_from64(run) for run in short), is_pool=True)


def _from64(run: bytes) -> bytes:
    left = len(run) % 4
    whole = run[:-1] if left == 1 else run + b"=" * (-len(run) % 4)
    return binascii.a2b_base64(whole)


def _is_varied(run: bytes) -> bool:
    """Whether a run is as mixed as base64 of random bytes is: a path or a name is not."""
    size = len(run)
    upper = size - len(run.translate(None, _UPPER))
    digits = size - len(run.translate(None, _DIGITS))
    lower = size - len(run.translate(None, _LOWER))
    return min(upper, lower) >= size / 5 and digits >= size / 20


_HEX = _Class(b"0123456789abcdefABCDEF", 16)
_MOST_VARIED = 12


def _hex(data: bytes) -> Iterator[Decoded]:
    joined = data.translate(None, b" :,-\r\n\t;{}[]'\"")
    if b"0x" in joined:
        joined = joined.replace(b"0x", b"")
    short: list[bytes] = []
    for start, end in _HEX.runs(joined):
        run = joined[start:end]
        if run.isdigit() and len(set(run)) < 4:
            continue
        if len(short) < _FEW or len(set(run)) >= _MOST_VARIED:
            yield Decoded(Form.HEX, binascii.a2b_hex(run[: len(run) // 2 * 2]))
        short.append(run)
    for kind in (short, [run[::-1] for run in short] if len(short) <= _FEW else []):
        for skip in range(2 if kind else 0):
            whole = b"00".join([run[skip : len(run) - (len(run) - skip) % 2] for run in kind])
            yield Decoded(Form.HEX, binascii.a2b_hex(whole), is_pool=True)


_BASE32 = _Class(_UPPER + b"234567", 16), _values(_UPPER + b"234567")
_BASE32_LOW = _Class(_LOWER + b"234567", 16), _values(_LOWER + b"234567")


def _base32(data: bytes) -> Iterator[Decoded]:
    for kind, values in (_BASE32, _BASE32_LOW):
        pieces = [data[start:end] for start, end in kind.runs(data)]
        for skip in range(8 if pieces else 0):
            # Runs are filled up with zeros, and eight more stand between them.
            whole = b"".join([run[skip:] + b"A" * (8 + (skip - len(run)) % 8) for run in pieces])
            digits = values[np.frombuffer(whole if kind is _BASE32[0] else whole.lower(), np.uint8)].reshape(-1, 8)
            got = (digits @ _POWERS32).astype(">u8").view(np.uint8).reshape(-1, 8)[:, 3:]
            yield Decoded(Form.BASE32, got.tobytes(), is_pool=True)
            if skip == 0 and len(pieces) == 1:
                yield Decoded(Form.BASE32, got.tobytes()[: len(pieces[0]) * 5 // 8])


_POWERS32 = np.array([32**power for power in range(7, -1, -1)], np.uint64)
_A85 = bytes(range(33, 118))
_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_BASES85 = tuple((_Class(letters, 20), _values(letters)) for letters in (_A85, _B85, _Z85))
_RARE = bytes(set(range(33, 127)) - set(_UPPER + _LOWER + _DIGITS + b"./_-:=,'\""))
_LEAST_OF = ((_DIGITS, 0.02), (_RARE, 0.08), (_UPPER, 0.08), (_LOWER, 0.05))
"""The least share of each kind of sign in what is decoded as base85: code and addresses have less."""
_ASCII85 = re.compile(rb"<~([!-u\sz]{5,1000000}?)~>")


def _ascii85(data: bytes) -> Iterator[Decoded]:
    for match in _ASCII85.finditer(data) if b"~>" in data else ():
        body = b"".join(match[1].split()).replace(b"z", b"!!!!!")
        yield Decoded(Form.BASE85, _from85(np.frombuffer(body, np.uint8), _BASES85[0][1]))


def _base85(data: bytes) -> Iterator[Decoded]:
    for kind, values in _BASES85:
        pieces = [run for run in (data[start:end] for start, end in kind.runs(data)) if _is_base85(run)]
        if pieces and len(pieces) <= _FEW:
            for run in pieces:
                yield Decoded(Form.BASE85, _from85(np.frombuffer(run, np.uint8), values))
        for skip in range(5 if pieces else 0):
            whole = b"".join([run[skip:] + run[:1] * ((skip - len(run)) % 5) for run in pieces])
            yield Decoded(Form.BASE85, _from85(np.frombuffer(whole, np.uint8), values), is_pool=True)


_FEW = 64


def _is_base85(run: bytes) -> bool:
    size = len(run)
    for kind, least in _LEAST_OF:  # noqa: SIM110 - a generator costs half of it all
        if size - len(run.translate(None, kind)) < least * size:
            return False
    return True


def _mixed(data: bytes, runs: list[tuple[int, int]], words: list[bytes]) -> list[bytes]:
    """The words that have digits and rare signs enough."""
    if not words:
        return words
    array = np.frombuffer(data, np.uint8)
    starts, ends = np.array(runs, np.int64).T
    keep = ends - starts >= _LEAST_BASE85
    for table, least in ((_IS_DIGIT, 1), (_IS_RARE, 2)):
        counts = np.concatenate(([0], np.cumsum(table[array], dtype=np.int32)))
        keep &= counts[ends] - counts[starts] >= least
    return [words[place] for place in np.flatnonzero(keep).tolist()]


_IS_DIGIT, _IS_RARE = _table(_DIGITS), _table(_RARE)
_LEAST_BASE85 = 20


_POWERS85 = np.array([85**4, 85**3, 85**2, 85, 1], np.uint64)


def _from85(digits: NDArray[np.uint8], values: NDArray[np.uint64]) -> bytes:
    short = -len(digits) % 5
    table = np.full(len(digits) + short, 84, np.uint64)
    table[: len(digits)] = values[digits]
    numbers = table.reshape(-1, 5) @ _POWERS85
    got = (numbers & np.uint64(0xFFFF_FFFF)).astype(">u4").tobytes()
    return got[: len(got) - short] if short else got


_NUMBERS = _Class(_DIGITS + b", \r\n\t;[]", 24)
_BITS = re.compile(rb"[01][01 \r\n\t,]{64,}")
_LEAST_JUDGED = 64
_MOST_NUMBERS = 1 << 20
_CODES = re.compile(rb"(?<!\d)\d{2,3}(?!\d)")


def _numbers(data: bytes) -> Iterator[Decoded]:
    left = _MOST_NUMBERS
    for start, end in _NUMBERS.runs(data):
        if (left := left - (end - start)) < 0:
            break
        codes = [int(code) for code in _CODES.findall(data, start, end)]
        yield Decoded(Form.NUMBERS, bytes(code for code in codes if code < 256), is_pool=len(codes) < _LEAST_JUDGED)
        for bits in _BITS.findall(data, start, end):
            digits = bits.translate(None, b" \r\n\t,")
            for skip in range(8):
                whole = digits[skip : len(digits) - (len(digits) - skip) % 8]
                if whole:
                    yield Decoded(Form.NUMBERS, int(whole, 2).to_bytes(len(whole) // 8, "big"), is_pool=True)


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


_ONCE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|([\\bfnrt\"/]))")
_QUOTED = _table(b'\\"')
_ENTITY = re.compile(rb"&(?:amp;)*(?:#0*([0-9]{2,7})|#[xX]0*([0-9A-Fa-f]{2,6})|(amp|lt|gt|quot|apos));?")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def _html(match: re.Match[bytes]) -> bytes:
    if match[3] is not None:
        return _NAMED[match[3]]
    number = int(match[1]) if match[1] is not None else int(match[2], 16)
    return chr(min(number, 0x10FFFF)).encode("utf-8", "replace")


_ESCAPES: tuple[tuple[bytes, bytes, bytes, re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = (
    (b"\\", b"u", b"0{", re.compile(rb"\\+(?:u([0-9A-Fa-f]{4})|([bfnrt\"/\\]))"), _json),
    (b"\\", b"u", b"0", _ONCE, _json),
    (b"\\", b"u", b"{", re.compile(rb"\\+u\{0*([0-9A-Fa-f]{1,5})\}"), _code(16)),
    (b"\\", b"U", b"0", re.compile(rb"\\+U00([0-9A-Fa-f]{6})"), _code(16)),
    (b"\\", b"x", b"4567", re.compile(rb"\\+x([0-9A-Fa-f]{2})"), _code(16)),
    (b"\\", b"0123", b"01234567", re.compile(rb"\\+([0-3]?[0-7]{2})"), _code(8)),
    (b"&", b"#algq", b"0123456789xXmptu", _ENTITY, _html),
    (b"%", b"4567", b"0123456789abcdefABCDEF", re.compile(rb"%([0-9A-Fa-f]{2})"), _code(16)),
    (b"=", b"4567", b"0123456789ABCDEF", re.compile(rb"=([0-9A-F]{2})"), _code(16)),
)
"""What gives it away that letters are escaped (three bytes, of these kinds); what is escaped; what it stands for.

Those of JSON stand twice: written once, where a sign before one counts, and perhaps several times over.
"""
_TABLES = {kind: _table(kind) for row in _ESCAPES for kind in row[1:3]}
_LINE_ENDS, _TAG = _table(b"nrt"), re.compile(rb"<[^<>]{1,400}>")
_FEW_SIGNS = 4
"""A word has more letters; fewer signs near each other hide none."""
_WIDE = re.compile(rb"(?:\xef[\xbc\xbd].|\xf0\x9d..|\xe2[\x92\x93].){3}", re.DOTALL)
_AROUND, _APART = 256, 1024


def _around(data: bytes, places: NDArray[np.int64], least: int = 1) -> list[bytes]:
    """Where at least so many of these places are near each other, with what is around them."""
    if len(places) < least:
        return []
    breaks = np.flatnonzero(np.diff(places) > _APART)
    firsts, lasts = np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(places) - 1]))
    keep = lasts - firsts + 1 >= least
    spans = zip(places[firsts[keep]].tolist(), places[lasts[keep]].tolist(), strict=True)
    return [data[max(0, start - _AROUND) : end + _AROUND] for start, end in spans]


def _signs(data: bytes) -> Iterator[tuple[list[bytes], re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]]]:
    """Each kind of escape that occurs, with the places where it does."""
    array = np.frombuffer(data, np.uint8)[:-2]
    second, third = np.frombuffer(data, np.uint8)[1:-1], np.frombuffer(data, np.uint8)[2:]
    found = {sign: np.flatnonzero(array == sign[0]) for sign in (b"\\", b"&", b"%", b"=") if sign in data}
    for sign, next_, last, escaped, turn in _ESCAPES:
        places = found.get(sign)
        if places is not None:
            places = places[_TABLES[next_][second[places]]]
            places = places[_TABLES[last][third[places]]]
            # One entity is enough to break what stands around it.
            if windows := _around(data, places, 1 if sign == b"&" else _FEW_SIGNS):
                yield windows, escaped, turn
    if b"\\" in found:
        ends = found[b"\\"][_LINE_ENDS[second[found[b"\\"]]]]
        if windows := _around(data, ends[:-1][np.diff(ends) <= _SHORT_LINE], 2):
            yield windows, _ESCAPES[0][3], _ESCAPES[0][4]
        # Like an entity: one is enough.
        if windows := _around(data, found[b"\\"][_QUOTED[second[found[b"\\"]]]]):
            yield windows, _ONCE, _json
    if b"</" in data and len(tags := np.flatnonzero(array == _OPEN)) > 1:
        ends = np.flatnonzero(array == _CLOSE)
        following = tags[np.minimum(np.searchsorted(tags, ends), len(tags) - 1)]
        if windows := _around(data, ends[(following > ends + 1) & (following <= ends + 5)], _FEW_SIGNS):
            yield windows, _TAG, lambda _: b""


_SHORT_LINE, _OPEN, _CLOSE = 10, ord("<"), ord(">")


_UU = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} .*?$(.*?)^(?:end|====)", re.MULTILINE | re.DOTALL)


def _escapes(data: bytes) -> Iterator[Decoded]:
    for windows, escaped, turn in _signs(data) if len(data) > _FEW_SIGNS else ():
        yield Decoded(Form.ESCAPES, b"\n".join([escaped.sub(turn, window) for window in windows]))
    if not data.isascii():
        array = np.frombuffer(data, np.uint8)
        foreign = _around(data, np.flatnonzero(array >= _FOREIGN), _FEW_SIGNS)
        if windows := [window for window in foreign if _WIDE.search(window)]:
            text = b"\n".join(windows).decode("utf-8", "replace")
            yield Decoded(Form.UNICODE, unicodedata.normalize("NFKC", text).encode("utf-8", "replace"))
        is_small = len(data) <= _SHORT_DATA
        if mangled := [
            window for window in foreign if _LATIN.search(window) and (is_small or _CONTROLS.search(window))
        ]:
            yield from _latin(data if is_small else b"\n".join(mangled))
    yield from _utf16(data)
    for match in _UU.finditer(data) if b"\nbegin" in b"\n" + data[:16] or b"\nbegin" in data else ():
        yield Decoded(Form.UU, b"".join(_uu(line) for line in match[1].split(b"\n")))


def _latin(data: bytes) -> Iterator[Decoded]:
    """Bytes that were taken for Latin-1 letters and written as UTF-8, perhaps with HTML's entities."""
    yield Decoded(Form.UNICODE, _LATIN.sub(_one_byte, data))
    if b"&" in data:
        yield Decoded(Form.UNICODE, _LATIN.sub(_one_byte, _ENTITY.sub(_html, data)))


def _one_byte(match: re.Match[bytes]) -> bytes:
    return bytes([(match[0][0] & 3) << 6 | match[0][1] & 0x3F])


def _utf16(data: bytes) -> Iterator[Decoded]:
    """Letters of Latin-1 in UTF-16: the whole, or what is among other things."""
    half = len(data) // 2
    for wide, odd in ((_LITTLE, 1), (_BIG, 0)) if b"\0" in data else ():
        if data[odd::2].count(0) >= _MOSTLY * half and data[1 - odd :: 2].count(0) <= half / 2:
            yield Decoded(Form.UTF16, data[1 - odd :: 2])
        elif runs := wide.findall(data):
            yield Decoded(Form.UTF16, b"\n".join(run.replace(b"\0", b"") for run in runs))


_MOSTLY = 0.9
_LITTLE, _BIG = re.compile(rb"(?:[\x01-\xff]\x00){8,}"), re.compile(rb"(?:\x00[\x01-\xff]){8,}")
_FOREIGN = 0x80
_CONTROLS = re.compile(
    rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]|\xc2[\x80-\x9f]|\xc3[\xa0-\xb4]\xc2|(?:[\xc2\xc3][\x80-\xbf]){6}"
)
"""What no text holds, but packed bytes that were taken for Latin-1 do."""
_LATIN = re.compile(rb"[\xc2\xc3][\x80-\xbf]")


def _uu(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line.rstrip(b"\r"))
    except binascii.Error:
        return b""
