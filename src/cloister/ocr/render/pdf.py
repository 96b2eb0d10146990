"""PDF files: pages by pdfium, as pixels or as the words of their text layer.

pdfium is called through its C interface, without JavaScript, XFA or fonts of the host: nothing of a
document is run, and the same file looks the same on every machine. A page is closed as soon as it is
done, so that memory does not grow with their number.
"""

from __future__ import annotations

import ctypes
import io
from ctypes import byref, c_char, c_ubyte
from math import ceil
from typing import BinaryIO

from PIL import Image
from pypdfium2_raw import bindings as pdfium

from cloister.document import Box, Page
from cloister.errors import Damaged, DamagedPage, Encrypted, NoPages, WrongPassword
from cloister.model import Mode, SourceKind
from cloister.ocr.frames import Asked, Sheet, Verdict
from cloister.ocr.render.grid import POINTS, Grid, grid_of
from cloister.ocr.render.items import Handle, Item, Items, items_of, photos_of
from cloister.ocr.render.layerpage import page_of
from cloister.ocr.render.picture import Picture
from cloister.ocr.render.textlayer import UNPAINTED, TextLayer, read_layer, upright_of
from cloister.ocr.render.trust import Evidence, judge, notes_of

_FLAGS = pdfium.FPDF_ANNOT | pdfium.FPDF_RENDER_LIMITEDIMAGECACHE
_MOST_PROOF = 16_000_000
"""Square points of a page whose text layer is checked against its pixels."""
_HAIR = 0.001
_SECRETS = frozenset({pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY})
_SMALL = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</Font<<"
    b"/A<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/B<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    b"/C<</Type/Font/Subtype/Type1/BaseFont/Symbol>>>>>>>>endobj\n4 0 obj<</Length 78>>stream\n"
    b"BT /A 9 Tf 5 50 Td (abc) Tj /B 9 Tf 0 -20 Td (abc) Tj /C 9 Tf 0 -20 Td (a) Tj ET\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)


def warm() -> None:
    """Start pdfium, without a folder to look for fonts in, and have it set its own fonts up."""
    nowhere = (ctypes.POINTER(c_char) * 1)()
    pdfium.FPDF_InitLibraryWithConfig(byref(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=nowhere)))
    handle = pdfium.FPDF_LoadMemDocument64(_SMALL, len(_SMALL), None)
    page = pdfium.FPDF_LoadPage(handle, 0)
    _painted(page, None, Grid(72, 72, 72.0))
    pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(handle)


class Pdf:
    """An open PDF."""

    kind = SourceKind.PDF

    def __init__(self, file: BinaryIO, asked: Asked) -> None:
        """Open it. Raises `Encrypted`, `WrongPassword`, `Damaged` or `NoPages`."""
        self._mode = asked.mode
        self._handle = self._load(file, asked)
        self._form, self._form_info = _form_of(self._handle)
        self.total: int = pdfium.FPDF_GetPageCount(self._handle)
        if self.total < 1:
            raise NoPages

    def _load(self, file: BinaryIO, asked: Asked) -> Handle:
        given = asked.password.open() if asked.password else None
        for password in _spellings(given):
            if handle := pdfium.FPDF_LoadCustomDocument(_ACCESS.open(file, asked.size), password):
                return handle
        if pdfium.FPDF_GetLastError() in _SECRETS:
            raise Encrypted if given is None else WrongPassword
        raise Damaged

    def page(self, number: int) -> Picture | Page:
        """Give one page: its text layer where that was asked for and can be trusted, otherwise its pixels."""
        handle = pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not handle:
            raise DamagedPage(page=number)
        if self._form:
            pdfium.FORM_OnAfterLoadPage(handle, self._form)
        try:
            return self._made(handle, number)
        finally:
            if self._form:
                pdfium.FORM_OnBeforeClosePage(handle, self._form)
            pdfium.FPDF_ClosePage(handle)

    def _made(self, handle: Handle, number: int) -> Picture | Page:
        items = items_of(handle)
        if self._mode is not Mode.SKIP:
            return self._picture(handle, number, items, Verdict.NOT_ASKED)
        verdict, layer = self._judged(handle, items)
        if verdict is Verdict.TRUSTED:
            return page_of(layer, number, _size_of(handle))
        return self._picture(handle, number, items, verdict)

    def _judged(self, handle: Handle, items: Items) -> tuple[Verdict, TextLayer]:
        size, upright = _size_of(handle), upright_of(handle, _box_of(handle))
        layer = read_layer(handle, items, upright, size)
        if layer is None or size[0] * size[1] > _MOST_PROOF:
            return Verdict.INCOMPLETE, TextLayer()
        evidence = Evidence(layer, items, photos_of(items), notes_of(handle, upright), upright, size)
        return judge(evidence, lambda: self._proof(handle, size))

    def _proof(self, handle: Handle, size: tuple[float, float]) -> Image.Image:
        """The page at a pixel a point, to look for ink."""
        grid = Grid(ceil(size[0]), ceil(size[1]), POINTS)
        pixels = bytes(_painted(handle, self._form, grid))
        return Image.frombuffer("L", (grid.width, grid.height), pixels, "raw", "L", 0, 1)

    def _picture(self, handle: Handle, number: int, items: Items, verdict: Verdict) -> Picture:
        photos = photos_of(items)
        turned = pdfium.FPDFPage_GetRotation(handle) % 2 == 1
        pure = not (pdfium.FPDFPage_GetAnnotCount(handle) or items.too_many or any(map(_is_drawn, items.all)))
        grid = grid_of(_size_of(handle), _box_of(handle), photos, turned=turned, pure=pure, page=number)
        pixels = _painted(handle, self._form, grid)
        if pixels.count(pixels[0]) == len(pixels) and any(_broken(photo.item.handle) for photo in photos):
            raise DamagedPage(page=number)  # a scan that cannot be decoded is no blank page
        return Picture(Sheet(number, grid.width, grid.height, grid.dpi, verdict), memoryview(pixels))


