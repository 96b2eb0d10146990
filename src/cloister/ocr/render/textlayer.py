"""The text that a PDF page brings along: its words with their boxes, and what tells whether they can be seen.

Coordinates are points of the page as it is shown, y down, which is 72 dpi.
"""

from __future__ import annotations

import unicodedata
from ctypes import addressof, byref, c_double, c_uint
from dataclasses import dataclass, field
from math import hypot

from pypdfium2_raw import bindings as pdfium

from cloister.document import Box
from cloister.ocr.render.items import Affine, Handle, Items, combined, matrix_of, moved
from cloister.ocr.render.rtl import in_reading_order, words_in_order
from cloister.ocr.render.run import Run, Style
from cloister.ocr.render.sense import strange

MOST_CHARACTERS = 200_000
_MOST_WORD = 1000
_LINE_HYPHEN = 2
"""What pdfium gives for a hyphen at a line's end."""
_LIGATURES = range(0xFB00, 0xFB07)
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_SOFT_HYPHEN = "\u00ad"
UNPAINTED = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})
_STROKED = frozenset({pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP})
_FAINT = 26
"""Opacity of 255 below which nobody sees a letter."""
_TINY = 1.2
"""Points; letters lower than this cannot be read on paper."""
_STRAIGHT = 0.05


@dataclass(slots=True)
class TextLayer:
    """The words of a page by lines, as pdfium orders them, and counts of its characters that are no white space."""

    lines: list[list[Run]] = field(default_factory=list)
    total: int = 0
    bad: int = 0
    unseen: int = 0

    @property
    def runs(self) -> list[Run]:
        """All words."""
        return [run for line in self.lines for run in line]


def upright_of(handle: Handle, box: Box) -> Affine:
    """From a page's own coordinates to those in which it is shown."""
    left, bottom, right, top = box
    turns: tuple[Affine, ...] = (
        (1, 0, 0, -1, -left, top),
        (0, 1, 1, 0, -bottom, -left),
        (-1, 0, 0, 1, right, -bottom),
        (0, -1, -1, 0, top, right),
    )
    return turns[pdfium.FPDFPage_GetRotation(handle) % 4]


def read_layer(handle: Handle, items: Items, upright: Affine, size: tuple[float, float]) -> TextLayer | None:
    """The text layer of a page of `size`; None if it is larger than any honest one."""
    text = pdfium.FPDFText_LoadPage(handle)
    if not text:
        return TextLayer()
    try:
        count = pdfium.FPDFText_CountChars(text)
        return _Reading(text, items, upright, size).run(count) if count <= MOST_CHARACTERS else None
    finally:
        pdfium.FPDFText_ClosePage(text)


