"""Paints a PDF page: its size, and its pixels on a grid."""

from __future__ import annotations

from ctypes import byref, c_ubyte

from pypdfium2_raw import bindings as pdfium

from cloister.document import Box
from cloister.ocr.render.grid import Grid
from cloister.ocr.render.items import Handle

_FLAGS = pdfium.FPDF_ANNOT | pdfium.FPDF_RENDER_LIMITEDIMAGECACHE
_HAIR = 0.001


def size_of(handle: Handle) -> tuple[float, float]:
    """Width and height of the page as it is shown, in points."""
    return pdfium.FPDF_GetPageWidthF(handle), pdfium.FPDF_GetPageHeightF(handle)


def box_of(handle: Handle) -> Box:
    """The page in its own coordinates: left, bottom, right, top."""
    held = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(handle, byref(held))
    return held.left, held.bottom, held.right, held.top


def painted(handle: Handle, form: Handle, grid: Grid) -> bytearray:
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
    width, height = (int(side) for side in size_of(handle))  # as pdfium takes a page when it is given a matrix
    if not (width and height):
        return None
    across, down = (grid.width - 2 * _HAIR) / width, (grid.height - 2 * _HAIR) / height
    return pdfium.FS_MATRIX(across, 0, 0, down, _HAIR, _HAIR)