def _spellings(given: bytes | None) -> tuple[bytes | None, ...]:
    """How a password may have been turned into bytes (newer files have UTF-8, older ones Latin-1), and none at all."""
    if given is None:
        return (None,)
    try:
        return given, given.decode("utf-8").encode("latin-1"), None
    except UnicodeError:
        return given, None


class _Access:
    """pdfium's view of the one open file: it asks for ranges.

    A callback is a piece of code that is written when it is made, which a locked jail cannot do: this
    one is made when the module is loaded, and serves whatever file is open.
    """

    def __init__(self) -> None:
        self.file: BinaryIO = io.BytesIO()
        self.structure = pdfium.FPDF_FILEACCESS()
        self.structure.m_GetBlock = type(self.structure.m_GetBlock)(self._read)

    def open(self, file: BinaryIO, size: int) -> Handle:
        """Serve this file from now on."""
        self.file, self.structure.m_FileLen = file, size
        return byref(self.structure)

    def _read(self, _: Handle, offset: int, into: Handle, length: int) -> int:
        self.file.seek(offset)
        held = self.file.read(length)
        ctypes.memmove(into, held, len(held))
        return int(len(held) == length)


_ACCESS = _Access()


def _form_of(handle: Handle) -> tuple[Handle, Handle]:
    """What draws form fields as a reader sees them; it can run nothing."""
    if pdfium.FPDF_GetFormType(handle) == pdfium.FORMTYPE_NONE:
        return None, None
    info = pdfium.FPDF_FORMFILLINFO(version=2)
    return pdfium.FPDFDOC_InitFormFillEnvironment(handle, byref(info)), info


def _size_of(handle: Handle) -> tuple[float, float]:
    """Width and height of the page as it is shown, in points."""
    return pdfium.FPDF_GetPageWidthF(handle), pdfium.FPDF_GetPageHeightF(handle)


def _box_of(handle: Handle) -> Box:
    held = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(handle, byref(held))
    return held.left, held.bottom, held.right, held.top


def _painted(handle: Handle, form: Handle, grid: Grid) -> bytearray:
    """The page on white paper, a byte for a pixel."""
    pixels = bytearray(b"\xff") * (grid.width * grid.height)
    buffer = (c_ubyte * len(pixels)).from_buffer(pixels)
    bitmap = pdfium.FPDFBitmap_CreateEx(grid.width, grid.height, pdfium.FPDFBitmap_Gray, buffer, grid.width)
    if not bitmap:
        raise MemoryError
    area = (0, 0, grid.width, grid.height, 0, _FLAGS)
    if grid.exact and (matrix := _within(handle, grid)) is not None:
        whole = pdfium.FS_RECTF(0, 0, grid.width, grid.height)
        pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, handle, byref(matrix), byref(whole), _FLAGS)
    else:
        pdfium.FPDF_RenderPageBitmap(bitmap, handle, *area)
    if form:
        pdfium.FPDF_FFLDraw(form, bitmap, handle, *area)
    pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels


def _within(handle: Handle, grid: Grid) -> Handle:
    """The matrix that puts a page on its grid, a hair within the edges.

    Rounded up, a scan of 1,240 pixels comes to lie on 1,240.0001, and is then stretched to 1,241.
    """
    width, height = (int(side) for side in _size_of(handle))  # as pdfium takes a page when it is given a matrix
    if not (width and height):
        return None
    across, down = (grid.width - 2 * _HAIR) / width, (grid.height - 2 * _HAIR) / height
    return pdfium.FS_MATRIX(across, 0, 0, down, _HAIR, _HAIR)


def _is_drawn(item: Item) -> bool:
    """Whether an object is seen and no picture; the invisible text over a scan is not."""
    if item.kind == pdfium.FPDF_PAGEOBJ_TEXT:
        return pdfium.FPDFTextObj_GetTextRenderMode(item.handle) not in UNPAINTED
    picture: int = pdfium.FPDF_PAGEOBJ_IMAGE
    return item.kind != picture


def _broken(photo: Handle) -> bool:
    """Whether a picture on a page cannot be decoded."""
    bitmap = pdfium.FPDFImageObj_GetBitmap(photo)
    if bitmap:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return not bitmap
