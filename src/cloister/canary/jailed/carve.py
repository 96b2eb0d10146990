"""Finds what is packed inside a buffer, wherever it starts, and gives what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

import numpy as np

from cloister.canary.frames import Form, Reason
from cloister.canary.jailed import archives, deflate, judge, pdf, pictures, sqlite, streams
from cloister.canary.jailed.streams import MARKS, ZLIB_FLAGS

if TYPE_CHECKING:
    from cloister.canary.jailed.walk import Path, Walk

ZIP_LOCAL, ZIP_ENTRY = b"PK\x03\x04", b"PK\x01\x02"
_UNKNOWN = {
    b"7z\xbc\xaf\x27\x1c": Reason.UNKNOWN,
    b"Rar!\x1a\x07": Reason.UNKNOWN,
    b"\x1f\x9d": Reason.UNKNOWN,
    b"Salted__": Reason.ENCRYPTED,
    b"age-encryption.org/": Reason.ENCRYPTED,
    b"-----BEGIN PGP MESSAGE": Reason.ENCRYPTED,
    b"-----BEGIN AGE ENCRYPTED": Reason.ENCRYPTED,
}
PICTURES = {
    archives.PNG: Form.PNG,
    b"\xff\xd8\xff": Form.IMAGE,
    b"GIF8": Form.IMAGE,
    b"RIFF": Form.IMAGE,
    b"II*\0": Form.IMAGE,
    b"MM\0*": Form.IMAGE,
    b"BM": Form.IMAGE,
}
"""At the start of a buffer; inside one, those of three bytes and more that say where they end."""
JPEG, SQLITE = b"\xff\xd8\xff", b"SQLite format 3\0"
CARVED = [*MARKS, ZIP_LOCAL, ZIP_ENTRY, archives.PNG, JPEG, b"%PDF-", SQLITE, *sqlite.WALS]
_ZLIB = np.zeros(256, np.bool_)
_ZLIB[list(ZLIB_FLAGS)] = True


def has_marks(walk: Walk, data: bytes) -> bool:
    """Whether a text holds anything that a text does not."""
    return _is_tar(data) or walk.carved.any(data)


def _is_tar(data: bytes) -> bool:
    return data[257:262] == b"ustar"


def parts(walk: Walk, data: bytes, path: Path) -> bytes:
    """Have all that is packed in it searched; gives what is left when that is taken out."""
    view = memoryview(data)
    taken: list[tuple[int, int]] = []
    for mark, reason in _UNKNOWN.items():
        if data.startswith(mark):
            walk.reasons[reason] = None
            return b""
    if _is_tar(data):
        for member in archives.tar_members(view):
            walk.add(data[member.start : member.end], (*path, Form.TAR))
            taken.append((member.start, member.end))
        return _left(data, taken)
    end = 0
    marks = _marks(data, walk)
    sizes = archives.zip_sizes(view, [at for at, mark in marks if mark == ZIP_ENTRY])
    for at, mark in marks:
        if at < end:
            continue
        try:
            size = _one(walk, view, at, mark, path, sizes)
        except archives.ERRORS:
            walk.reasons[Reason.DAMAGED] = None
            continue
        if size:
            end = at + size
            taken.append((at, end))
    return _left(data, taken)


def _marks(data: bytes, walk: Walk) -> list[tuple[int, bytes]]:
    found = [(at, mark) for mark, at in walk.carved.matches(data)]
    if walk.carved.is_full:
        walk.reasons[Reason.TOO_MANY] = None
    array = np.frombuffer(data, np.uint8)
    signs = np.flatnonzero(array[:-1] == ord("x"))
    found += [(at, b"x") for at in signs[_ZLIB[array[signs + 1]]].tolist()]
    found += [(0, mark) for mark in PICTURES if data.startswith(mark)]
    return sorted(set(found))


def _one(walk: Walk, view: memoryview, at: int, mark: bytes, path: Path, sizes: dict[int, int]) -> int:  # noqa: PLR0911
    """Have what starts here searched; gives its size, 0 if it is nothing."""
    here = view[at:]
    if mark == b"x":
        return walk.stream(Form.ZLIB, here, path)
    if mark in MARKS:
        return walk.stream(MARKS[mark], here, path)
    if mark == ZIP_LOCAL:
        return _zipped(walk, view, at, path, sizes)
    if mark in PICTURES:
        return _picture(walk, here, mark, path)
    if mark == SQLITE:
        return sqlite.database(walk, here, path)
    if mark in sqlite.WALS:
        return sqlite.log(walk, here, path)
    if mark == b"%PDF-" and (at == 0 or pdf.starts(here)):
        return pdf.document(walk, here, path)
    return 0


def _zipped(walk: Walk, view: memoryview, at: int, path: Path, sizes: dict[int, int]) -> int:
    member = archives.zip_member(view, at, sizes)
    if member is None:
        return 0
    here = (*path, Form.ZIP)
    if member.reason is not None:
        walk.reasons[member.reason] = None
    elif member.raw_lzma:
        walk.add(archives.raw_lzma(bytes(view[member.start : member.end]), walk.ceiling), here)
    elif member.form is None:
        walk.add(bytes(view[member.start : member.end]), here)
    else:
        taken = walk.stream(member.form, view[member.start : member.end], here)
        return member.start - at + taken
    return member.end - at


def _picture(walk: Walk, here: memoryview, mark: bytes, path: Path) -> int:
    """Have a picture compared with the known pages, and its packed notes searched."""
    size = len(here)
    if mark == archives.PNG:
        notes, size = archives.png_parts(here)
        for note in notes:
            walk.stream(Form.ZLIB, here[note.start : note.end], (*path, Form.PNG))
        walk.stream(Form.ZLIB, memoryview(archives.png_pixels(here)), (*path, Form.PNG))
    elif mark == JPEG:
        size = archives.jpeg_end(here)
        for start, end in archives.jpeg_notes(here[:size]):
            walk.add(bytes(here[start:end]), (*path, Form.IMAGE))
    try:
        grey = pictures.grey_of(bytes(here[:size]))
    except pictures.NoPicture:
        return 0
    walk.see_picture(grey, (*path, PICTURES[mark]))
    return size


def _left(data: bytes, taken: list[tuple[int, int]]) -> bytes:
    at, kept = 0, []
    for start, end in sorted(taken):
        if start > at:
            kept.append(data[at:start])
        at = max(at, end)
    if at == 0:
        return data
    kept.append(data[at:])
    return b"".join(kept)


def unmarked(walk: Walk, data: bytes, path: Path) -> bool:
    """Try what has no mark, raw deflate and brotli, from the start. Whether one of them explains all of it."""
    view = memoryview(data)
    for form in (Form.BROTLI, Form.DEFLATE) if data else ():
        if form is Form.DEFLATE and not deflate.may_start(data[0]):
            continue
        unpacked = streams.unpack(form, view, walk.ceiling)
        if _is_whole(unpacked) and len(data) - unpacked.taken <= _LEFT:
            walk.add(unpacked.data, (*path, form))
            return True
    return False


def hidden(walk: Walk, data: bytes, path: Path) -> bool:
    """Try raw deflate at every place, brotli where something else ends. Whether they explain nearly all of it."""
    view, end, again, explained, tries = memoryview(data), 0, 0, 0, _TRIES
    pools: dict[Form, list[bytes]] = {}
    deflates = set(deflate.starts(data))
    ends = {at + 1 for mark in _ENDS for at in _all(data, mark) if data[at + 1 : at + 2].strip(b"\0")}
    for at in sorted(deflates | ends):
        if at < end and at >= again:
            continue
        unpacked = None
        if at in deflates and streams.starts_deflate(view[at : at + _TRIED]):
            unpacked = streams.unpack(Form.DEFLATE, view[at:], walk.ceiling)
        form = Form.DEFLATE
        if not _is_text_of(unpacked) and tries and at in ends and at >= end:
            tries -= 1
            if streams.starts_brotli(view[at : at + _TRIED]):
                unpacked, form = streams.unpack(Form.BROTLI, view[at:], walk.ceiling), Form.BROTLI
        if _is_text_of(unpacked):
            pools.setdefault(form, []).append(unpacked.data)
            if (
                at >= end
            ):  # what stands before a stream may pass for its first symbols, so the next places are tried too
                again = at + _AGAIN
            explained += max(0, at + unpacked.taken - max(at, end))
            end = max(end, at + unpacked.taken)
    for form, pieces in pools.items():
        walk.add(b"\n".join(pieces), (*path, Form.RECORD, form), judged=False)
    return explained >= _NEARLY * len(data)


def _all(data: bytes, mark: int) -> list[int]:
    places: list[int] = np.flatnonzero(np.frombuffer(data, np.uint8) == mark).tolist()
    return places


_LEFT, _TRIED, _TRIES, _AGAIN, _NEARLY = 16, 256, 500, 64, 0.9
_ENDS = b"\0\n '\":=,"


def _is_whole(unpacked: streams.Unpacked | None) -> TypeGuard[streams.Unpacked]:
    return unpacked is not None and unpacked.is_whole and len(unpacked.data) >= deflate.LEAST


def _is_text_of(unpacked: streams.Unpacked | None) -> TypeGuard[streams.Unpacked]:
    return _is_whole(unpacked) and judge.is_readable(unpacked.data)
