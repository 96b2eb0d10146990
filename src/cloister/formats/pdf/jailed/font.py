"""The fonts of the text layer: any Unicode, boxes that fit the words, never any ink.

Every distinct character of a document gets a two-byte code of its own, and a ToUnicode map says which
it is, so what is searched and copied is exactly what was read. Two kinds share one font program:

*Even* fonts: every cell is half an em wide, and the font says how far its words reach above and below
the baseline. A line keeps one size and one baseline (which is how readers find lines), while each word
takes the font, and the stretch, that make its box fit its ink.

*Mixed* fonts: each code has its own reach and width, so that a whole line can be shown at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name

from cloister.formats.pdf.jailed import cmap, truetype
from cloister.formats.pdf.jailed.truetype import UNITS, Box

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

EVEN = 500
"""The width of a cell in an even font, in units."""
MOST_REACHES = 120
_MOST_CODES = 0xFFFE
_STEP = 40
"""Reaches are rounded to this, in units, so that they are few."""
_LOWEST, _HIGHEST, _WIDEST = -1000, 2000, 30_000
_USUAL = Box(-200, 900, EVEN)
_NAME = Name("/CLSTER+CloisterInvisible")
_NONSYMBOLIC = 32


def reaching(bottom: float, top: float, width: float = EVEN / UNITS) -> Box:
    """The glyph that reaches from `bottom` to `top`, in ems above the baseline, and is `width` ems wide."""
    lower = max(_LOWEST, min(_HIGHEST - _STEP, _STEP * round(bottom * UNITS / _STEP)))
    upper = min(_HIGHEST, max(lower + _STEP, _STEP * round(top * UNITS / _STEP)))
    return Box(lower, upper, max(1, min(_WIDEST, round(width * UNITS))))


class Face:
    """One font of the document; its object is filled in when all its codes are known."""

    def __init__(self, pdf: Pdf) -> None:
        self.font: Object = pdf.make_indirect(Dictionary(Type=Name.Font))


class _Mixed(Face):
    """A mixed font, and its codes in the order in which they were first asked for."""

    def __init__(self, pdf: Pdf) -> None:
        super().__init__(pdf)
        self.codes: dict[tuple[str, Box], int] = {}


class Fonts:
    """The fonts of one document. Ask for codes while writing pages, then `finish` once."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._codes: dict[str, bytes] = {}
        self._even: dict[Box, Face] = {}
        self._mixed: list[_Mixed] = []
        self.codes(" ")

    def codes(self, cells: Sequence[str]) -> bytes:
        """A text in every even font, in hexadecimal; a cell is a character, or several that belong together."""
        try:
            return b"".join([self._codes[cell] for cell in cells])
        except KeyError:
            return b"".join([self._code(cell) for cell in cells])

    def _code(self, cell: str) -> bytes:
        if (code := self._codes.get(cell)) is None:
            if len(self._codes) == _MOST_CODES:
                return self._codes[" "]
            code = self._codes[cell] = b"%04x" % (len(self._codes) + 1)
        return code

    def even(self, bottom: float, top: float) -> Face:
        """The even font for words that reach so far; the nearest, where there are too many."""
        box = reaching(bottom, top)
        if (face := self._even.get(box)) is None:
            if len(self._even) == MOST_REACHES:
                return self._even[min(self._even, key=lambda b: abs(b.bottom - box.bottom) + abs(b.top - box.top))]
            face = self._even[box] = Face(self._pdf)
        return face

    def mixed(self, cells: Sequence[tuple[str, Box]]) -> tuple[Face, bytes]:
        """A mixed font, and a line in it in hexadecimal."""
        if not self._mixed or len(self._mixed[-1].codes) + len(cells) > _MOST_CODES:
            self._mixed.append(_Mixed(self._pdf))
        face = self._mixed[-1]
        codes = [face.codes.setdefault(cell, len(face.codes) + 1) for cell in cells]
        return face, b"".join([b"%04x" % code for code in codes])

    def finish(self) -> None:
        """Fill in all fonts, now that every character is known."""
        if self._even:
            program = self._program(list(self._even))
            to_unicode = self._stream(cmap.to_unicode(list(self._codes)))
            for glyph, (box, face) in enumerate(self._even.items(), start=1):
                self._fill(face, box, program, to_unicode, [glyph] * len(self._codes))
        for face in self._mixed:
            texts, boxes = zip(*face.codes, strict=True)
            glyphs = {box: number for number, box in enumerate(dict.fromkeys(boxes), start=1)}
            to_unicode = self._stream(cmap.to_unicode(texts))
            program = self._program(list(glyphs))
            descendant = self._fill(face, _USUAL, program, to_unicode, [glyphs[box] for box in boxes])
            descendant.W = Array([1, Array([box.width for box in boxes])])

    def _program(self, boxes: Sequence[Box]) -> pikepdf.Stream:
        stream = self._stream(font := truetype.build(boxes))
        stream.Length1 = len(font)
        return stream

    def _fill(self, face: Face, box: Box, program: Object, to_unicode: Object, glyphs: Sequence[int]) -> Object:
        """Fill in a font; `glyphs` has the glyph of each code from 1. Gives the descendant font."""
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=_NAME,
            Flags=_NONSYMBOLIC,
            FontBBox=Array([0, box.bottom, box.width, box.top]),
            ItalicAngle=0,
            Ascent=max(box.top, _STEP),
            Descent=min(box.bottom, -1),  # poppler takes 0 for unknown, and then -350
            CapHeight=max(box.top, _STEP),
            StemV=0,
            FontFile2=program,
        )
        descendant = self._pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.CIDFontType2,
                BaseFont=_NAME,
                CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
                FontDescriptor=self._pdf.make_indirect(descriptor),
                DW=EVEN,
                CIDToGIDMap=self._stream(b"".join(glyph.to_bytes(2) for glyph in (0, *glyphs))),
            )
        )
        font = face.font
        font.Subtype = Name.Type0
        font.BaseFont = _NAME
        font.Encoding = Name("/Identity-H")
        font.DescendantFonts = Array([descendant])
        font.ToUnicode = to_unicode
        return descendant

    def _stream(self, content: bytes) -> pikepdf.Stream:
        """Compressed here, so that it takes little memory until it is saved."""
        return pikepdf.Stream(self._pdf, zlib.compress(content), Filter=Name.FlateDecode)
