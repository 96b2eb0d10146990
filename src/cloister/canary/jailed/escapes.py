"""Undoes escapes, tags, entities, uuencode, and letters of other alphabets and widths."""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from cloister.canary.frames import Form
from cloister.canary.jailed.runs import SHORT_DATA, Decoded, around, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

Turn = Callable[[re.Match[bytes]], bytes] | bytes
"""What an escape stands for: a function of it, or always the same, which costs much less."""


def _code(base: int) -> Callable[[re.Match[bytes]], bytes]:
    def run(match: re.Match[bytes]) -> bytes:
        number = int(match[1], base)
        return bytes([number]) if number < 128 else chr(min(number, 0x10FFFF)).encode("utf-8", "replace")

    return run


def _byte(base: int) -> Callable[[re.Match[bytes]], bytes]:
    """What is escaped byte by byte may be packed: its bytes count, whatever text they may be."""

    def run(match: re.Match[bytes]) -> bytes:
        return bytes([int(match[1], base)])

    return run


_SHORT = {b"a": b"\a", b"b": b"\b", b"e": b"\x1b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _json(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return _SHORT.get(match[2], match[2])
    return chr(int(match[1], 16)).encode("utf-8", "replace")


def _once(match: re.Match[bytes]) -> bytes:
    if match[4] is not None:
        return bytes([int(match[4], 16)])
    if match[3] is not None:
        return bytes([int(match[3], 8)])
    return _json(match) if match[1] or match[2] else b"'"


_ONCE = re.compile(rb"'\\''|\\(?:u([0-9A-Fa-f]{4})|([abefnrtv\\\"'/()$`!])|([0-3]?[0-7]{1,2})|x([0-9A-Fa-f]{2}))")
"""As JSON, C, Python, PDF and a shell write it."""
_QUOTED = table(b"\\\"'/()$`!")
_HEX = b"0123456789abcdefABCDEF"
_ENTITY = re.compile(rb"&(?:amp;)*(?:#0*([0-9]{2,7})|#[xX]0*([0-9A-Fa-f]{2,6})|(amp|lt|gt|quot|apos));?")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def _html(match: re.Match[bytes]) -> bytes:
    if match[3] is not None:
        return _NAMED[match[3]]
    number = int(match[1]) if match[1] is not None else int(match[2], 16)
    return chr(min(number, 0x10FFFF)).encode("utf-8", "replace")


_ESCAPES: tuple[tuple[bytes, bytes, bytes, re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = (
    (b"\\", b"u", b"0{", re.compile(rb"\\\\*(?:u([0-9A-Fa-f]{4})|([bfnrt\"/\\]))"), _json),
    (b"\\", b"u", b"0", _ONCE, _once),
    (b"\\", b"u", b"{", re.compile(rb"\\\\*u\{0*([0-9A-Fa-f]{1,5})\}"), _code(16)),
    (b"\\", b"U", b"0", re.compile(rb"\\\\*U00([0-9A-Fa-f]{6})"), _code(16)),
    (b"\\\\", b"x", _HEX, re.compile(rb"\\\\*x([0-9A-Fa-f]{2})"), _byte(16)),
    (b"\\", b"x", _HEX, _ONCE, _once),
    (b"\\\\", b"0123", b"01234567", re.compile(rb"\\\\*([0-3]?[0-7]{2})"), _byte(8)),
    (b"\\", b"0123", b"01234567", _ONCE, _once),
    (b"&", b"#algq", b"0123456789xXmptu", _ENTITY, _html),
    (b"%", _HEX, _HEX, re.compile(rb"%([0-9A-Fa-f]{2})"), _byte(16)),
    (b"=", b"0123456789ABCDEF", b"0123456789ABCDEF", re.compile(rb"=([0-9A-F]{2})"), _byte(16)),
)
"""What gives it away that letters are escaped (a sign, once or twice, and two bytes of these kinds); what is escaped;
what it stands for.

Those with a backslash stand twice: written once, and perhaps several times over.
"""
_TABLES = {kind: table(kind) for row in _ESCAPES for kind in row[1:3]}
_LINE_ENDS, _TAG = table(b"nrt"), re.compile(rb"<[^<>]{1,400}>")
_FEW_SIGNS = 4
"""A word has more letters; fewer signs near each other hide none."""
_FEW_ENOUGH = b"&%"
"""Of these, and of octal numbers, one is enough to break a code that stands around it."""
_WIDE = re.compile(rb"(?:\xef[\xbc\xbd].|\xf0\x9d..|\xe2[\x92\x93].){3}", re.DOTALL)


def _signs(data: bytes) -> Iterator[tuple[list[bytes], re.Pattern[bytes], Turn]]:
    """Each kind of escape that occurs, with the places where it does."""
    array = np.frombuffer(data, np.uint8)[:-2]
    second, third = np.frombuffer(data, np.uint8)[1:-1], np.frombuffer(data, np.uint8)[2:]
    found = {sign: np.flatnonzero(array == sign[0]) for sign in (b"\\", b"&", b"%", b"=") if sign in data}
    for sign, next_, last, escaped, turn in _ESCAPES:
        places = found.get(sign[:1])
        if places is not None:
            if len(sign) > 1:
                places = places[array[places - 1] == sign[0]]
            places = places[_TABLES[next_][second[places]]]
            places = places[_TABLES[last][third[places]]]
            if windows := around(data, places, 1 if sign in _FEW_ENOUGH or next_ == b"0123" else _FEW_SIGNS):
                yield windows, escaped, turn
    if b"\\" in found:
        ends = found[b"\\"][_LINE_ENDS[second[found[b"\\"]]]]
        if windows := around(data, ends[:-1][np.diff(ends) <= _SHORT_LINE], 2):
            yield windows, _ESCAPES[0][3], _ESCAPES[0][4]
        # Like an entity: one is enough.
        if windows := around(data, found[b"\\"][_QUOTED[second[found[b"\\"]]]]):
            yield windows, _ONCE, _once
    if b"</" in data and len(tags := np.flatnonzero(array == _OPEN)) > 1:
        ends = np.flatnonzero(array == _CLOSE)
        following = tags[np.minimum(np.searchsorted(tags, ends), len(tags) - 1)]
        if windows := around(data, ends[_short_text(data, ends, following)], _FEW_SIGNS):
            yield windows, _TAG, b""


def _short_text(data: bytes, ends: NDArray[np.int64], tags: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Between which tags, that end and begin there, up to four bytes stand that are more than an indent."""
    array = np.frombuffer(data, np.uint8)
    found = np.zeros(len(ends), np.bool_)
    for at in range(1, _SHORT_TEXT + 1):
        place = np.minimum(ends + at, len(array) - 1)
        found |= (place < tags) & ~_BLANK[array[place]]
    return found & (tags <= ends + _SHORT_TEXT + 1)


_SHORT_LINE, _OPEN, _CLOSE, _SHORT_TEXT, _BLANK = 10, ord("<"), ord(">"), 4, table(b" \t\r\n")


_UU = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} .*?$(.*?)^(?:end|====)", re.MULTILINE | re.DOTALL)


def escapes(data: bytes) -> Iterator[Decoded]:
    """Each kind of escape undone where it occurs; one may be of several kinds."""
    for windows, escaped, turn in _signs(data) if len(data) > _FEW_SIGNS else ():
        yield Decoded(Form.ESCAPES, b"\n".join([escaped.sub(turn, window) for window in windows]))
    if not data.isascii():
        array = np.frombuffer(data, np.uint8)
        foreign = around(data, np.flatnonzero(array >= _FOREIGN), _FEW_SIGNS)
        if windows := [window for window in foreign if _WIDE.search(window)]:
            text = b"\n".join(windows).decode("utf-8", "replace")
            yield Decoded(Form.UNICODE, unicodedata.normalize("NFKC", text).encode("utf-8", "replace"))
        is_small = len(data) <= SHORT_DATA
        if mangled := [window for window in foreign if _is_mangled(window) and (is_small or _CONTROLS.search(window))]:
            yield from _latin(data if is_small else b"\n".join(mangled))
    yield from _utf16(data)
    for match in _UU.finditer(data) if b"\nbegin" in b"\n" + data[:16] or b"\nbegin" in data else ():
        yield Decoded(Form.UU, b"".join(_uu(line) for line in match[1].split(b"\n")))


def _is_mangled(window: bytes) -> bool:
    """Whether enough of its bytes above ASCII are such pairs: all of what was mangled is, and of random bytes 1%."""
    high = len(window.translate(None, _ASCII))
    least = _SHARE_OF_SMALL if len(window) <= _SMALL else _SHARE
    return len(_LATIN.findall(window)) * 2 >= max(least * high, 1)


_ASCII = bytes(range(128))
_SMALL, _SHARE_OF_SMALL, _SHARE = 512, 0.25, 0.03


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
