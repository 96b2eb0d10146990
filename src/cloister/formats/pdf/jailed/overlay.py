"""The text layer of one page: a content stream of invisible text, set before what the page has.

Before and not after: at the start of a page its graphics state is known, whatever the original does
with it afterwards; and nothing of the original is touched. Text rendering mode 3 paints nothing
(ISO 32000-1, 9.3.6).
"""

from __future__ import annotations

import math
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

from cloister.formats.pdf.jailed import layout, space
from cloister.formats.pdf.jailed.truetype import ADVANCE, UNITS, Extent

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

    from cloister.document import Matrix, Page
    from cloister.formats.pdf.jailed.font import Font
    from cloister.formats.pdf.jailed.layout import Placed, Row

_TO_LEFT = frozenset({"R", "AL"})
_TO_RIGHT = frozenset({"L", "EN", "AN"})
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_JOINED = frozenset({"Mn", "Me", "Mc", "Cf"})
"""Categories of characters that belong to the one before them."""
_MOST_JOINED = 8
_LEAST_GAP = 0.05
"""Ems that a space between words takes at least, so that touching words are still parted."""
_CELL = ADVANCE / UNITS


def add(pdf: Pdf, page: pikepdf.Page, reading: Page, font: Font, *, tagged: bool) -> bool:
    """Add the text of `reading` to `page`; False if there was none to add."""
    rows = layout.rows(reading)
    if not rows:
        return False
    names = _Names(pdf, page)
    lines = [_row(row, space.to_user(reading, space.shown(page.obj)), font, names) for row in rows]
    content = b"q BT 3 Tr\n" + b"".join(lines) + b"ET Q\n"
    if tagged:  # not part of the document's structure, which must account for all that is not an artifact
        content = b"/Artifact BMC\n" + content + b"EMC\n"
    page.contents_add(pikepdf.Stream(pdf, zlib.compress(content), Filter=Name.FlateDecode), prepend=True)
    return True


class _Names:
    """The names of fonts in a page's resources. They may be shared with other pages, which does no harm."""

    def __init__(self, pdf: Pdf, page: pikepdf.Page) -> None:
        resources = _dictionary(pdf, page.obj, "/Resources")
        self._fonts = _dictionary(pdf, resources, "/Font")
        self._names: dict[Extent, bytes] = {}

    def of(self, extent: Extent, font: Object) -> bytes:
        """The name of the font for an extent, added if it has none here."""
        if (known := self._names.get(extent)) is not None:
            return known
        name = f"/Cloister{extent[0]}_{extent[1]}".replace("-", "m")
        while (there := self._fonts.get(name)) is not None and there.objgen != font.objgen:
            name += "x"
        if there is None:
            self._fonts[name] = font
        self._names[extent] = name.encode()
        return self._names[extent]


def _dictionary(pdf: Pdf, within: Object, key: str) -> Object:
    held = within.get(key)
    if not isinstance(held, pikepdf.Dictionary):
        within[key] = held = pdf.make_indirect(Dictionary())
    return held


def _row(row: Row, to_user: Matrix, font: Font, names: _Names) -> bytes:
    """The operators of one line."""
    (ox, oy), (ux, uy) = row.origin, row.along
    x, y = space.through(to_user, row.origin)
    ax, ay = space.through(to_user, (ox + ux * row.size, oy + uy * row.size))
    bx, by = space.through(to_user, (ox + uy * row.size, oy - ux * row.size))
    size = math.hypot(ax - x, ay - y)
    if not size > 0:
        return b""
    scale = size / row.size
    cos, sin = (ax - x) / size, (ay - y) / size
    turn = b"%.5f %.5f %.5f %.5f" % (cos, sin, (bx - x) / size, (by - y) / size)
    words = list(row.words)
    if to_left := _reads_to_left(row.words):
        words.sort(key=lambda word: word.left)
    out = []
    for word, after in zip(words, [*words[1:], None], strict=True):
        extent, of_extent = font.of_extent(word.bottom, word.top)
        cells = _visual(word.text) if to_left or _reads_to_left([word]) else _clusters(word.text)
        width = max(word.right - word.left, row.size * _LEAST_GAP)
        left = word.left * scale
        out.append(
            b"%s %.3f Tf %.3f Tz %s %.3f %.3f Tm <%s> Tj\n"
            % (
                names.of(extent, of_extent),
                size,
                _stretch(width, len(cells), row.size),
                turn,
                x + left * cos,
                y + left * sin,
                font.codes.of(cells).hex().encode(),
            )
        )
        if after is not None:
            gap = max(after.left - word.right, row.size * _LEAST_GAP)
            out.append(b"%.3f Tz <%s> Tj\n" % (_stretch(gap, 1, row.size), font.codes.of(" ").hex().encode()))
    return b"".join(out)


def _stretch(width: float, cells: int, size: float) -> float:
    """The horizontal scaling, in percent, that makes so many cells so wide."""
    return 100 * width / (cells * _CELL * size)


def _clusters(text: str) -> list[str]:
    """The characters of a word, each with the marks that belong to it."""
    clusters: list[str] = []
    for character in text:
        if clusters and len(clusters[-1]) < _MOST_JOINED and unicodedata.category(character) in _JOINED:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _reads_to_left(words: Sequence[Placed]) -> bool:
    ways = [
        unicodedata.bidirectional(character) for word in words for character in word.text if not character.isascii()
    ]
    to_left = sum(way in _TO_LEFT for way in ways)
    return to_left > 0 and 2 * to_left >= sum(len(word.text) for word in words if not word.text.isdecimal())


def _visual(text: str) -> list[str]:
    """A word's characters from left to right, as they stand on paper. Readers turn them back (UAX #9)."""
    if not any(unicodedata.bidirectional(c) in _TO_LEFT for c in text):
        return _clusters(text)
    runs: list[list[str]] = []
    was_right = False
    for character in text:
        right = unicodedata.bidirectional(character) in _TO_RIGHT
        if not runs or right != was_right:
            runs.append([])
        runs[-1].append(character)
        was_right = right
    cells: list[str] = []
    for run in reversed(runs):
        if unicodedata.bidirectional(run[0]) in _TO_RIGHT:
            cells += run
        else:
            cells += [character.translate(_MIRRORED) for character in reversed(run)]
    return cells
