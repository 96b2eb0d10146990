"""Where a leak can lie: files as tools leave them, each with something of our own inside."""

from __future__ import annotations

import gzip
import html
import io
import json
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from base64 import encodebytes
from collections.abc import Callable, Mapping

Lay = Callable[[bytes], bytes]
_PAGE = 4096
_DATE = (2026, 1, 1, 0, 0, 0)


def _latin(data: bytes) -> str:
    """Any bytes as text, as programs do that know no better."""
    return data.decode("latin-1")


def _json(data: bytes) -> bytes:
    return json.dumps({"id": 17, "state": "done", "pages": [{"number": 1, "text": _latin(data)}]}).encode()


def _rows(data: bytes) -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute(f"pragma page_size={_PAGE}")
        database.execute("create table results (id integer primary key, name text, body blob)")
        # Long enough to lie on pages of its own, so that what follows it does too.
        database.executemany("insert into results (name, body) values (?, ?)", [("a", b"x" * 3000), ("b", data)])
        return database.serialize()


def _log_of(data: bytes) -> bytes:
    """The pages of the same database as its write-ahead log has them (sqlite.org/fileformat2, section 4)."""
    pages = _rows(data)
    first = second = 0

    def add(part: bytes) -> None:
        nonlocal first, second
        words = struct.unpack(f"<{len(part) // 4}I", part)
        for a, b in zip(words[::2], words[1::2], strict=True):
            first = (first + a + second) & 0xFFFF_FFFF
            second = (second + b + first) & 0xFFFF_FFFF

    head = struct.pack(">6I", 0x377F0682, 3007000, _PAGE, 0, 1, 2)
    add(head)
    out = head + struct.pack(">2I", first, second)
    count = len(pages) // _PAGE
    for number in range(1, count + 1):
        page = pages[(number - 1) * _PAGE : number * _PAGE]
        start = struct.pack(">2I", number, count if number == count else 0)
        add(start)
        add(page)
        out += start + struct.pack(">4I", 1, 2, first, second) + page
    return out


def _zip(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt", _DATE), "Nothing here.\n" * 20)
        archive.writestr(zipfile.ZipInfo("word/document.xml", _DATE), data, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _tar(data: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, content in (("readme", b"Nothing here.\n"), ("cache/0001", data)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(held.getvalue(), mtime=0)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(data: bytes) -> bytes:
    head = struct.pack(">2I5B", 8, 8, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff" * 8) if len(data) < 0 else zlib.compress((b"\0" + b"\xff" * 8) * 8)
    packed = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(data))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + packed + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _pdf(content: bytes, title: bytes, attached: bytes = b"") -> bytes:
    """A PDF of one page."""
    packed, file = zlib.compress(content), zlib.compress(attached)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Title<" + title.hex().encode() + b">>>",
        b"<</Type/EmbeddedFile/Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(file), file),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer <</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def _string(data: bytes) -> bytes:
    """A string of a PDF, every sign that is not plain as an octal escape."""
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 "
    return b"(" + b"".join(bytes([byte]) if byte in plain else b"\\%03o" % byte for byte in data) + b")"


def _query(data: bytes) -> bytes:
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    return b"".join(bytes([byte]) if byte in plain else b"%%%02X" % byte for byte in data)


def _core(data: bytes) -> bytes:
    """Like the memory of a process: numbers, zeros, names, and something at an odd place."""
    table = b"".join(struct.pack("<QI", 0x7F0000000000 + number * 4096, number) for number in range(200))
    names = b"\0".join(b"symbol_%d" % number for number in range(60))
    return b"\x7fELF\x02\x01\x01" + bytes(9) + table + names + bytes(37) + data + b"\0" + bytes(300) + table


def _mail(data: bytes) -> bytes:
    head = b"From: a@example.org\r\nSubject: done\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(data).replace(b"\n", b"\r\n")


def _page(data: bytes) -> bytes:
    said = html.escape(_latin(data))
    return f"<!doctype html><html><body><h1>422</h1><p>Cannot read <b>{said}</b>.</p></body></html>\n".encode()


def _utf16(data: bytes) -> bytes:
    return ("\ufeffid;text\r\n1;" + _latin(data) + "\r\n").encode("utf-16-le")


SURFACES: Mapping[str, Lay] = {
    "log line": lambda data: b"2026-01-01T00:00:00Z INFO worker: page 1 done text=" + data + b" ms=17\n",
    "JSON": _json,
    "database": _rows,
    "write-ahead log": _log_of,
    "zip member": _zip,
    "tar.gz": _tar,
    "PDF text": lambda data: _pdf(b"BT /F 12 Tf 20 100 Td " + _string(data) + b" Tj ET", b"Untitled"),
    "PDF metadata": lambda data: _pdf(b"", data),
    "PDF attachment": lambda data: _pdf(b"", b"Untitled", data),
    "PNG note": _png,
    "core dump": _core,
    "UTF-16 file": _utf16,
    "error page": _page,
    "shell history": lambda data: b"cd /srv\nexport TITLE='" + data + b"'\ncurl -s localhost:8080/health\n",
    "e-mail": _mail,
    "URL": lambda data: b"GET /documents?title=" + _query(data) + b"&page=2 HTTP/1.1\r\n\r\n",
    "bytes literal": lambda data: b"ValueError: cannot read " + repr(data).encode() + b" as a page\n",
    "CSV": lambda data: b"id,text,pages\n1," + data + b",2\n2,none,1\n",
    "alone": lambda data: data,
}
