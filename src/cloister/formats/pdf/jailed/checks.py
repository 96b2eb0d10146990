"""What is looked at before a PDF is written over, and before one that was written is called good."""

from __future__ import annotations

import io
import re
from collections import deque
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Name

from cloister.errors import BadOutput
from cloister.formats.pdf.frames import CHUNK, OUT
from cloister.jail.wire import Sink, send

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

_MOST_FIELDS = 100_000
_WHOLE, _TAIL = 16 << 20, 2 << 20
"""An output up to the first is opened again; of a larger one so much of the end is kept in memory and checked."""
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s|\d+ 0 obj\b")


def is_signed(pdf: Pdf) -> bool:
    """Whether a change to the file would break a digital signature or a grant of usage rights.

    Signatures are values of signature fields (ISO 32000-1, 12.8); certification and usage rights also
    stand in the catalog's /Perms.
    """
    permissions = pdf.Root.get("/Perms")
    if isinstance(permissions, pikepdf.Dictionary) and len(permissions):
        return True
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return False
    todo = _children(form.get("/Fields"))
    for _ in range(_MOST_FIELDS):
        if not todo:
            return False
        field = todo.pop()
        if not isinstance(field, pikepdf.Dictionary):
            continue
        value = field.get("/V")
        if isinstance(value, pikepdf.Dictionary) and ("/ByteRange" in value or value.get("/Type") == Name.Sig):
            return True
        todo += _children(field.get("/Kids"))
    return True  # no end in sight: better refused than broken


def _children(held: object) -> list[Object]:
    return list(held) if isinstance(held, pikepdf.Array) else []


class Output(io.RawIOBase):
    """Takes the PDF as it is written, sends it on in frames, and keeps what is needed to check it."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self._kept: deque[bytes] = deque()
        self._size = self._kept_size = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        """Send bytes on, in frames of a limited size."""
        for start in range(0, len(data), CHUNK):
            self._send(bytes(data[start : start + CHUNK]))
        return len(data)

    def _send(self, chunk: bytes) -> None:
        send(self._sink, OUT, chunk)
        self._size += len(chunk)
        self._kept.append(chunk)
        self._kept_size += len(chunk)
        most = _WHOLE if self._size <= _WHOLE else _TAIL
        while self._kept_size > most:
            self._kept_size -= len(self._kept.popleft())

    def check(self, pages: int, password: bytes) -> None:
        """Raise `BadOutput` unless what was sent is a sound PDF of so many pages."""
        kept = b"".join(self._kept)
        self._kept.clear()
        if len(kept) == self._size:
            _opens(kept, pages, password)
        else:
            _ends_well(kept, self._size - len(kept))


def _opens(written: bytes, pages: int, password: bytes) -> None:
    try:
        with pikepdf.open(
            io.BytesIO(written), password=password, suppress_warnings=True, attempt_recovery=False
        ) as pdf:
            sound = len(pdf.pages) == pages and not pdf.get_warnings()
    except (pikepdf.PdfError, pikepdf.PasswordError):
        sound = False
    if not sound:
        raise BadOutput


def _ends_well(end: bytes, before: int) -> None:
    """Check that the file's last bytes point at its table of objects; `before` bytes came before `end`."""
    if not (found := _END.search(end[-64:])):
        raise BadOutput
    at = int(found[1]) - before
    if at >= 0 and not _TABLE.match(end, at):
        raise BadOutput
