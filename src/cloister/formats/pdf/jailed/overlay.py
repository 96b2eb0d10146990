"""The text layer of one page: a content stream of invisible text, set before what the page has.

Before and not after: at the start of a page its graphics state is known, whatever the original does
with it afterwards; and nothing of the original is touched. Text rendering mode 3 paints nothing
(ISO 32000-1, 9.3.6).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

from cloister.formats.pdf.jailed import layout, lines, space

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

    from cloister.document import Matrix, Page
    from cloister.formats.pdf.jailed.font import Face, Fonts
    from cloister.formats.pdf.jailed.layout import Row
    from cloister.formats.pdf.jailed.space import Shown


_SLANT = 0.01


def add(pdf: Pdf, page: pikepdf.Page, reading: Page, fonts: Fonts, *, tagged: bool) -> bool:
    """Add the text of `reading` to `page`; False if there was none to add."""
    rows = layout.rows(reading)
    if not rows:
        return False
    names = _Names(pdf, page)
    shown = space.shown(page.obj)
    to_user, misjudged = space.to_user(reading, shown), _misjudged(shown)
    made = [
        lines.shown(row, to_user, fonts, names.of, whole=misjudged or _runs_askew(row, reading.to_source))
        for row in rows
    ]
    content = b"q BT 3 Tr\n" + b"".join(made) + b"ET Q\n"
    if tagged:  # not part of the document's structure, which must account for all that is not an artifact
        content = b"/Artifact BMC\n" + content + b"EMC\n"
    page.contents_add(pikepdf.Stream(pdf, zlib.compress(content), Filter=Name.FlateDecode), prepend=True)
    return True


def _misjudged(shown: Shown) -> bool:
    """Whether pdfium can take the lines of a page for columns: it looks for them from (0, 0) on."""
    return shown.rotation in {90, 270} and min(shown.box) < 0


def _runs_askew(row: Row, to_source: Matrix) -> bool:
    """Whether a line runs to the left, or at a slant, on the page as it is shown."""
    (ox, oy), (ux, uy) = row.origin, row.along
    x0, y0 = space.through(to_source, row.origin)
    x1, y1 = space.through(to_source, (ox + ux * row.size, oy + uy * row.size))
    across, down = x1 - x0, y1 - y0
    slanted = min(abs(across), abs(down)) > _SLANT * max(abs(across), abs(down))
    return slanted or across < -abs(down)


class _Names:
    """The names of fonts in a page's resources. They may be shared with other pages, which does no harm."""

    def __init__(self, pdf: Pdf, page: pikepdf.Page) -> None:
        self._fonts = _dictionary(pdf, _dictionary(pdf, page.obj, "/Resources"), "/Font")
        self._names: dict[Face, bytes] = {}

    def of(self, face: Face) -> bytes:
        """The name of a font, added if it has none here."""
        if (known := self._names.get(face)) is not None:
            return known
        font = face.font
        name = f"/Cloister{font.objgen[0]}"
        while (there := self._fonts.get(name)) is not None and there.objgen != font.objgen:
            name += "x"
        if there is None:
            self._fonts[name] = font
        self._names[face] = name.encode()
        return self._names[face]


def _dictionary(pdf: Pdf, within: Object, key: str) -> Object:
    held = within.get(key)
    if not isinstance(held, pikepdf.Dictionary):
        within[key] = held = pdf.make_indirect(Dictionary())
    return held
