"""Reads SQLite files page by page (sqlite.org/fileformat2): also what lies on several pages, or in the log.

No database is opened: rows are taken from every page that looks like a leaf, in the file or in its write-ahead log.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from cloister.canary.frames import Form, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloister.canary.jailed.walk import Path, Walk

WALS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_LEAF_TABLE, _LEAF_INDEX, _INNER_INDEX = 13, 10, 2
_HEAD = 100
_WAL_HEAD, _FRAME_HEAD = 32, 24
_MOST_CELLS = 200_000
_BLOB = 64
"""Bytes from which a value is searched for itself as well, as it may be packed without a mark."""

Pages = dict[int, memoryview]


def database(walk: Walk, data: memoryview, path: Path) -> int:
    """Have the rows of a database searched; gives the size of its pages."""
    size = _page_size(int.from_bytes(data[16:18], "big"))
    if not size:
        return 0
    pages = {number + 1: data[number * size : (number + 1) * size] for number in range(len(data) // size)}
    _rows(walk, pages, size - data[20], (*path, Form.SQLITE))
    return 0  # what is free in its pages is searched, and must explain itself, as it stands


def log(walk: Walk, data: memoryview, path: Path) -> int:
    """Have the rows of a write-ahead log searched."""
    size = _page_size(int.from_bytes(data[8:12], "big"))
    if not size:
        return 0
    pages: Pages = {}
    for at in range(_WAL_HEAD, len(data) - _FRAME_HEAD, size + _FRAME_HEAD):
        number = int.from_bytes(data[at : at + 4], "big")
        if number in pages:
            _rows(walk, pages, size, (*path, Form.WAL))
            pages = {}
        pages[number] = data[at + _FRAME_HEAD : at + _FRAME_HEAD + size]
    _rows(walk, pages, size, (*path, Form.WAL))
    return 0


def _page_size(told: int) -> int:
    size = 65536 if told == 1 else told
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else 0


def _rows(walk: Walk, pages: Pages, usable: int, path: Path) -> None:
    texts: list[bytes] = []
    for count, payload in enumerate(_payloads(pages, usable)):
        if count >= _MOST_CELLS:
            walk.reasons[Reason.TOO_MANY] = None
            break
        for value in _values(payload):
            texts.append(value)
            if len(value) >= _BLOB:
                walk.add(value, path)
            else:
                walk.short(value, path)
    walk.add(b"\n".join(texts), path, judged=False)


def _payloads(pages: Pages, usable: int) -> Iterator[bytes]:
    for number, page in pages.items():
        start = _HEAD if number == 1 else 0
        if len(page) < start + 8 or page[start] not in {_LEAF_TABLE, _LEAF_INDEX, _INNER_INDEX}:
            continue
        kind = page[start]
        head = start + (12 if kind == _INNER_INDEX else 8)
        for cell in range(int.from_bytes(page[start + 3 : start + 5], "big")):
            at = int.from_bytes(page[head + 2 * cell : head + 2 * cell + 2], "big")
            try:
                yield _payload(
                    pages, page, at + (4 if kind == _INNER_INDEX else 0), usable, is_table=kind == _LEAF_TABLE
                )
            except (IndexError, struct.error):
                continue


def _payload(pages: Pages, page: memoryview, at: int, usable: int, *, is_table: bool) -> bytes:
    size, at = _varint(page, at)
    if is_table:
        _, at = _varint(page, at)
    most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
    if size <= most:
        return bytes(page[at : at + size])
    least = (usable - 12) * 32 // 255 - 23
    here = least + (size - least) % (usable - 4)
    here = here if here <= most else least
    held = bytearray(page[at : at + here])
    following = int.from_bytes(page[at + here : at + here + 4], "big")
    seen: set[int] = set()
    while following in pages and following not in seen and len(held) < size:
        seen.add(following)
        held += pages[following][4:usable]
        following = int.from_bytes(pages[following][:4], "big")
    return bytes(held[:size])


def _values(payload: bytes) -> Iterator[bytes]:
    try:
        size, at = _varint(payload, 0)
        kinds = []
        while at < min(size, len(payload)):
            kind, at = _varint(payload, at)
            kinds.append(kind)
    except IndexError:
        return
    at = size
    for kind in kinds:
        length = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind] if kind < 12 else (kind - 12) // 2
        if kind >= 12 and length:
            yield payload[at : at + length]
        at += length


def _varint(data: memoryview | bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    return value, at + 9
