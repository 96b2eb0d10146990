"""An open PDF in pdfium's hands, whatever its size, within bounded memory.

pdfium keeps what it has read of a file until the file is closed. So the file is closed and opened again
each time that much was read.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_char
from typing import BinaryIO

from pypdfium2_raw import bindings as pdfium

from cloister.errors import Damaged, DamagedPage, Encrypted, NoPages, WrongPassword
from cloister.ocr.frames import Asked
from cloister.ocr.render.items import Handle

_MOST_KEPT = 8 << 20
_TIMES_OPENING = 4
"""A file that takes much reading to open is not opened again before this many times as much was read."""
_SECRETS = frozenset({pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY})


def start() -> None:
    """Start pdfium, without a folder to look for fonts in."""
    nowhere = (ctypes.POINTER(c_char) * 1)()
    pdfium.FPDF_InitLibraryWithConfig(byref(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=nowhere)))


class _Access:
    """pdfium's view of the one open file: it asks for ranges.

    A callback is a piece of code that is written when it is made, which a locked jail cannot do: this
    one is made when the module is loaded, and serves whatever file is open.
    """

    def __init__(self) -> None:
        self.file: BinaryIO = io.BytesIO()
        self.read = 0
        self.structure = pdfium.FPDF_FILEACCESS()
        self.structure.m_GetBlock = type(self.structure.m_GetBlock)(self._read)

    def open(self, file: BinaryIO, size: int) -> Handle:
        """Serve this file from now on."""
        self.file, self.structure.m_FileLen, self.read = file, size, 0
        return byref(self.structure)

    def _read(self, _: Handle, offset: int, into: Handle, length: int) -> int:
        self.file.seek(offset)
        held = self.file.read(length)
        self.read += len(held)
        ctypes.memmove(into, held, len(held))
        return int(len(held) == length)


_ACCESS = _Access()


class Opening:
    """A PDF, opened. Raises `Encrypted`, `WrongPassword`, `Damaged` or `NoPages`."""

    def __init__(self, file: BinaryIO, asked: Asked) -> None:
        """Open it."""
        self._file, self._asked = file, asked
        self._open()
        self.total: int = pdfium.FPDF_GetPageCount(self._handle)
        if self.total < 1:
            raise NoPages

    def _open(self) -> None:
        self._handle = self._load()
        self.form, self._form_info = _form_of(self._handle)
        self._limit = max(_MOST_KEPT, _TIMES_OPENING * _ACCESS.read)

    def _load(self) -> Handle:
        given = self._asked.password.open() if self._asked.password else None
        for password in _spellings(given):
            if handle := pdfium.FPDF_LoadCustomDocument(_ACCESS.open(self._file, self._asked.size), password):
                return handle
        if pdfium.FPDF_GetLastError() in _SECRETS:
            raise Encrypted if given is None else WrongPassword
        raise Damaged

    def _close(self) -> None:
        if self.form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self.form)
        pdfium.FPDF_CloseDocument(self._handle)

    @contextmanager
    def page(self, number: int) -> Iterator[Handle]:
        """One page, counted from 1, for the length of the block. Raises `DamagedPage`."""
        if _ACCESS.read > self._limit:
            self._close()
            self._open()
        handle = pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not handle:
            raise DamagedPage(page=number)
        if self.form:
            pdfium.FORM_OnAfterLoadPage(handle, self.form)
        try:
            yield handle
        finally:
            if self.form:
                pdfium.FORM_OnBeforeClosePage(handle, self.form)
            pdfium.FPDF_ClosePage(handle)


def _spellings(given: bytes | None) -> tuple[bytes | None, ...]:
    """How a password may have been turned into bytes (newer files have UTF-8, older ones Latin-1), and none at all."""
    if given is None:
        return (None,)
    try:
        return given, given.decode("utf-8").encode("latin-1"), None
    except UnicodeError:
        return given, None


def _form_of(handle: Handle) -> tuple[Handle, Handle]:
    """What draws form fields as a reader sees them; it can run nothing."""
    if pdfium.FPDF_GetFormType(handle) == pdfium.FORMTYPE_NONE:
        return None, None
    info = pdfium.FPDF_FORMFILLINFO(version=2)
    return pdfium.FPDFDOC_InitFormFillEnvironment(handle, byref(info)), info
