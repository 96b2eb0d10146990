"""The font of the text layer: any Unicode, boxes that fit the words, never any ink.

Every distinct character of a document gets a two-byte code of its own, and one ToUnicode map says which
it is, so what is searched and copied is exactly what was read. How far a word reaches above and below
its baseline is its *extent*; each extent in use is a font of its own, over one shared font program, so
that a line keeps one size and one baseline (which is how readers find lines) while every word's box
fits its ink.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name

from cloister.formats.pdf.jailed import truetype
from cloister.formats.pdf.jailed.truetype import ADVANCE, UNITS, Extent

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

STEP = 50
"""Extents are rounded to this, in thousandths of an em, so that they are few."""
MOST_EXTENTS = 120
_MOST_CODES = 0xFFFF
_LEAST_HEIGHT = STEP
_LOWEST, _HIGHEST = -1000, 2000
_PER_BLOCK = 100
"""The most entries of a block in a CMap (Adobe technical note 5411)."""
_NAME = Name("/CLSTER+CloisterInvisible")
_NONSYMBOLIC = 32


class Codes:
    """The two-byte codes of a document's characters, in the order in which they are first met."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def of(self, characters: Iterable[str]) -> bytes:
        """The codes of a text; each item is a character, or several that belong together."""
        return b"".join(self._code(character).to_bytes(2) for character in characters)

    def _code(self, character: str) -> int:
        code = self._codes.get(character)
        if code is None:
            if len(self._codes) == _MOST_CODES:
                return self._codes["\N{SPACE}"]
            code = self._codes[character] = len(self._codes) + 1
        return code

    def __len__(self) -> int:
        return len(self._codes)

    def to_unicode(self) -> bytes:
        """The CMap that leads from codes to Unicode (ISO 32000-1, 9.10.3)."""
        return b"".join(self._cmap())

    def _cmap(self) -> Iterator[bytes]:
        yield (
            b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        )
        pairs = [(code, text.encode("utf-16-be").hex().encode()) for text, code in self._codes.items()]
        for start in range(0, len(pairs), _PER_BLOCK):
            block = pairs[start : start + _PER_BLOCK]
            yield b"%d beginbfchar\n" % len(block)
            yield b"".join(b"<%04x> <%s>\n" % pair for pair in block)
            yield b"endbfchar\n"
        yield b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


class Font:
    """The font of one document. Ask for extents while writing pages, then `finish` once."""

    def __init__(self, pdf: Pdf) -> None:
        self.codes = Codes()
        self.codes.of(" ")
        self._pdf = pdf
        self._fonts: dict[Extent, Object] = {}

    def of_extent(self, bottom: float, top: float) -> tuple[Extent, Object]:
        """The font for words that reach from `bottom` to `top`, in ems above the baseline."""
        lower = max(_LOWEST, min(_HIGHEST - _LEAST_HEIGHT, STEP * round(bottom * UNITS / STEP)))
        upper = min(_HIGHEST, max(lower + _LEAST_HEIGHT, STEP * round(top * UNITS / STEP)))
        extent = lower, upper
        if extent not in self._fonts:
            if len(self._fonts) == MOST_EXTENTS:
                extent = min(self._fonts, key=lambda e: abs(e[0] - lower) + abs(e[1] - upper))
            else:
                self._fonts[extent] = self._pdf.make_indirect(Dictionary(Type=Name.Font))
        return extent, self._fonts[extent]

    def finish(self) -> None:
        """Fill in all fonts, now that every character is known."""
        extents = list(self._fonts)
        program = _compressed(self._pdf, font := truetype.build(extents))
        program.Length1 = len(font)
        to_unicode = _compressed(self._pdf, self.codes.to_unicode())
        for glyph, extent in enumerate(extents, start=1):
            glyphs = _compressed(self._pdf, b"\0\0" + glyph.to_bytes(2) * len(self.codes))
            self._fill(self._fonts[extent], extent, program, to_unicode, glyphs)

    def _fill(self, font: Object, extent: Extent, program: Object, to_unicode: Object, glyphs: Object) -> None:
        bottom, top = extent
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=_NAME,
            Flags=_NONSYMBOLIC,
            FontBBox=Array([0, bottom, ADVANCE, top]),
            ItalicAngle=0,
            Ascent=max(top, STEP),
            Descent=min(bottom, -1),  # poppler takes 0 for unknown, and then -350
            CapHeight=max(top, STEP),
            StemV=0,
            FontFile2=program,
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=_NAME,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=self._pdf.make_indirect(descriptor),
            DW=ADVANCE,
            CIDToGIDMap=glyphs,
        )
        font.Subtype = Name.Type0
        font.BaseFont = _NAME
        font.Encoding = Name("/Identity-H")
        font.DescendantFonts = Array([self._pdf.make_indirect(descendant)])
        font.ToUnicode = to_unicode


def _compressed(pdf: Pdf, content: bytes) -> pikepdf.Stream:
    """A stream that is compressed here, so that it takes little memory until it is saved."""
    return pikepdf.Stream(pdf, zlib.compress(content), Filter=Name.FlateDecode)
