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
from collections.abc import Iterable, Sequence
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
_MOST_CODES = 0xFFFF
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


class _Mixed:
    """One mixed font: its codes, in the order in which they were first asked for."""

    def __init__(self, font: Object) -> None:
        self.font = font
        self.codes: dict[tuple[str, Box], int] = {}

    def has_room_for(self, count: int) -> bool:
        return len(self.codes) + count <= _MOST_CODES


class Fonts:
    """The fonts of one document. Ask for codes while writing pages, then `finish` once."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._codes: dict[str, int] = {" ": 1}
        self._even: dict[Box, Object] = {}
        self._mixed: list[_Mixed] = []

    def codes(self, cells: Iterable[str]) -> bytes:
        """The codes of a text in every even font; a cell is a character, or several that belong together."""
        return b"".join(self._code(cell).to_bytes(2) for cell in cells)

    def _code(self, cell: str) -> int:
        if (code := self._codes.get(cell)) is None:
            if len(self._codes) == _MOST_CODES:
                return self._codes[" "]
            code = self._codes[cell] = len(self._codes) + 1
        return code

    def even(self, bottom: float, top: float) -> Object:
        """The even font for words that reach so far; the nearest, where there are too many."""
        box = reaching(bottom, top)
        if (font := self._even.get(box)) is None:
            if len(self._even) == MOST_REACHES:
                nearest = min(self._even, key=lambda b: abs(b.bottom - box.bottom) + abs(b.top - box.top))
                return self._even[nearest]
            font = self._even[box] = self._new()
        return font

    def mixed(self, cells: Sequence[tuple[str, Box]]) -> tuple[Object, bytes]:
        """A mixed font, and the codes of a line in it."""
        if not self._mixed or not self._mixed[-1].has_room_for(len(cells)):
            self._mixed.append(_Mixed(self._new()))
        mixed = self._mixed[-1]
        codes = (mixed.codes.setdefault(cell, len(mixed.codes) + 1) for cell in cells)
        return mixed.font, b"".join(code.to_bytes(2) for code in codes)

    def _new(self) -> Object:
        return self._pdf.make_indirect(Dictionary(Type=Name.Font))

    def finish(self) -> None:
        """Fill in all fonts, now that every character is known."""
        boxes = list(self._even)
        boxes += dict.fromkeys(box for mixed in self._mixed for _, box in mixed.codes if box not in self._even)
        glyphs = {box: number for number, box in enumerate(boxes, start=1)}
        program = self._stream(font := truetype.build(boxes))
        program.Length1 = len(font)
        to_unicode = self._stream(cmap.to_unicode(list(self._codes)))
        for box, even in self._even.items():
            self._fill(even, box, program, to_unicode, self._glyphs([glyphs[box]] * len(self._codes)))
        for mixed in self._mixed:
            texts, used = zip(*mixed.codes, strict=True)
            to_unicode = self._stream(cmap.to_unicode(texts))
            descendant = self._fill(
                mixed.font, _USUAL, program, to_unicode, self._glyphs([glyphs[box] for box in used])
            )
            descendant.W = Array([1, Array([box.width for box in used])])

    def _glyphs(self, numbers: Sequence[int]) -> pikepdf.Stream:
        """The map from codes to glyphs."""
        return self._stream(b"".join(number.to_bytes(2) for number in (0, *numbers)))

    def _fill(self, font: Object, box: Box, program: Object, to_unicode: Object, glyphs: Object) -> Object:
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
                CIDToGIDMap=glyphs,
            )
        )
        font.Subtype = Name.Type0
        font.BaseFont = _NAME
        font.Encoding = Name("/Identity-H")
        font.DescendantFonts = Array([descendant])
        font.ToUnicode = to_unicode
        return descendant

    def _stream(self, content: bytes) -> pikepdf.Stream:
        """Compressed here, so that it takes little memory until it is saved."""
        return pikepdf.Stream(self._pdf, zlib.compress(content), Filter=Name.FlateDecode)
