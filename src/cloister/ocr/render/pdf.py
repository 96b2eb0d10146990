"""PDF files: pages by pdfium, as pixels or as the words of their text layer.

pdfium is called through its C interface, without JavaScript, XFA or fonts of the host: nothing of a
document is run, and the same file looks the same on every machine.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import BinaryIO

from PIL import Image
from pypdfium2_raw import bindings as pdfium

from cloister.document import Page
from cloister.errors import DamagedPage, FontMissing
from cloister.formats.packed import MAX_SIDE
from cloister.model import Mode, SourceKind
from cloister.ocr.frames import Asked, Sheet, Shown, Verdict
from cloister.ocr.render import opening
from cloister.ocr.render.grid import POINTS, Grid, grid_of
from cloister.ocr.render.items import Handle, Item, Items, items_of, photos_of
from cloister.ocr.render.layerpage import page_of
from cloister.ocr.render.opening import Opening
from cloister.ocr.render.paint import box_of, painted, size_of
from cloister.ocr.render.picture import Picture
from cloister.ocr.render.textlayer import UNPAINTED, TextLayer, read_layer, upright_of
from cloister.ocr.render.tongue import Tongues
from cloister.ocr.render.trust import Evidence, judge, notes_of, undrawn

_MOST_PROOF = 16_000_000
"""Square points of a page whose text layer is checked against its pixels."""
_SMALL = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</Font<<"
    b"/A<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/B<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    b"/C<</Type/Font/Subtype/Type1/BaseFont/Symbol>>>>>>>>endobj\n4 0 obj<</Length 78>>stream\n"
    b"BT /A 9 Tf 5 50 Td (abc) Tj /B 9 Tf 0 -20 Td (abc) Tj /C 9 Tf 0 -20 Td (a) Tj ET\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)


def warm() -> None:
    """Start pdfium, and have it set its own fonts up."""
    opening.start()
    tongues()
    handle = pdfium.FPDF_LoadMemDocument64(_SMALL, len(_SMALL), None)
    page = pdfium.FPDF_LoadPage(handle, 0)
    painted(page, None, Grid(72, 72, POINTS))
    pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(handle)


@cache
def tongues() -> Tongues:
    """What tells languages apart, loaded once."""
    return Tongues()


class Pdf:
    """An open PDF."""

    kind = SourceKind.PDF

    def __init__(self, file: BinaryIO, asked: Asked) -> None:
        """Open it. Raises `Encrypted`, `WrongPassword`, `Damaged` or `NoPages`."""
        self._mode = asked.mode
        self._opening = Opening(file, asked)
        self.total = self._opening.total

    def page(self, number: int) -> Picture | Page:
        """Give one page: its text layer where that was asked for and can be trusted, otherwise its pixels."""
        with self._opening.page(number) as handle:
            items = items_of(handle)
            if self._mode is Mode.FORCE:
                return self._picture(handle, number, items, Verdict.NOT_ASKED)
            if self._mode is Mode.REDO:
                own = read_layer(handle, items, upright_of(handle, box_of(handle)), size_of(handle))
                return self._picture(handle, number, items, Verdict.NOT_ASKED, own)
            verdict, layer = self._judged(handle, items)
            if verdict is Verdict.TRUSTED:
                page = page_of(layer, number, size_of(handle), tongues())
                if page is not None:
                    return page
                verdict = Verdict.INCOMPLETE
            return self._picture(handle, number, items, verdict, layer)

    def _judged(self, handle: Handle, items: Items) -> tuple[Verdict, TextLayer]:
        size, upright = size_of(handle), upright_of(handle, box_of(handle))
        layer = read_layer(handle, items, upright, size)
        if layer is None or size[0] * size[1] > _MOST_PROOF or max(size) > MAX_SIDE:
            return Verdict.INCOMPLETE, TextLayer()
        evidence = Evidence(layer, items, photos_of(items), notes_of(handle, upright), upright, size)
        return judge(evidence, lambda: self._proof(handle, size))

    def _proof(self, handle: Handle, size: tuple[float, float]) -> Image.Image:
        """The page at a pixel a point, to look for ink."""
        grid = Grid(ceil(size[0]), ceil(size[1]), POINTS)
        pixels = bytes(painted(handle, self._opening.form, grid))
        return Image.frombuffer("L", (grid.width, grid.height), pixels, "raw", "L", 0, 1)

    def _undrawn(self, handle: Handle, items: Items, grid: Grid, pixels: bytearray) -> bool:
        size = size_of(handle)
        layer = read_layer(handle, items, upright_of(handle, box_of(handle)), size)
        image = Image.frombuffer("L", (grid.width, grid.height), pixels, "raw", "L", 0, 1)
        return layer is not None and undrawn(layer, image, grid.width / size[0])

    def _picture(
        self, handle: Handle, number: int, items: Items, verdict: Verdict, own: TextLayer | None = None
    ) -> Picture:
        photos = photos_of(items)
        turned = pdfium.FPDFPage_GetRotation(handle) % 2 == 1
        pure = not (pdfium.FPDFPage_GetAnnotCount(handle) or items.too_many or any(map(_is_drawn, items.all)))
        grid = grid_of(size_of(handle), box_of(handle), photos, turned=turned, pure=pure, page=number)
        pixels = painted(handle, self._opening.form, grid)
        if pixels.count(pixels[0]) == len(pixels) and any(_broken(photo.item.handle) for photo in photos):
            raise DamagedPage(page=number)  # a scan that cannot be decoded is no blank page
        if any(map(_needs_font, items.all)) and self._undrawn(handle, items, grid, pixels):
            raise FontMissing(page=number)  # nor is a page whose letters nobody can draw
        shown = tuple(Shown(run.text, run.box) for run in own.runs) if own else ()
        return Picture(Sheet(number, grid.width, grid.height, grid.dpi, verdict, shown), memoryview(pixels))


def _needs_font(item: Item) -> bool:
    """Whether an object is text in a font that the file leaves out."""
    if item.kind != pdfium.FPDF_PAGEOBJ_TEXT:
        return False
    embedded: int = pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(item.handle))
    return embedded == 0


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