class _Reading:
    """Goes through the characters of a page once."""

    def __init__(self, text: Handle, items: Items, upright: Affine, size: tuple[float, float]) -> None:
        self._text, self._upright, self._size = text, upright, size
        self._outer = {addressof(item.handle.contents): item for item in items.of(pdfium.FPDF_PAGEOBJ_TEXT)}
        self._styles: dict[int, Style] = {}
        self._layer, self._line = TextLayer(), list[Run]()
        self._glyphs, self._tall = list[tuple[str, Box]](), (0.0, 0.0, 0.0, 0.0)
        self._style: Style | None = None
        self._edges = tuple(c_double() for _ in range(4))
        self._loose = pdfium.FS_RECTF()

    def run(self, count: int) -> TextLayer:
        index = 0
        while index < count:
            code = pdfium.FPDFText_GetUnicode(self._text, index)
            here = index
            index += 1
            if code in _HIGH and index < count:
                low = pdfium.FPDFText_GetUnicode(self._text, index)
                if low in _LOW:
                    code = 0x10000 + ((code - _HIGH.start) << 10) + low - _LOW.start
                    index += 1
            self._take("-" if code == _LINE_HYPHEN else chr(code), here)
            if code == _LINE_HYPHEN:  # pdfium goes on with the next line as if there were none
                self._end_line()
        self._end_line()
        return self._layer

    def _take(self, character: str, index: int) -> None:
        if character.isspace():
            self._end_word()
            if character in "\r\n":
                self._end_line()
            return
        layer = self._layer
        layer.total += 1
        style = self._style_of(index)
        box, tall = self._box(index), self._tall_box(index)
        if strange(character) or pdfium.FPDFText_HasUnicodeMapError(self._text, index) == 1:
            layer.bad += 1
            if unicodedata.category(character) != "Cc" or character == "\0":
                return
        if self._outside(box):
            self._end_word()
            return
        if style is None or not style.seen or max(tall[2] - tall[0], tall[3] - tall[1]) < _TINY:
            layer.unseen += 1
            self._end_word()
            return
        full = len(self._glyphs) >= _MOST_WORD
        if full or self._style is None or style.quarter != self._style.quarter:
            self._end_word()
        if not self._glyphs:
            self._tall = tall
        self._style = style
        plain = unicodedata.normalize("NFKC", character) if ord(character) in _LIGATURES else character
        self._glyphs.append((plain, box))

    def _outside(self, box: Box) -> bool:
        """Whether a letter lies off the page, as printers' marks do; nobody misses it."""
        across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return not (0 <= across <= self._size[0] and 0 <= down <= self._size[1])

    def _box(self, index: int) -> Box:
        left, right, bottom, top = self._edges
        pdfium.FPDFText_GetCharBox(self._text, index, byref(left), byref(right), byref(bottom), byref(top))
        return moved((left.value, bottom.value, right.value, top.value), self._upright)

    def _tall_box(self, index: int) -> Box:
        held = self._loose
        pdfium.FPDFText_GetLooseCharBox(self._text, index, byref(held))
        return moved((held.left, held.bottom, held.right, held.top), self._upright)

    def _style_of(self, index: int) -> Style | None:
        """The style of a character; those that pdfium adds have none of their own."""
        handle = pdfium.FPDFText_GetTextObject(self._text, index)
        if not handle:
            return self._style
        address = addressof(handle.contents)
        if (style := self._styles.get(address)) is None:
            style = self._styles[address] = self._new_style(handle, address)
        return style

    def _new_style(self, handle: Handle, address: int) -> Style:
        item = self._outer.get(address)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
        seen = mode not in UNPAINTED and opacity(handle, stroked=mode in _STROKED) >= _FAINT
        embedded = pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(handle)) == 1
        matrix = combined(matrix_of(handle), item.matrix) if item else matrix_of(handle)
        return Style(item.order if item else -1, seen, embedded, _quarter(combined(matrix, self._upright)))

    def _end_word(self) -> None:
        glyphs, self._glyphs = self._glyphs, []
        if not glyphs or self._style is None:
            return
        word = unicodedata.normalize("NFC", in_reading_order(glyphs))
        if word.endswith(_SOFT_HYPHEN):
            word = word[:-1] + "-"
        if word := word.replace(_SOFT_HYPHEN, ""):
            box = self._within([box for _, box in glyphs])
            tall = self._within([_around(box, self._tall, self._style.quarter)])
            self._line.append(Run(word, box, tall, self._style))

    def _within(self, boxes: list[Box]) -> Box:
        """The box around some boxes, as far as it lies on the page."""
        width, height = self._size
        x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
        x1, y1 = max(box[2] for box in boxes), max(box[3] for box in boxes)
        return max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)

    def _end_line(self) -> None:
        self._end_word()
        if self._line:
            self._layer.lines.append(words_in_order(self._line))
            self._line = []


def _around(box: Box, tall: Box, quarter: int | None) -> Box:
    """The word's box, grown to the height of its line, across the direction of reading."""
    if quarter is None:
        return box
    if quarter % 2:
        return min(box[0], tall[0]), box[1], max(box[2], tall[2]), box[3]
    return box[0], min(box[1], tall[1]), box[2], max(box[3], tall[3])


def opacity(handle: Handle, *, stroked: bool) -> int:
    """The opacity of an object's fill or stroke, 0 to 255."""
    get = pdfium.FPDFPageObj_GetStrokeColor if stroked else pdfium.FPDFPageObj_GetFillColor
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    return alpha.value if get(handle, byref(red), byref(green), byref(blue), byref(alpha)) else 255


def _quarter(matrix: Affine) -> int | None:
    """How text with this matrix is turned on the page as shown, where y runs down."""
    across, down = matrix[0], matrix[1]
    size = hypot(across, down)
    if not size:
        return None
    if abs(down) <= _STRAIGHT * size:
        return 0 if across > 0 else 2
    if abs(across) <= _STRAIGHT * size:
        return 1 if down > 0 else 3
    return None
