"""The typefaces that samples are set in. They ship with the package, so that every machine draws the same ink.

Layout is Pillow's basic one: the other would use whatever shaping library the machine has.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

BODY = ("serif", "sans", "book", "office", "world", "typewriter", "narrow", "mono")
"""Families for running text, all with at least a bold."""
HANDS = ("caveat", "patrick", "kalam", "dancing")
"""Families that look like handwriting."""

_STYLES = {
    "serif": ("regular", "bold", "italic", "bolditalic"),
    "sans": ("regular", "bold", "italic", "bolditalic"),
    "book": ("regular", "bold", "italic"),
    "office": ("regular", "bold", "italic"),
    "world": ("regular", "bold"),
    "typewriter": ("regular", "bold"),
    "narrow": ("regular", "bold"),
    "mono": ("regular", "bold"),
}
_STAND_INS = {
    "greek": {"hand": "ink", "serif": "tome", "sans": "wide"},
    "cyrillic": {"hand": "pencil", "serif": "tome", "sans": "wide"},
    "han": {"hand": "brush", "serif": "han", "sans": "han"},
}
"""Who sets a word in a script that a family lacks: a hand, a serif and a plain family for each."""
_SERIFS = frozenset({"serif", "book", "typewriter", "worn"})
_BOLD = frozenset({"wide", "tome", "han"})
_INK = 64


@dataclass(frozen=True, slots=True)
class Tile:
    """The coverage of one drawn word; `left` and `top` lead from the pen on the baseline to the tile's corner."""

    mask: Image.Image
    left: int
    top: int
    ink: tuple[int, int, int, int] | None
    advance: float


@cache
def font_bytes(name: str) -> bytes:
    """A font file, by the family and style that are its name."""
    folder = files("cloister.samples").joinpath("fonts")
    suffix = "otf" if name.startswith("ocrb") else "ttf"
    return folder.joinpath(f"{name}.{suffix}").read_bytes()


@dataclass(frozen=True, slots=True)
class Face:
    """One family and style at one size in pixels; `tracking` is extra space between letters, in pixels."""

    family: str
    style: str
    size: float
    tracking: float = 0.0

    def length(self, text: str) -> float:
        """How far the pen moves, in pixels."""
        return _length(self, text)

    def tile(self, text: str) -> Tile:
        """The ink of a word."""
        return _tile(self, text)

    def plus(self, style: str) -> Face:
        """The same face in another style, or as it is where the family has no such style."""
        known = _STYLES.get(self.family, ("regular",))
        return Face(self.family, style, self.size, self.tracking) if style in known else self


def script(text: str) -> str:
    """The first of greek, cyrillic and han that the text has a letter of; nothing for Latin."""
    for character in text:
        code = ord(character)
        if code < 0x370:
            continue
        if code < 0x400 or 0x1F00 <= code < 0x2000:
            return "greek"
        if code < 0x530 or code in {0x2116, 0x20BD}:
            return "cyrillic"
        if 0x3000 <= code < 0xA000 or 0xFF00 <= code < 0xFFF0:
            return "han"
    return ""


def named(face: Face, text: str) -> str:
    """The font file that sets this text: the face's own, or its stand-in's where the face lacks the script."""
    wanted = script(text)
    if not wanted or face.family == "world":
        return f"{face.family}-{face.style}"
    hand = face.family in HANDS or face.family == "apple"
    family = _STAND_INS[wanted]["hand" if hand else "serif" if face.family in _SERIFS else "sans"]
    return f"{family}-{'bold' if family in _BOLD and 'bold' in face.style else 'regular'}"


@lru_cache(maxsize=256)
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(font_bytes(name)), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=16384)
def _length(face: Face, text: str) -> float:
    return _font(named(face, text), face.size).getlength(text) + face.tracking * len(text)


@lru_cache(maxsize=4096)
def _tile(face: Face, text: str) -> Tile:
    font = _font(named(face, text), face.size)
    left, top, right, bottom = (round(v) for v in font.getbbox(text, anchor="ls"))
    extra = round(abs(face.tracking) * len(text)) + 2
    mask = Image.new("L", (max(1, right - left + 2 * extra), max(1, bottom - top + 2)), 0)
    draw = ImageDraw.Draw(mask)
    if face.tracking:
        pen = 0.0
        for character in text:
            draw.text((round(pen) - left + extra, 1 - top), character, fill=255, font=font, anchor="ls")
            pen += font.getlength(character) + face.tracking
    else:
        draw.text((extra - left, 1 - top), text, fill=255, font=font, anchor="ls")
    ink = mask.point([0] * _INK + [255] * (256 - _INK)).getbbox()
    return Tile(mask, left - extra, top - 1, ink, _length(face, text))
